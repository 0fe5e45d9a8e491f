// Placements that the command reads: every form that it writes, and forms of engines.
#include "core/io/formats/npy.hpp"
#include "tests/cli_fixture.hpp"

namespace evenkeel::test {
namespace {

class PlacementsTest : public CommandTest {
 protected:
  // What `score` says of a placement of loads.csv, and the note before it.
  std::string hash_of(const std::string& placement, const std::string& note = "") const {
    const Outcome run = shell("evenkeel score loads.csv " + placement + " --gpus 2 --json");
    EXPECT_EQ(run.status, 0) << placement << "\n" << run.err;
    EXPECT_NE(run.err.find(note), std::string::npos) << run.err;
    EXPECT_EQ(run.err.empty(), note.empty()) << run.err;
    const std::size_t hash = run.out.find("\"hash\": \"");
    return hash == std::string::npos ? "" : run.out.substr(hash + 9, 16);
  }
};

TEST_F(PlacementsTest, ReadsBackWhatItWrites) {
  const std::string balance = "evenkeel balance loads.csv --gpus 2 --slots 6 --quiet ";
  ASSERT_EQ(shell(balance + "--out ours.json --export sglang:s.json --export tensorrt-llm:t.yaml "
                            "--export vllm:v.json --export vllm-assignments:va.json "
                            "--export sglang-jax:j.npy")
                .status,
            0);
  ASSERT_EQ(shell(balance + "--out arrays --format npy").status, 0);
  EXPECT_EQ(hash_of("ours.json"), hash_of("arrays"));
  // The hash has the order of copies, which engines' files do not say.
  const std::string expected = hash_of("arrays/phy2log.npy");
  for (const char* name : {"s.json", "t.yaml", "v.json", "va.json", "j.npy"}) {
    EXPECT_EQ(hash_of(name), expected) << name;
    const std::string gz = std::string(name) + ".gz";
    ASSERT_EQ(shell(std::string("gzip -k ") + name).status, 0);
    EXPECT_EQ(hash_of(gz), expected) << gz;
  }
  // These cannot say two copies on a GPU. The contiguous placement has none, and its slots ascend.
  ASSERT_EQ(shell(balance + "--strategy contiguous --out apart.json --export vllm-ascend:a.json "
                            "--export omni:o.npy")
                .status,
            0);
  EXPECT_EQ(hash_of("a.json"), hash_of("apart.json"));
  write("sorted.json", "[0, 1, 2, 0, 1, 3]");
  EXPECT_EQ(hash_of("o.npy", "read as [GPUs, layers, experts] of 0 and 1, as OmniPlacement's"),
            hash_of("sorted.json", "the same for all layers"));
  EXPECT_EQ(hash_of("- < t.yaml"), expected);
  ASSERT_EQ(shell("cp t.yaml plain").status, 0);
  EXPECT_EQ(hash_of("plain"), expected);
  const Outcome again = shell(
      "evenkeel balance loads.csv --gpus 2 --slots 6 --pack copies_apart"
      " --previous t.yaml --json");
  EXPECT_NE(again.out.find("\"moved_slots\": 0"), std::string::npos) << again.out << again.err;
}

TEST_F(PlacementsTest, ReadsArraysWithGpus) {
  const std::string lists = "[[0, 1, 2, 3, 1, 0], [3, 2, 1, 0, 3, 1]]";
  write("lists.json", lists);
  const std::string expected = hash_of("lists.json");
  write("slots.npy", npy_int64(std::vector<std::int64_t>{0, 1, 2, 3, 1, 0, 3, 2, 1, 0, 3, 1},
                               std::vector<std::int64_t>{2, 2, 3}));
  EXPECT_EQ(
      hash_of("slots.npy", "slots.npy: read as [layers, GPUs, slots of a GPU]: 2 layers, 2 GPUs"),
      expected);
  write("map.npy", npy_int64(std::vector<std::int64_t>{0, 1, 2, -1, 2, 1, -1, 0,  //
                                                       -1, 2, 1, 0, 0, 2, -1, 1},
                             std::vector<std::int64_t>{2, 2, 4}));
  EXPECT_EQ(hash_of("map.npy", "read as [layers, GPUs, experts] with the slot of each expert"),
            expected);
  write("empty.npy", npy_int64(std::vector<std::int64_t>{0, 1, 2, 3, 1, -1, 3, 2, 1, 0, 3, 1},
                               std::vector<std::int64_t>{2, 2, 3}));
  expect_refused("score loads.csv empty.npy --gpus 2",
                 "empty.npy: layer 0, GPU 1, slot 2: -1, an empty slot; expected an expert");
}

TEST_F(PlacementsTest, ReadsCompressedNpz) {
  write("phy2log.npy", npy_int64(std::vector<std::int64_t>{0, 1, 2, 3, 1, 0, 3, 2, 1, 0, 3, 1},
                                 std::vector<std::int64_t>{2, 6}));
  if (shell("python3 -c \"import zipfile; zipfile.ZipFile('p.npz', 'w', zipfile.ZIP_DEFLATED)"
            ".write('phy2log.npy')\"")
          .status != 0) {
    GTEST_SKIP() << "no python3";
  }
  EXPECT_EQ(hash_of("p.npz"), hash_of("phy2log.npy"));
}

TEST_F(PlacementsTest, MeetsLoadsByTheModelsNumbers) {
  write("lists.json", "[[0, 1, 2, 3, 1, 0], [3, 2, 1, 0, 3, 1]]");
  const std::string expected = hash_of("lists.json");
  write("eplb.yaml",
        "num_slots: 6\ninitial_global_assignments:\n  4: [3, 2, 1, 0, 3, 1]\n"
        "  3: [0, 1, 2, 3, 1, 0]\nlayer_updates_per_iter: 0\n");
  EXPECT_EQ(hash_of("eplb.yaml", "taken for layers 3:5 of the model"), expected);
  EXPECT_EQ(hash_of("eplb.yaml --moe-layers 3:"), expected);
  EXPECT_EQ(hash_of("eplb.yaml --moe-layers 3: --layers 4"),
            hash_of("lists.json --moe-layers 3: --layers 4"));
  // The model's numbers of every second layer, in a map of vllm-ascend.
  write("map.json",
        "{\"moe_layer_count\": 2, \"layer_list\": ["
        "{\"layer_id\": 3, \"device_count\": 2, \"device_list\": [{\"device_id\": 0, "
        "\"device_expert\": [3, 2, 1]}, {\"device_id\": 1, \"device_expert\": [0, 3, 1]}]}, "
        "{\"layer_id\": 1, \"device_count\": 2, \"device_list\": [{\"device_id\": 0, "
        "\"device_expert\": [0, 1, 2]}, {\"device_id\": 1, \"device_expert\": [3, 1, 0]}]}]}");
  const Outcome run = shell("evenkeel score loads.csv map.json --moe-layers 1:4:2 --json");
  EXPECT_NE(run.out.find(expected), std::string::npos) << run.out << run.err;
  EXPECT_NE(run.err.find("\"layer_id\" 1, 3 are taken as the model's layer numbers"),
            std::string::npos)
      << run.err;
}

TEST_F(PlacementsTest, TakesOneListForAllLayers) {
  write("same.json", "[0, 1, 2, 3, 0, 1]");
  write("twice.json", "[[0, 1, 2, 3, 0, 1], [0, 1, 2, 3, 0, 1]]");
  EXPECT_EQ(hash_of("same.json", "same.json: one list of 6 slots, the same for all layers"),
            hash_of("twice.json"));
}

TEST_F(PlacementsTest, CountsUnderOneListForAllLayers) {
  write("map.json", "[0, 1, 2, 3, 0, 1]");
  write("slots.csv", "50,60,40,61,40,72\n1,70,56,183,3,3\n");
  const Outcome run = shell("evenkeel balance slots.csv --counted-under map.json --gpus 2 --json");
  EXPECT_EQ(run.status, 0);
  EXPECT_NE(run.err.find("note: map.json: one list of 6 slots, the same for all layers\n"),
            std::string::npos)
      << run.err;
  const Outcome summed = shell("evenkeel balance loads.csv --gpus 2 --json");
  EXPECT_EQ(run.out, summed.out);
}

}  // namespace
}  // namespace evenkeel::test
