// Input checks: the policy, and an error for everything that can be wrong.

#include "core/model/check.hpp"

#include <gtest/gtest.h>

#include <limits>
#include <vector>

#include "core/batch/backend.hpp"
#include "core/evenkeel.hpp"
#include "core/model/strategies.hpp"

namespace evenkeel {
namespace {

constexpr Shape kFine = {58, 256, 288, 32, 4, 8};

TEST(Policy, AutomaticFallsBackToGlobalWithANote) {
  Shape shape = {1, 256, 320, 64, 3, 8};
  std::string note;
  ASSERT_TRUE(resolve_policy(Policy::automatic, shape, note).ok());
  EXPECT_EQ(note,
            "8 groups cannot be shared equally by 3 nodes: nodes and groups are ignored, as with "
            "policy global");
  EXPECT_EQ(shape, (Shape{1, 256, 320, 64, 1, 1}));
}

TEST(Policy, OneNodeWithSeveralGroupsIsNotGlobal) {
  Shape shape = {1, 256, 320, 64, 1, 8};
  std::string note = "old";
  ASSERT_TRUE(resolve_policy(Policy::automatic, shape, note).ok());
  EXPECT_EQ(shape.groups, 8);
  EXPECT_EQ(note, "");
}

TEST(Policy, HierarchicalRefusesTheMismatch) {
  Shape shape = {1, 256, 320, 64, 3, 8};
  std::string note;
  const Status status = resolve_policy(Policy::hierarchical, shape, note, Vocabulary::command);
  EXPECT_EQ(status.sentence(),
            "8 groups cannot be shared equally by 3 nodes; --policy hierarchical needs a number of "
            "groups that is a multiple of the nodes");
}

TEST(Policy, GlobalIgnoresNodesAndGroups) {
  Shape shape = {1, 256, 320, 64, 7, 9};
  std::string note;
  ASSERT_TRUE(resolve_policy(Policy::global, shape, note).ok());
  EXPECT_EQ(shape, (Shape{1, 256, 320, 64, 1, 1}));
  EXPECT_EQ(note, "");
}

TEST(Check, AcceptsTheLimits) {
  EXPECT_TRUE(check(kFine).ok());
  EXPECT_TRUE(check({128, 1024, 4096, 1024, 1, 1}).ok());
  EXPECT_TRUE(check({1, 1, 1, 1, 1, 1}).ok());
}

TEST(Check, SaysWhichNumberIsWrongAndWhatWouldBeRight) {
  struct Wrong {
    Shape shape;
    const char* sentence;
  };
  const Wrong wrongs[] = {
      {{0, 8, 8, 1, 1, 1}, "0 layers; expected 1 to 128"},
      {{129, 8, 8, 1, 1, 1}, "129 layers; expected 1 to 128"},
      {{1, 0, 8, 1, 1, 1}, "0 experts; expected 1 to 1024"},
      {{1, 1025, 2050, 1, 1, 1}, "1025 experts; expected 1 to 1024"},
      {{1, 8, 8, 0, 1, 1}, "0 GPUs; expected 1 to 1024"},
      {{1, 8, 2050, 1025, 1, 1}, "1025 GPUs; expected 1 to 1024"},
      {{1, 8, 4097, 1, 1, 1}, "4097 slots; expected 1 to 4096"},
      {{1, 8, 8, 1, 0, 1}, "0 nodes; expected 1 to 1024"},
      {{1, 8, 8, 1, 1, -1}, "-1 groups; expected 1 to 1024"},
      {{1, 8, 7, 7, 1, 1},
       "7 slots cannot hold 8 experts; expected at least as many slots as experts"},
      {{1, 256, 290, 32, 1, 1},
       "290 slots cannot be shared equally by 32 GPUs; use 288 or 320 slots"},
      {{1, 31, 33, 32, 1, 1}, "33 slots cannot be shared equally by 32 GPUs; use 32 or 64 slots"},
      {{1, 33, 34, 32, 1, 1}, "34 slots cannot be shared equally by 32 GPUs; use 64 slots"},
      {{1, 1000, 4095, 1024, 1, 1},
       "4095 slots cannot be shared equally by 1024 GPUs; use 3072 or 4096 slots"},
      {{1, 256, 288, 32, 1, 3},
       "3 groups do not divide 256 experts; use a number of groups that divides 256"},
      {{1, 256, 288, 32, 3, 8},
       "3 nodes do not divide 8 groups; use a number of nodes that divides 8"},
      {{1, 256, 288, 36, 8, 8},
       "8 nodes do not divide 36 GPUs; use a number of nodes that divides 36"},
  };
  for (const Wrong& wrong : wrongs) EXPECT_EQ(check(wrong.shape).sentence(), wrong.sentence);
}

TEST(CheckLoads, NamesSourceLayerAndExpert) {
  const Shape shape = {2, 2, 2, 1, 1, 1};
  const auto sentence = [&](std::vector<float> values, int first_layer, const char* source) {
    return check_loads({2, 2, std::move(values), first_layer, 1, source}, shape).sentence();
  };
  const float nan = std::numeric_limits<float>::quiet_NaN();
  EXPECT_EQ(sentence({0, 0, 1, -0.0f}, 0, ""), "");
  EXPECT_EQ(sentence({0, 0, 1, -1e-9f}, 10, "x.npy"),
            "x.npy: layer 11, expert 1: load -1e-09; loads must be finite and at least 0");
  EXPECT_EQ(sentence({nan, 0, 1, 4}, 0, ""),
            "loads: layer 0, expert 0: load nan; loads must be finite and at least 0");
  EXPECT_EQ(
      sentence({0, 0, 3e38f, 3e38f}, 0, "x"),
      "x: layer 1: the sum of the loads is 6.0000000109955115e+38, above the largest binary32 "
      "number, 3.40282347e+38; divide all loads by a power of two");
}

TEST(CheckLoads, RefusesSizesThatAreNotTheShapes) {
  const Shape shape = {2, 2, 2, 1, 1, 1};
  EXPECT_EQ(check_loads({2, 2, {1, 2, 3}, 0, 1}, shape).sentence(),
            "loads: 3 loads for 2 layers of 2 experts; the shape has 2 layers of 2");
  EXPECT_FALSE(check_loads({1, 4, {1, 2, 3, 4}, 0, 1}, shape).ok());
  EXPECT_FALSE(check_loads({}, shape).ok());
}

TEST(Registry, FindsNamesAndAliasesAndListsThemOtherwise) {
  const Strategy* strategy = nullptr;
  ASSERT_TRUE(find_strategy("baseline", strategy).ok());
  EXPECT_EQ(strategy->name, "deepseek");
  EXPECT_EQ(find_strategy("deepsek\x1b[2J", strategy).sentence(),
            "unknown strategy \"deepsek?[2J\"; known: deepseek, k2, tie, div, ref, ada, "
            "keel:fast, keel, keel:max, contiguous, random");
  EXPECT_FALSE(find_strategy("", strategy).ok());
}

TEST(Registry, AnUnknownBackEndIsAnErrorThatListsTheKnownOnes) {
  const Backend* backend = nullptr;
  const std::string sentence = find_backend("abacus", backend).sentence();
  EXPECT_EQ(sentence.rfind("unknown back end \"abacus\"; known: cpu", 0), 0u) << sentence;
}

TEST(Balance, RefusesAPreviousPlacementThatDoesNotFit) {
  const Loads loads = {1, 4, {1, 2, 3, 4}, 0, 1};
  const Placement good = {1, 4, 4, 2, {0, 1, 2, 3}, {1, 1, 1, 1}, {0, 1, 2, 3}};
  const auto sentence = [&](const Shape& shape, const Placement& previous) {
    Result result;
    return balance(loads, shape, Rules(), &previous, {}, result).sentence();
  };
  EXPECT_EQ(sentence({1, 4, 4, 2, 1, 1}, good), "");
  EXPECT_EQ(sentence({1, 4, 4, 4, 1, 1}, good), "");
  EXPECT_EQ(sentence({1, 4, 6, 3, 1, 1}, good), "");
  Placement other = good;
  other.gpus = 3;
  EXPECT_EQ(
      sentence({1, 4, 4, 2, 1, 1}, other),
      "the previous placement: 4 slots on 3 GPUs; expected the same number of slots on each of "
      "at most 1024");
  other.gpus = 0;  // unknown: then the GPUs of the shape must share its 4 slots
  other.source = "p.json";
  EXPECT_EQ(sentence({1, 4, 6, 3, 1, 1}, other),
            "p.json: 4 slots cannot be shared equally by 3 GPUs, and it does not say its own "
            "number of GPUs");
  other = good;
  other.first_layer = 0;
  EXPECT_EQ(sentence({1, 4, 4, 2, 1, 1}, other), "");
  other.first_layer = 5;
  EXPECT_EQ(sentence({1, 4, 4, 2, 1, 1}, other),
            "the previous placement: its first layer is 5, but that of the loads is 0");
  other = good;
  other.phy2log.pop_back();
  EXPECT_EQ(sentence({1, 4, 4, 2, 1, 1}, other),
            "the previous placement: phy2log has 3 numbers; expected 1 layers of 4 slots");
}

TEST(Score, RefusesPlacementsThatAreNotWhole) {
  const Loads loads = {1, 2, {1, 2}, 0, 1};
  const Shape shape = {1, 2, 4, 2, 1, 1};
  const Placement good = {1, 2, 4, 2, {0, 1, 1, 0}, {2, 2}, {3, 0, 1, 2}};
  const auto sentence = [&](const Placement& placement) {
    std::vector<LayerMetrics> metrics;
    return score(loads, placement, shape, nullptr, {}, metrics).sentence();
  };
  EXPECT_EQ(sentence(good), "");
  Placement bad = good;
  bad.phy2log[3] = 7;
  EXPECT_EQ(sentence(bad),
            "the placement: layer 0, slot 3: expert 7 does not exist; expected 0 to 1");
  bad = good;
  bad.logcnt = {4000, 2};
  EXPECT_EQ(sentence(bad), "the placement: logcnt does not match phy2log");
  bad = good;
  bad.log2phy = {0, 0, 1, 2};
  EXPECT_EQ(sentence(bad), "the placement: log2phy is not an inverse of phy2log");
  bad = good;
  bad.log2phy = {};
  EXPECT_EQ(sentence(bad), "the placement: log2phy has 0 slots; expected 4");
  bad = good;
  bad.slots = 2;
  bad.phy2log = {0, 1};
  bad.logcnt = {1, 1};
  bad.log2phy = {0, 1};
  EXPECT_EQ(sentence(bad), "the placement: 2 slots, but the loads and options say 4");
}

}  // namespace
}  // namespace evenkeel
