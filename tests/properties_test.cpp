// Properties of every strategy on every valid input.

#include <gtest/gtest.h>

#include <set>

#include "core/model/check.hpp"
#include "core/model/stage_names.hpp"
#include "core/model/strategies.hpp"
#include "tests/cases.hpp"
#include "tests/support.hpp"

namespace evenkeel::test {
namespace {

// Checks one layer of a placement; failures name the violated invariant.
void expect_valid_layer(const Placement& p, const Shape& shape, int layer) {
  const auto slots = static_cast<std::size_t>(shape.slots);
  const auto experts = static_cast<std::size_t>(shape.experts);
  const std::int32_t* phy2log = p.phy2log.data() + static_cast<std::size_t>(layer) * slots;
  const std::int32_t* log2phy = p.log2phy.data() + static_cast<std::size_t>(layer) * slots;
  const std::int32_t* logcnt = p.logcnt.data() + static_cast<std::size_t>(layer) * experts;

  std::vector<int> seen(experts, 0);
  for (std::size_t slot = 0; slot < slots; ++slot) {
    ASSERT_GE(phy2log[slot], 0);
    ASSERT_LT(phy2log[slot], shape.experts);
    ++seen[static_cast<std::size_t>(phy2log[slot])];
  }
  std::set<std::int32_t> used;
  const std::int32_t* next = log2phy;
  for (std::size_t x = 0; x < experts; ++x) {
    ASSERT_GE(logcnt[x], 1) << "expert without a copy";
    ASSERT_EQ(logcnt[x], seen[x]) << "logcnt does not match phy2log";
    for (int k = 0; k < logcnt[x]; ++k, ++next) {
      ASSERT_EQ(phy2log[*next], static_cast<std::int32_t>(x))
          << "log2phy is not the inverse of phy2log";
      used.insert(*next);
    }
  }
  ASSERT_EQ(used.size(), slots) << "log2phy is not a permutation of the slots";

  // Hierarchical: all copies of a group's experts are on one node, and a node has whole groups.
  std::vector<int> node_of(static_cast<std::size_t>(shape.groups), -1);
  std::vector<int> groups_on(static_cast<std::size_t>(shape.nodes), 0);
  for (std::size_t slot = 0; slot < slots; ++slot) {
    const auto group = static_cast<std::size_t>(phy2log[slot] / shape.experts_per_group());
    const int node = static_cast<int>(slot) / (shape.slots / shape.nodes);
    if (node_of[group] < 0) ++groups_on[static_cast<std::size_t>(node)];
    if (node_of[group] < 0) node_of[group] = node;
    ASSERT_EQ(node_of[group], node) << "group " << group << " is on two nodes";
  }
  for (const int count : groups_on) ASSERT_EQ(count, shape.groups_per_node());
}

// Every named strategy, and some other combinations of rules.
std::vector<Rules> many_rules(std::uint64_t seed) {
  std::vector<Rules> all;
  for (const Strategy& strategy : strategies()) all.push_back(few_kicks(strategy.rules));
  for (std::uint64_t i = 0; i < 4; ++i) all.push_back(random_rules(4 * seed + i));
  return all;
}

TEST(Properties, HoldForEveryStrategyOnRandomShapes) {
  for (std::uint64_t seed = 1; seed <= cases_of(1500); ++seed) {
    const Case c = random_case(seed, 96);
    const Loads loads = c.loads();
    for (const Rules& rules : many_rules(seed)) {
      SCOPED_TRACE(rules_text(rules) + ", " + c.name());
      const Result result = balance_on("cpu", loads, c.shape, rules);
      for (int layer = 0; layer < c.shape.layers; ++layer) {
        expect_valid_layer(result.placement, c.shape, layer);
        const LayerMetrics& m = result.metrics[static_cast<std::size_t>(layer)];
        EXPECT_LE(m.balancedness(), 1);
        EXPECT_LE(m.lower_bound, m.max_load);
        EXPECT_LE(m.mean_load, m.lower_bound);
      }
      if (HasFatalFailure()) return;
    }
  }
}

TEST(Properties, ThreadsAndSlicesOfLayersChangeNothing) {
  const Case c = {"tail", {58, 64, 80, 8, 1, 1}, 3};
  const Loads loads = c.loads();
  for (const Rules& rules : many_rules(1)) {
    const Result one = balance_on("cpu", loads, c.shape, rules);
    Execution execution;
    execution.threads = 8;
    Result many;
    ASSERT_TRUE(balance(loads, c.shape, rules, nullptr, execution, many).ok());
    EXPECT_EQ(first_difference(one.placement, many.placement), "") << rules_text(rules);
    EXPECT_EQ(first_difference(one.metrics, many.metrics), "") << rules_text(rules);

    // Layers 7 and 8 alone get the same placement as among all layers.
    Loads slice = {2, 64, {loads.values.begin() + 7 * 64, loads.values.begin() + 9 * 64}, 7, 1};
    Shape shape = c.shape;
    shape.layers = 2;
    const Result part = balance_on("cpu", slice, shape, rules);
    EXPECT_TRUE(std::equal(part.placement.phy2log.begin(), part.placement.phy2log.end(),
                           one.placement.phy2log.begin() + 7 * 80))
        << rules_text(rules);
  }
}

TEST(Properties, ScalingByAPowerOfTwoChangesNothing) {
  for (std::uint64_t seed = 1; seed <= 200; ++seed) {
    const Case c = random_case(seed, 64);
    Loads loads = c.loads();
    const Result plain = balance_on("cpu", loads, c.shape, Rules());
    for (float& value : loads.values) value *= 1024;
    const Result scaled = balance_on("cpu", loads, c.shape, Rules());
    EXPECT_EQ(first_difference(plain.placement, scaled.placement), "") << c.name();
  }
}

TEST(Baselines, ContiguousIsExpertsInOrderAndRoundRobin) {
  const Strategy* contiguous = nullptr;
  ASSERT_TRUE(find_strategy("contiguous", contiguous).ok());
  const Loads loads = {1, 4, {9, 1, 1, 1}, 0, 1};
  const Result global = balance_on("cpu", loads, {1, 4, 6, 3, 1, 1}, contiguous->rules);
  EXPECT_EQ(global.placement.phy2log, (std::vector<std::int32_t>{0, 1, 2, 3, 0, 1}));
  EXPECT_EQ(global.placement.log2phy, (std::vector<std::int32_t>{0, 4, 1, 5, 2, 3}));
  // With several nodes each node does so with its own groups.
  const Result nodes = balance_on("cpu", loads, {1, 4, 6, 2, 2, 2}, contiguous->rules);
  EXPECT_EQ(nodes.placement.phy2log, (std::vector<std::int32_t>{0, 1, 0, 2, 3, 2}));
}

TEST(Baselines, RandomFollowsItsSeed) {
  const Strategy* random = nullptr;
  ASSERT_TRUE(find_strategy("random", random).ok());
  const Case c = {"counts", {3, 32, 48, 8, 1, 1}, 1};
  Rules rules = random->rules;
  const Result zero = balance_on("cpu", c.loads(), c.shape, rules);
  EXPECT_EQ(
      first_difference(zero.placement, balance_on("cpu", c.loads(), c.shape, rules).placement), "");
  rules.seed = 1;
  EXPECT_NE(
      first_difference(zero.placement, balance_on("cpu", c.loads(), c.shape, rules).placement), "");
  const auto row = [&](int layer) {
    const auto begin = zero.placement.phy2log.begin() + layer * 48;
    return std::vector<std::int32_t>(begin, begin + 48);
  };
  EXPECT_NE(row(0), row(1)) << "layers have separate random streams";
}

}  // namespace
}  // namespace evenkeel::test
