// Loads as people bring them: what engines' recorders wrote, several files, ranges from the end, guesses that are said.

#include <nlohmann/json.hpp>

#include "tests/cli_fixture.hpp"
#include "tests/npy_builder.hpp"
#include "tests/object_builder.hpp"

namespace evenkeel::test {
namespace {

class CommandLoadsTest : public CommandTest {
 protected:
  // The hash of a result, and the loads' shape.
  std::string hash_of(const std::string& loads,
                      const std::string& more = " --gpus 2 --slots 6") const {
    const Outcome run = shell("evenkeel balance " + loads + more + " --json");
    EXPECT_EQ(run.status, 0) << loads << "\n" << run.err;
    return run.status == 0 ? nlohmann::json::parse(run.out).at("hash").get<std::string>() : "";
  }
  std::string notes_of(const std::string& loads) const {
    return shell("evenkeel balance " + loads + " --gpus 2 --slots 6 --json").err;
  }
};

TEST_F(CommandLoadsTest, AddsUpFilesOfRanksAndKeepsLayerNumbers) {
  write("rank0.csv", "layer_id,expert_id,count\n3,0,5\n3,2,4\n5,1,7\n5,3,2\n");
  write("rank1.csv", "layer_id,expert_id,count\n3,1,6\n3,3,1\n5,0,9\n");
  write("sum.csv", "5,6,4,1\n9,7,0,2\n");
  EXPECT_EQ(hash_of("rank0.csv rank1.csv"), hash_of("sum.csv"));
  EXPECT_EQ(hash_of("rank1.csv rank0.csv"), hash_of("sum.csv"));
  const Outcome run =
      shell("evenkeel balance rank0.csv rank1.csv --gpus 2 --slots 6 --json --out p.json");
  ASSERT_EQ(run.status, 0) << run.err;
  EXPECT_NE(run.err.find("the files are of ranks, whose loads add up"), std::string::npos);
  const auto result = nlohmann::json::parse(run.out);
  EXPECT_EQ(result.at("first_layer"), 3);
  EXPECT_EQ(result.at("layer_numbers"), nlohmann::json({3, 5}));
  EXPECT_EQ(result.at("metrics").at("layers")[1].at("layer"), 5);
  // The placement finds the layers of another recording of the model, and refuses those of others.
  EXPECT_EQ(shell("evenkeel score rank1.csv rank0.csv p.json").status, 0);
  EXPECT_NE(shell("evenkeel score sum.csv p.json").err.find("taken for layers 3,5 of the model"),
            std::string::npos);
  EXPECT_EQ(shell("evenkeel score rank0.csv rank1.csv --layers 5:6 p.json --json").status, 0);
}

TEST_F(CommandLoadsTest, JoinsInTimeOrByRanksAsAsked) {
  write("a.csv", "1,2,3,4\n");
  write("b.csv", "10,20,30,40\n");
  const auto first = [&](const std::string& words) {
    const std::string out = shell("evenkeel balance " + words + " --gpus 2 --slots 6").out;
    return out.substr(0, out.find('\n'));
  };
  EXPECT_EQ(first("a.csv b.csv"), "a.csv and 1 more file, steps 0:2");
  EXPECT_EQ(first("a.csv b.csv --join ranks"), "a.csv and 1 more file");
  EXPECT_EQ(hash_of("a.csv b.csv --steps 1:"), hash_of("b.csv"));
  EXPECT_EQ(hash_of("a.csv b.csv --steps -1:"), hash_of("b.csv"));
  EXPECT_EQ(hash_of("a.csv b.csv"), hash_of("a.csv b.csv --join ranks"));
  write("c.csv", "1,2\n");
  expect_refused(
      "balance a.csv c.csv --gpus 2",
      "c.csv: line 1 (step 0, layer 0): 2 experts, but a.csv, line 1 (step 0, layer 0) has 4");
  expect_refused("balance a.csv synth:kimi-k2", "\"synth:kimi-k2\" cannot be joined with files");
  expect_refused("balance - -", "standard input (-) can be read only once");
  expect_refused("balance a.csv --join sideways", "--join", 2);
}

TEST_F(CommandLoadsTest, CountsFromTheEnd) {
  const std::string steps =
      npy_file("<i4", "(3, 1, 4)", data_of<std::int32_t>({1, 2, 3, 4, 5, 6, 7, 8, 90, 80, 70, 60}));
  write("steps.npy", steps);
  write("last.csv", "90,80,70,60\n");
  EXPECT_EQ(hash_of("steps.npy --steps -1:"), hash_of("last.csv"));
  EXPECT_EQ(hash_of("steps.npy --steps -2:-1"), hash_of("steps.npy --steps 1:2"));
  EXPECT_EQ(shell("evenkeel balance steps.npy --steps -2: --gpus 2").out.substr(0, 20),
            "steps.npy, steps 1:3");
  expect_refused("balance steps.npy --steps -4:",
                 "steps.npy: steps -4: begin before the first of the 3 steps; numbers below 0 "
                 "count from the end");
  EXPECT_EQ(hash_of("synth:gpt-oss-20b,steps=5 --steps -2: --seed 1", ""),
            hash_of("synth:gpt-oss-20b,steps=5 --steps 3:5 --seed 1", ""));
}

TEST_F(CommandLoadsTest, FoldsCountsOfSlots) {
  write("sum.csv", "5,2,8,4\n");
  write("slots.csv", "3,2,8,4,2\n");
  write("map.json", "[0, 1, 2, 3, 0]");
  EXPECT_EQ(hash_of("slots.csv --counted-under map.json"), hash_of("sum.csv"));
  write("stats.jsonl", R"({"record_type": "session_metadata"}
{"step": 1, "expert_load": [[3, 2, 8, 4, 2]], "p2l_map": [[0, 1, 2, 3, 0]]}
)");
  EXPECT_EQ(hash_of("stats.jsonl"), hash_of("sum.csv"));
  EXPECT_NE(
      notes_of("stats.jsonl").find("counts of 5 slots, folded to 4 experts by the map in the file"),
      std::string::npos);
  expect_refused("balance stats.jsonl --counted-under map.json --gpus 2",
                 "leave out --counted-under");
  expect_refused("balance sum.csv --counted-under map.json --gpus 2",
                 "4 counts, but the map has 5 slots");
  expect_refused("balance synth:kimi-k2 --counted-under map.json", "counts experts, not slots");
}

TEST_F(CommandLoadsTest, FindsTheMapsLayersByNumber) {
  write("up.csv", "layer,e0,e1\n0,90,10\n1,1,7\n");
  write("down.csv", "layer,e0,e1\n1,1,7\n0,90,10\n");
  write("map.json", R"({"physical_to_logical_map": [[0, 1], [1, 0]]})");
  write("sum.csv", "90,10\n7,1\n");
  const std::string shape = " --gpus 2 --slots 4";
  EXPECT_EQ(hash_of("up.csv --counted-under map.json", shape), hash_of("sum.csv", shape));
  EXPECT_EQ(hash_of("down.csv --counted-under map.json", shape), hash_of("sum.csv", shape));
  write("lists.json", "[[0, 1], [1, 0]]");  // its layers have no numbers
  EXPECT_EQ(hash_of("up.csv --counted-under lists.json", shape), hash_of("sum.csv", shape));
  expect_refused("balance down.csv --counted-under lists.json --gpus 2",
                 "layer 0) comes after layer 1; sort the layers of a step, because the map has no "
                 "numbers of layers");
  // Our own placements say their layers.
  write("three.csv", "layer,e0,e1\n3,5,5\n4,90,10\n5,1,7\n");
  ASSERT_EQ(shell("evenkeel balance three.csv --gpus 2 --slots 2 --out ours.json --quiet").status,
            0);
  write("some.csv", "layer,e0,e1\n4,90,10\n");
  EXPECT_EQ(shell("evenkeel balance some.csv --counted-under ours.json --gpus 2").status, 0);
  write("others.csv", "layer,e0,e1\n7,90,10\n");
  expect_refused("balance others.csv --counted-under ours.json --gpus 2", "has no layer 7");
  expect_refused("balance up.csv --counted-under map.json --gpus 2 --out map.json --force",
                 "map.json");
}

TEST_F(CommandLoadsTest, SaysWhereRanksHaveDifferentSteps) {
  write("rank0.csv", "step,layer,expert,count\n0,0,0,1\n1,0,0,100\n2,0,1,1\n");
  write("rank1.csv", "step,layer,expert,count\n0,0,0,1\n2,0,1,100\n");
  const Outcome run = shell("evenkeel balance rank0.csv rank1.csv --gpus 1 --json");
  EXPECT_EQ(run.status, 0) << run.err;
  EXPECT_NE(run.err.find("the files of ranks have different steps; their sum is right"),
            std::string::npos);
  expect_refused("balance rank0.csv rank1.csv --steps 2:3 --gpus 1", "have different steps");
  write("rank1.csv", "step,layer,expert,count\n0,0,0,1\n1,0,1,3\n2,0,1,100\n");
  const Outcome equal = shell("evenkeel balance rank0.csv rank1.csv --steps 2:3 --gpus 1 --json");
  EXPECT_EQ(equal.status, 0) << equal.err;
  EXPECT_EQ(equal.err.find("different steps"), std::string::npos);
}

TEST_F(CommandLoadsTest, PlacementsWithoutNumbersHaveAllLayersOfTheRecording) {
  write("five.csv", "layer,e0,e1,e2\n3,9,1,1\n4,1,9,1\n5,1,1,9\n6,5,5,1\n7,2,9,2\n");
  ASSERT_EQ(
      shell("evenkeel balance five.csv --gpus 2 --slots 4 --format npy --out p --quiet").status, 0);
  const auto layer = [&](const std::string& range, std::size_t at) {
    const Outcome run = shell("evenkeel score five.csv p --gpus 2 --json" + range);
    EXPECT_EQ(run.status, 0) << run.err;
    return run.status == 0 ? nlohmann::json::parse(run.out).at("metrics").at("layers")[at]
                           : nlohmann::json();
  };
  EXPECT_EQ(layer(" --layers 4:6", 1), layer("", 2));
  EXPECT_EQ(layer(" --layers 3:5", 0), layer("", 0));
  EXPECT_EQ(layer(" --layers 5:8", 2), layer("", 4));
  // Files of MoE layers without numbers have all layers of the recording, in order.
  const auto lists = [&](const std::string& arguments) {
    const Outcome run = shell("evenkeel balance " + arguments +
                              " --gpus 2 --slots 4 --export vllm:v.json --force --quiet");
    EXPECT_EQ(run.status, 0) << run.err;
    return nlohmann::json::parse(content("v.json")).size();
  };
  EXPECT_EQ(lists("five.csv"), 5u);
  write("gaps.csv", "layer,e0,e1,e2\n0,9,1,1\n2,1,9,1\n5,1,1,9\n");
  EXPECT_EQ(lists("gaps.csv"), 3u);
  expect_refused("balance gaps.csv --layers 2:6 --gpus 2 --slots 4 --export vllm:x.json",
                 "the placement lacks layer 0; place all layers, without --layers");
  ASSERT_EQ(
      shell("evenkeel balance gaps.csv --gpus 2 --slots 4 --export tensorrt-llm:t.yaml --quiet")
          .status,
      0);
  EXPECT_NE(content("t.yaml").find("\n  5: ["), std::string::npos);
}

TEST_F(CommandLoadsTest, ReadsTheFolderOfTensorRtLlm) {
  fs::create_directory(folder_ / "statistic");
  write("statistic/meta_info.json", R"({"num_experts": 4, "num_experts_per_token": 1})");
  const auto rank = [&](std::int64_t a) {
    return safetensors_file(R"({"7_3": {"dtype": "I64", "shape": [4], "data_offsets": [0, 32]}})",
                            data_of<std::int64_t>({a, 2 * a, 3 * a, 4 * a}));
  };
  write("statistic/rank0.safetensors", rank(1));
  write("statistic/rank1.safetensors", rank(10));
  write("statistic/readme.txt", "not read");
  write("sum.csv", "11,22,33,44\n");
  EXPECT_EQ(hash_of("statistic"), hash_of("sum.csv"));
  const Outcome run = shell("evenkeel balance statistic --gpus 2 --slots 6 --json");
  EXPECT_EQ(nlohmann::json::parse(run.out).at("first_layer"), 3);
  write("statistic/meta_info.json", R"({"num_experts": 8})");
  expect_refused("balance statistic --gpus 2", "4 experts, but meta_info.json says 8");
  fs::create_directory(folder_ / "other");
  expect_refused("balance other --gpus 2",
                 "a folder without rank*.safetensors, which TensorRT-LLM writes; it is empty");
  write("other/\x1b[2J.txt", "x");
  expect_refused("balance other --gpus 2", "it has \"?[2J.txt\"");
}

TEST_F(CommandLoadsTest, InflatesArraysOfNumpy) {
  write("a.npy", npy_file("<i4", "(1, 4)", data_of<std::int32_t>({1, 2, 3, 4})));
  ASSERT_EQ(
      shell("python3 -c \"import zipfile; z = zipfile.ZipFile('a.npz', 'w', zipfile.ZIP_DEFLATED); "
            "z.write('a.npy')\"")
          .status,
      0);
  EXPECT_EQ(hash_of("a.npz"), hash_of("a.npy"));
  // A byte of the deflated data is wrong.
  std::string broken = content("a.npz");
  broken[40] = static_cast<char>(broken[40] ^ 0x55);
  write("broken.npz", broken);
  const Outcome run = shell("evenkeel balance broken.npz --gpus 2");
  EXPECT_EQ(run.status, 1) << run.out;
}

TEST_F(CommandLoadsTest, SaysWhatLooksWrong) {
  const auto warned = [&](const std::string& content, const std::string& words) {
    write("w.csv", content);
    const Outcome run = shell("evenkeel balance w.csv --gpus 1");
    EXPECT_EQ(run.status, 0) << run.err;
    EXPECT_NE(run.err.find(words), std::string::npos) << run.err;
    EXPECT_EQ(shell("evenkeel balance w.csv --gpus 1 --quiet").err, "");
  };
  warned("5,0,0,0,0,0,0,0\n7,3,0,0,0,0,0,0\n", "warning: 6 of 8 experts have no load in any layer");
  warned("1,2,4294967290\n",
         "expert 2): 4294967290 is just below 2^32; a counter may have gone below 0");
  std::string row;
  for (int expert = 0; expert < 288; ++expert)
    row += (expert == 0 ? "" : ",") + std::to_string(expert + 5);
  warned(row + "\n",
         "288 experts are as many as the slots of a possible deployment of DeepSeek-V3");
  // gpt-oss-20b: 24 layers of 32 experts, transposed.
  std::string swapped;
  for (int layer = 0; layer < 32; ++layer) {
    for (int expert = 0; expert < 24; ++expert)
      swapped += (expert == 0 ? "" : ",") + std::to_string(layer + expert + 3);
    swapped += "\n";
  }
  warned(swapped, "gpt-oss-20b has 24 layers of 32 experts, so the axes may be swapped");
  write("n.npy", npy_file("<u4", "(1, 1, 3)", data_of<std::uint32_t>({1, 4294967295u, 7})));
  EXPECT_NE(
      shell("evenkeel balance n.npy --gpus 1").err.find("expert 1: 4294967295 is just below 2^32"),
      std::string::npos);
}

TEST_F(CommandLoadsTest, KnowsTheOptionsOfEngines) {
  expect_refused("balance loads.csv --ep-size 2",
                 "--ep-size is an option of engines; did you mean --gpus?", 2);
  expect_refused("balance loads.csv --num_redundant_experts=2", "did you mean --redundant?", 2);
  expect_refused("balance loads.csv --nonsense 2", "--nonsense", 2);
  EXPECT_NE(shell("evenkeel score --help").out.find("LOADS ... PLACEMENT"), std::string::npos);
}

}  // namespace
}  // namespace evenkeel::test
