// Placements: reading every form, writing .npy, and every error.
#include <gtest/gtest.h>

#include <cstdint>
#include <string>
#include <vector>

#include "core/io/formats/npy.hpp"
#include "tests/placement_support.hpp"

namespace evenkeel::test {
namespace {

std::string ours(std::string_view rest = "") {
  return "{\"phy2log\": " + std::string(kLists) + std::string(rest) + "}";
}

TEST(ReadPlacement, ReadsPlainForms) {
  expect_lists(placement_of(kLists, 3));
  expect_lists(placement_of("{\"physical_to_logical_map\": " + std::string(kLists) + "}", 3));
  EXPECT_EQ(placement_of(kLists, 3).order, LayerOrder::unknown);
  // SGLang has a row for every layer of the model.
  const Placement sglang =
      placement_of("{\"physical_to_logical_map\": " + std::string(kLists) + "}", 3);
  EXPECT_EQ(sglang.order, LayerOrder::numbered);
  EXPECT_EQ(sglang.first_layer, 0);
}

TEST(ReadPlacement, TakesOneListForAllLayers) {
  const std::string npy = npy_file("<i4", "(6,)", data_of<std::int32_t>({0, 1, 2, 3, 0, 1}));
  for (const std::string& file : {std::string("[0, 1, 2, 3, 0, 1]"), npy}) {
    const Placement all = placement_of(file, 4);
    EXPECT_EQ(all.order, LayerOrder::same);
    EXPECT_EQ(all.layers, 1);
    EXPECT_EQ(all.first_layer, -1);
    EXPECT_EQ(all.gpus, 0);
    EXPECT_EQ(all.logcnt, (Integers{2, 2, 1, 1}));
    EXPECT_EQ(all.notes,
              std::vector<std::string>{"plan: one list of 6 slots, the same for all layers"});
  }
  EXPECT_EQ(placement_of("[[0, 1, 2, 3, 0, 1]]", 4).order, LayerOrder::unknown);
  EXPECT_EQ(plan_error("[0, 1, 4]", 3),
            "plan: layer 0, slot 2: expert 4 does not exist; expected 0 to 2");
  EXPECT_EQ(plan_error("[0, [1]]", 2),
            "plan: placement, slot 1: a list where an integer is expected");
}

TEST(ReadPlacement, ReadsNpy) {
  const std::initializer_list<std::int64_t> numbers = {0, 1, 2, 1, 2, 2, 0, 1};
  expect_lists(placement_of(npy_file("<i8", "(2, 4)", data_of(numbers)), 3));
  expect_lists(placement_of(npy_file(">i8", "(2, 4)", data_of(numbers, true)), 3));
  const std::string small = data_of<std::uint8_t>({0, 1, 2, 1, 2, 2, 0, 1});
  expect_lists(placement_of(npy_file("|u1", "(2, 4)", small), 3));
  EXPECT_EQ(plan_error(npy_file("<i8", "(1, 2)", data_of<std::int64_t>({0, -5})), 1),
            "plan: layer 0, slot 1: expert -5 does not exist; expected 0 to 0");
  EXPECT_EQ(plan_error(npy_file(">i2", "(1, 2)", data_of<std::int16_t>({0, -2}, true)), 1),
            "plan: layer 0, slot 1: expert -2 does not exist; expected 0 to 0");
  EXPECT_EQ(plan_error(npy_file("<u8", "(1, 1)", data_of<std::uint64_t>({5000000000})), 1),
            "plan: layer 0, slot 0: expert 2147483647 does not exist; expected 0 to 0");
  EXPECT_EQ(plan_error(npy_file("<f4", "(1, 1)", data_of<float>({0})), 1),
            "plan: dtype \"<f4\" is not an integer type; convert phy2log with .astype(np.int64)");
  EXPECT_EQ(
      plan_error(npy_file("|u1", "(1, 1, 1, 1)", std::string(1, '\0')), 1),
      "plan: the array has 4 dimensions; expected phy2log as [layers, slots], or an array with "
      "an axis of GPUs as [layers, GPUs, slots], [layers, GPUs, experts] or [GPUs, layers, "
      "experts]");
  EXPECT_EQ(plan_error(npy_file("|u1", "(1, 4097)", std::string(4097, '\0')), 1),
            "plan: 4097 slots; expected 1 to 4096");
}

TEST(ReadPlacement, ReadsOurForm) {
  const Placement bare = placement_of(ours(), 3);
  expect_lists(bare);
  EXPECT_EQ(bare.gpus, 0);
  EXPECT_EQ(bare.first_layer, -1);
  EXPECT_EQ(bare.order, LayerOrder::unknown);
  const Placement later = placement_of(ours(", \"first_layer\": 7"), 3);
  EXPECT_EQ(later.first_layer, 7);
  EXPECT_EQ(later.order, LayerOrder::numbered);
  const Placement full = placement_of(
      ours(
          R"(, "shape": {"layers": 2, "experts": 3, "slots": 4, "gpus": 2, "nodes": 1, "groups": 1},
               "logcnt": [[1, 2, 1], [1, 1, 2]],
               "log2phy": [[[0, -1], [3, 1], [2, -1]], [[2, -1], [3, -1], [0, 1]]],
               "rules": {"anything": [1, null]})"),
      3);
  EXPECT_EQ(full.gpus, 2);
  // The order of copies in the file, not by ascending slot.
  EXPECT_EQ(full.log2phy, (Integers{0, 3, 1, 2, 2, 3, 0, 1}));
}

TEST(ReadPlacement, RefusesClaimsThatDoNotHold) {
  const auto shape = [](std::string_view sizes) {
    return plan_error(ours(", \"shape\": " + std::string(sizes)), 3);
  };
  EXPECT_EQ(shape("{\"layers\": 3, \"experts\": 3, \"slots\": 4, \"gpus\": 2}"),
            "plan: shape says 3 layers, but there are 2");
  EXPECT_EQ(shape("{\"layers\": 2, \"experts\": 4, \"slots\": 4, \"gpus\": 2}"),
            "plan: shape says 4 experts, but there are 3");
  EXPECT_EQ(shape("{\"layers\": 2, \"experts\": 3, \"slots\": 8, \"gpus\": 2}"),
            "plan: shape says 8 slots, but there are 4");
  EXPECT_EQ(shape("{\"layers\": 2, \"experts\": 3, \"slots\": 4, \"gpus\": 3}"),
            "plan: 4 slots on 3 GPUs; expected the same number of slots on each of at most 1024");
  EXPECT_EQ(shape("{\"layers\": 2, \"experts\": 3, \"slots\": 4}"), "plan: shape: no \"gpus\"");
  EXPECT_EQ(shape("{\"layers\": 2, \"experts\": 3, \"slots\": 4, \"gpus\": 0}"),
            "plan: shape: \"gpus\" is 0; expected an integer within 1..1024");
  EXPECT_EQ(shape("{\"layers\": 2.5}"),
            "plan: shape: \"layers\" is a number that is not an integer; expected an integer "
            "within 1..128");
  EXPECT_EQ(shape("{\"layers\": 18446744073709551615}"),
            "plan: shape: \"layers\" is a number; expected an integer within 1..128");
  EXPECT_EQ(shape("[2]"), "plan: \"shape\" is a list; expected an object");
  EXPECT_EQ(plan_error(ours(", \"first_layer\": -1"), 3),
            "plan: \"first_layer\" is -1; expected an integer within 0..2147483519");
  EXPECT_EQ(plan_error(ours(", \"first_layer\": null"), 3),
            "plan: \"first_layer\" is null; expected an integer within 0..2147483519");

  EXPECT_EQ(plan_error(ours(", \"logcnt\": [[1, 2, 1], [1, 2, 1]]"), 3),
            "plan: layer 1, expert 1: logcnt is 2, but phy2log has 1 copy");
  EXPECT_EQ(plan_error(ours(", \"logcnt\": [[1, 2, 1]]"), 3),
            "plan: logcnt says 1 layers, but there are 2");
  EXPECT_EQ(plan_error(ours(", \"logcnt\": [[1, 2], [1, 1]]"), 3),
            "plan: logcnt says 2 experts, but there are 3");

  const auto log2phy = [](std::string_view second) {
    return plan_error(
        ours(", \"log2phy\": [[[0, -1], [1, 3], [2, -1]], " + std::string(second) + "]"), 3);
  };
  const std::string expected = "; expected each of their slots once, then -1";
  EXPECT_EQ(log2phy("[[2, -1], [3, -1], [0, 0]]"),
            "plan: layer 1, expert 2, copy 1: log2phy has 0, but phy2log has 2 copies" + expected);
  EXPECT_EQ(log2phy("[[2, 3], [3, -1], [0, 1]]"),
            "plan: layer 1, expert 0, copy 1: log2phy has 3, but phy2log has 1 copy" + expected);
  EXPECT_EQ(log2phy("[[2, -1], [3, -1], [0, -1]]"),
            "plan: layer 1, expert 2, copy 1: log2phy has -1, but phy2log has 2 copies" + expected);
  EXPECT_EQ(log2phy("[[3, -1], [3, -1], [0, 1]]"),
            "plan: layer 1, expert 0, copy 0: log2phy has 3, but phy2log has 1 copy" + expected);
  EXPECT_EQ(log2phy("[[4, -1], [3, -1], [0, 1]]"),
            "plan: layer 1, expert 0, copy 0: log2phy has 4, but phy2log has 1 copy" + expected);
  EXPECT_EQ(plan_error(ours(", \"log2phy\": [[[0], [1], [2]], [[2], [3], [0]]]"), 3),
            "plan: layer 0, expert 1, copy 1: log2phy has -1, but phy2log has 2 copies" + expected);
}

TEST(ReadPlacement, RefusesWrongLists) {
  EXPECT_EQ(plan_error("[[0, 1], [0]]", 2),
            "plan: placement, layer 1: 1 slot, but the lists before have 2");
  EXPECT_EQ(plan_error("[[0, 1.5]]", 2),
            "plan: placement, layer 0, slot 1: a number that is not an integer where an integer is "
            "expected");
  EXPECT_EQ(plan_error("[[0, \"1\"]]", 2),
            "plan: placement, layer 0, slot 1: a string where an integer is expected");
  EXPECT_EQ(plan_error("[[0], 1]", 2),
            "plan: placement, layer 1: a number where a list is expected");
  EXPECT_EQ(plan_error("[[0, 5000000000]]", 2),
            "plan: placement, layer 0, slot 1: 5000000000 does not fit in 32 bits");
  EXPECT_EQ(plan_error("[[0, 2]]", 2),
            "plan: layer 0, slot 1: expert 2 does not exist; expected 0 to 1");
  EXPECT_EQ(plan_error("[[0, -1]]", 2),
            "plan: layer 0, slot 1: expert -1 does not exist; expected 0 to 1");
  EXPECT_EQ(plan_error("[[0, 1], [0, 0]]", 2),
            "plan: layer 1: expert 1 is in no slot; every expert needs at least one");
  EXPECT_EQ(plan_error("[]", 2), "plan: placement: an empty list; expected at least one layer");
  EXPECT_EQ(plan_error("[[]]", 2),
            "plan: placement, layer 0: an empty list; expected at least one slot");
  EXPECT_EQ(plan_error("{\"phy2log\": null}", 2), "plan: phy2log: null where a list is expected");
  EXPECT_EQ(plan_error("[[0]]", 1025), "plan: 1025 experts; expected 1 to 1024");
  std::string tall = "[[0]";
  for (int l = 0; l < 128; ++l) tall += ",[0]";
  EXPECT_EQ(plan_error(tall + "]", 1), "plan: placement: 129 layers, but at most 128 can be read");
}

TEST(ReadPlacement, RefusesOtherDocuments) {
  EXPECT_EQ(plan_error("", 1).find("plan: empty; expected a placement as {\"phy2log\""), 0u);
  EXPECT_EQ(plan_error("{}", 1).find("plan: an object without a known key; expected a placement"),
            0u);
  EXPECT_EQ(plan_error("5", 1).find("plan: a number; expected a placement"), 0u);
  EXPECT_EQ(plan_error("[[0]", 1),
            "plan: byte 4 (line 1): not valid JSON, unexpected end of input; expected ']'");
  EXPECT_EQ(plan_error("{\"a\": 1, \"b\": {\"a\": 2, \"a\": 3}}", 1),
            "plan: byte 26: the key \"a\" appears twice in one object");
  EXPECT_EQ(plan_error(std::string(100000, '['), 1),
            "plan: byte 65: nested deeper than 64 lists and objects");
  EXPECT_NE(plan_error(std::string((std::size_t{128} << 20) + 1, ' '), 1)
                .find("plan: 134217729 bytes, but a placement as"),
            std::string::npos);
}

TEST(CompletePlacement, RefusesSizesThatDoNotAgree) {
  Placement placement;
  placement.layers = 1;
  placement.experts = 2;
  placement.slots = 3;
  placement.phy2log = {0, 1};
  EXPECT_EQ(complete_placement("plan", placement).sentence(),
            "plan: phy2log has 2 numbers; expected 1 layers of 3 slots");
  placement.phy2log = {1, 0, 1};
  EXPECT_TRUE(complete_placement("plan", placement).ok());
  EXPECT_EQ(placement.logcnt, (Integers{1, 2}));
  EXPECT_EQ(placement.log2phy, (Integers{1, 0, 2}));
  placement.gpus = 2;
  EXPECT_FALSE(complete_placement("plan", placement).ok());
}

TEST(UnpackLog2phy, PadsWithMinusOne) {
  const Placement placement = placement_of(kLists, 3);
  EXPECT_EQ(largest_count(placement), 2);
  EXPECT_EQ(largest_count(Placement()), 0);
  EXPECT_EQ(
      unpack_log2phy(placement, 3),
      (std::vector<std::int64_t>{0, -1, -1, 1, 3, -1, 2, -1, -1, 2, -1, -1, 3, -1, -1, 0, 1, -1}));
}

TEST(NpyInt64, WritesWhatNumpyWrites) {
  const std::vector<std::int64_t> values = {1, -2, 3};
  const std::vector<std::int64_t> shape = {3};
  const std::string file = npy_int64(values, shape);
  std::string header = "{'descr': '<i8', 'fortran_order': False, 'shape': (3,), }";
  header.resize(128 - 10 - 1, ' ');
  header += '\n';
  EXPECT_EQ(file, npy_container(1, header, data_of<std::int64_t>({1, -2, 3})));
}

TEST(NpyInt64, AlignsTheData) {
  for (std::size_t dimensions = 1; dimensions < 30; ++dimensions) {
    const std::vector<std::int64_t> shape(dimensions, 1);
    const std::vector<std::int64_t> values = {7};
    const std::string file = npy_int64(values, shape);
    EXPECT_EQ((file.size() - sizeof(std::int64_t)) % 64, 0u);
    EXPECT_EQ(file[file.size() - sizeof(std::int64_t) - 1], '\n');
  }
}

TEST(NpyInt64, ReadsBack) {
  const Placement placement = placement_of(kLists, 3);
  const std::vector<std::int64_t> values(placement.phy2log.begin(), placement.phy2log.end());
  const std::vector<std::int64_t> shape = {2, 4};
  expect_lists(placement_of(npy_int64(values, shape), 3));
}

TEST(ReadPlacement, RefusesDocumentsThatWouldFillTheMemory) {
  std::string lists = "[";
  for (int i = 0; i < (1 << 20) + 1; ++i) lists += "[],";
  lists += "[]]";
  Placement out;
  const auto bytes = std::as_bytes(std::span(lists.data(), lists.size()));
  EXPECT_NE(read_placement(bytes, "p.json", 4, out).sentence().find("more than 1048576 lists"),
            std::string::npos);
}

TEST(ReadPlacement, TakesALog2phyPaddedFarBeyondSomeCounts) {
  const std::string text = R"({"phy2log": [[1, 3, 2, 1, 0, 0], [1, 3, 0, 3, 3, 2]],
    "log2phy": [[[5, 4, -1], [0, 3, -1], [2, -1, -1], [1, -1, -1]],
                [[2, -1, -1], [0, -1, -1], [5, -1, -1], [3, 4, 1]]]})";
  Placement out;
  const auto bytes = std::as_bytes(std::span(text.data(), text.size()));
  const Status status = read_placement(bytes, "p.json", 4, out);
  ASSERT_TRUE(status.ok()) << status.sentence();
  EXPECT_EQ(out.log2phy, (std::vector<std::int32_t>{5, 4, 0, 3, 2, 1, 2, 0, 5, 3, 4, 1}));
}

TEST(ReadLog2phyNpy, TakesTheNumbersOrLeavesThePlacement) {
  Placement placement = placement_of(kLists, 3);
  const auto read = [&](const std::string& file) {
    return read_log2phy_npy(as_bytes(file), "log2phy.npy", placement).sentence();
  };
  using Numbers = std::initializer_list<std::int8_t>;
  const Numbers wrong = {0, -1, 3, 1, 2, -1, 2, -1, 3, -1, 0, 0};
  EXPECT_EQ(read(npy_file("|i1", "(2, 3, 2)", data_of(wrong))),
            "log2phy.npy: layer 1, expert 2, copy 1: log2phy has 0, but phy2log has 2 copies; "
            "expected each of their slots once, then -1");
  EXPECT_EQ(read(npy_file("|u1", "(1, 3, 2)", std::string(6, '\0'))),
            "log2phy.npy: \"|u1\" numbers for 1 layers of 3 experts with up to 2 copies; expected "
            "integers for 2 layers of 3 experts with up to 4");
  expect_lists(placement);
  const Numbers right = {0, -1, 3, 1, 2, -1, 2, -1, 3, -1, 1, 0};
  EXPECT_EQ(read(npy_file("|i1", "(2, 3, 2)", data_of(right))), "");
  EXPECT_EQ(placement.log2phy, (Integers{0, 3, 1, 2, 2, 3, 1, 0}));
}

}  // namespace
}  // namespace evenkeel::test
