// Placements of SGLang, LMDeploy, FastDeploy and SGLang-JAX; .npz; what is no placement.
#include <filesystem>

#include "core/io/formats/npy.hpp"
#include "tests/object_builder.hpp"
#include "tests/placement_support.hpp"
#include "tests/support.hpp"

namespace evenkeel::test {
namespace {

// As FastDeploy writes it, with loads beside it.
std::string fastdeploy(std::string_view rest) {
  return "{\"tokens_per_expert_stats_list\": [[5, 6, 7], [8, 9, 1]], "
         "\"ep_rank_to_expert_id_list\": " +
         std::string(kLists) + std::string(rest) + ", \"cost_milliseconds\": 0}";
}

TEST(ReadPlacement, ReadsFastDeploysFile) {
  const Placement bare = placement_of(fastdeploy(""), 3);
  expect_lists(bare);
  EXPECT_EQ(bare.order, LayerOrder::numbered);  // it has rows for all layers of the model
  EXPECT_EQ(bare.first_layer, 0);
  // The copies in its order, which is not that of slots.
  const Placement full = placement_of(
      fastdeploy(
          ", \"expert_id_to_ep_rank_array\": [[[0, -1], [3, 1], [2, -1]], [[2, -1], [3, -1], "
          "[1, 0]]], \"expert_in_rank_num_list\": [[1, 2, 1], [1, 1, 2]]"),
      3);
  EXPECT_EQ(full.log2phy, (Integers{0, 3, 1, 2, 2, 3, 1, 0}));
  EXPECT_EQ(plan_error(fastdeploy(", \"expert_in_rank_num_list\": [[1, 1, 1], [1, 1, 2]]"), 3),
            "plan: layer 0, expert 1: logcnt is 1, but phy2log has 2 copies");
  EXPECT_EQ(plan_error(fastdeploy(", \"expert_id_to_ep_rank_array\": [[[0], [1], [1]], [[1], [1], "
                                  "[0]]]"),
                       3)
                .substr(0, 44),
            "plan: layer 0, expert 1, copy 1: log2phy has");
}

TEST(ReadPlacement, TakesTheCopiesOfSglangsMetadata) {
  const Placement placement = placement_of(
      "{\"physical_to_logical_map\": " + std::string(kLists) +
          ", \"logical_to_all_physical_map\": [[[0, -1, -1, -1], [3, 1, -1, -1], [2, -1, -1, -1]], "
          "[[2, -1, -1, -1], [3, -1, -1, -1], [0, 1, -1, -1]]], "
          "\"logical_to_all_physical_map_num_valid\": [[1, 2, 1], [1, 1, 2]]}",
      3);
  EXPECT_EQ(placement.log2phy, (Integers{0, 3, 1, 2, 2, 3, 0, 1}));
}

TEST(ReadPlacement, RefusesTwoPlacementsInOneFile) {
  const std::string rows = ": " + std::string(kLists);
  EXPECT_EQ(plan_error("{\"phy2log\"" + rows + ", \"physical_to_logical_map\"" + rows + "}", 3),
            "plan: two placements, \"phy2log\" and \"physical_to_logical_map\"; leave one of them");
  EXPECT_EQ(plan_error("{\"initial_global_assignments\": {}, \"layer_list\": []}", 3),
            "plan: two placements, \"layer_list\" and \"initial_global_assignments\"; leave one of "
            "them");
}

TEST(ReadPlacement, SaysWhatIsNoPlacement) {
  EXPECT_EQ(plan_error("{\"logical_count\": [[1, 2]]}", 2).substr(0, 58),
            "plan: \"logical_count\" is of recorded loads, not of a place");
  EXPECT_EQ(plan_error("{\"load_history\": []}", 2).substr(0, 30),
            "plan: \"load_history\" is of rec");
  EXPECT_EQ(plan_error("[[209, 860, 601], [838, 534, 1]]", 3),
            "plan: layer 0, slot 0: expert 209 does not exist; expected 0 to 2; these numbers look "
            "like loads of 3 experts, not like a placement, which is named last");
  EXPECT_EQ(plan_error("\x80\x02}q", 2),
            "plan: a PyTorch file (.pt), from which placements are not read; save phy2log with "
            "np.save or as JSON");
  EXPECT_EQ(plan_error(std::string("\2\0\0\0\0\0\0\0{}", 10), 2),
            "plan: a .safetensors file, from which placements are not read; save phy2log with "
            "np.save or as JSON");
  EXPECT_EQ(plan_error("\xff\xfe[", 2), "plan: text in UTF-16; save it as UTF-8");
}

std::string numbers_npy(const std::vector<std::int64_t>& values,
                        const std::vector<std::int64_t>& shape) {
  return npy_int64(values, shape);
}

TEST(ReadPlacement, ReadsNpz) {
  const std::string phy2log = numbers_npy({0, 1, 2, 1, 2, 2, 0, 1}, {2, 4});
  const std::string log2phy = numbers_npy({0, -1, 3, 1, 2, -1, 2, -1, 3, -1, 1, 0}, {2, 3, 2});
  const std::string logcnt = numbers_npy({1, 2, 1, 1, 1, 2}, {2, 3});
  expect_lists(placement_of(zip_file({{"any.npy", phy2log}}), 3));
  const Placement three = placement_of(
      zip_file({{"phy2log.npy", phy2log}, {"log2phy.npy", log2phy}, {"logcnt.npy", logcnt}}), 3);
  EXPECT_EQ(three.log2phy, (Integers{0, 3, 1, 2, 2, 3, 1, 0}));
  EXPECT_EQ(plan_error(zip_file({{"a.npy", phy2log}, {"b.npy", logcnt}}), 3),
            "plan: 2 files, none of which is phy2log.npy; expected it, or one array alone");
  EXPECT_EQ(plan_error(zip_file({{"phy2log.npy", phy2log}, {"logcnt.npy", log2phy}}), 3),
            "plan, logcnt.npy: the array has 3 dimensions; expected logcnt as [layers, experts]");
  EXPECT_EQ(plan_error(zip_file({{"archive/data.pkl", "x"}}), 3).substr(0, 28),
            "plan: a PyTorch file (.pt), ");
}

TEST(ReadPlacement, ReadsEnginesRecordings) {
  const std::filesystem::path data = external_data();
  if (data.empty() || !std::filesystem::exists(data / "recordings"))
    GTEST_SKIP() << "no recordings of engines";
  const std::filesystem::path folder = data / "recordings";
  const Placement jax = placement_of(read_file(folder / "sgljax_p2l.npy"), 8);
  EXPECT_EQ(jax.layers, 3);
  EXPECT_EQ(jax.slots, 12);
  EXPECT_EQ(jax.order, LayerOrder::unknown);

  const Placement ascend = placement_of(read_file(folder / "ascend_recorded_map.json"), 8);
  EXPECT_EQ(ascend.order, LayerOrder::moe);
  EXPECT_EQ(ascend.gpus, 4);
  EXPECT_EQ(ascend.phy2log, jax.phy2log);
  EXPECT_TRUE(ascend.notes.empty());

  const Placement fastdeploy = placement_of(read_file(folder / "rearrange-experts.json"), 8);
  EXPECT_EQ(fastdeploy.layers, 3);
  EXPECT_EQ(fastdeploy.slots, 12);
  // Expert 6 of layer 0 is in slots 5 and 11, of which its copy 0 is the last.
  EXPECT_EQ(fastdeploy.log2phy[9], 11);
  EXPECT_EQ(fastdeploy.log2phy[10], 5);

  EXPECT_EQ(plan_error(read_file(folder / "sglang_logical_count.json"), 8).substr(0, 31),
            "plan: \"logical_count\" is of rec");
  EXPECT_NE(plan_error(read_file(folder / "lmdeploy_experts_statistic.json"), 8)
                .find("; these numbers look like loads of 8 experts"),
            std::string::npos);
  for (const char* name : {"sglang_stat.pt", "legacy.pt"}) {
    EXPECT_EQ(plan_error(read_file(folder / name), 8).substr(0, 27), "plan: a PyTorch file (.pt),")
        << name;
  }
}

}  // namespace
}  // namespace evenkeel::test
