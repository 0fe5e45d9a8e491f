// The lower bound: never above the optimum, and exact where it claims to be. The optimum is found by brute
// force.

#include "core/row/bound.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <functional>
#include <numeric>
#include <vector>

#include "core/lanes/random.hpp"
#include "core/model/hash.hpp"
#include "tests/cases.hpp"
#include "tests/support.hpp"

namespace evenkeel::test {
namespace {

// The minimum load of the heaviest node over all assignments, found by trying all.
double brute_node_load(const std::vector<double>& groups, int nodes) {
  const int room = static_cast<int>(groups.size()) / nodes;
  std::vector<double> load(static_cast<std::size_t>(nodes), 0);
  std::vector<int> filled(static_cast<std::size_t>(nodes), 0);
  double best = 1e300;
  const std::function<void(std::size_t)> place = [&](std::size_t k) {
    if (k == groups.size()) {
      best = std::min(best, *std::max_element(load.begin(), load.end()));
      return;
    }
    for (std::size_t n = 0; n < load.size(); ++n) {
      if (filled[n] == room) continue;
      const double before = load[n];
      load[n] += groups[k];
      ++filled[n];
      place(k + 1);
      load[n] = before;
      --filled[n];
    }
  };
  place(0);
  return best;
}

TEST(NodeBound, IsExactForFewGroupsAndBelowForMany) {
  Random random(1);
  for (int round = 0; round < 300; ++round) {
    const int nodes = 1 + static_cast<int>(random.below(4));
    const int groups = nodes * (1 + static_cast<int>(random.below(nodes <= 2 ? 4 : 2)));
    std::vector<double> load(static_cast<std::size_t>(groups));
    const std::uint32_t values = round % 2 == 0 ? 4 : 100000;
    for (double& value : load) value = random.below(values);
    const double exact = brute_node_load(load, nodes);
    sort_descending(load.data(), groups);
    EXPECT_EQ(best_node_load(load.data(), groups, nodes, 0), exact) << groups << " on " << nodes;
    EXPECT_EQ(best_node_load(load.data(), groups, nodes, exact), exact)
        << groups << " on " << nodes;
    if (groups == 2 * nodes) {
      EXPECT_EQ(best_pair_load(load.data(), groups), exact) << groups << " on " << nodes;
    }
    const double total = std::accumulate(load.begin(), load.end(), 0.0);
    const double bound = node_load_bound(load.data(), groups, nodes);
    EXPECT_LE(bound, exact) << groups << " on " << nodes;
    if (nodes == 1) {
      EXPECT_EQ(bound, total);
    }
  }
}

TEST(NodeBound, SearchesTheLargestExactSizes) {
  std::vector<double> load(12);
  for (std::size_t k = 0; k < load.size(); ++k) load[k] = static_cast<double>(k * k % 7 + 1);
  sort_descending(load.data(), 12);
  for (const int nodes : {1, 2, 3, 4}) {
    EXPECT_EQ(best_node_load(load.data(), 12, nodes, 0), brute_node_load(load, nodes)) << nodes;
  }
  // Two per node: the optimum pairs heaviest with lightest. One per node: nothing to choose.
  std::vector<double> sorted = load;
  std::sort(sorted.begin(), sorted.end());
  double pairs = 0;
  for (std::size_t k = 0; k < 6; ++k) pairs = std::max(pairs, sorted[k] + sorted[11 - k]);
  EXPECT_EQ(best_node_load(load.data(), 12, 6, 0), pairs);
  EXPECT_EQ(best_node_load(load.data(), 12, 12, 0), sorted.back());
}

// The minimum of the largest GPU load of one row over all placements (global).
double brute_max_load(const std::vector<float>& loads, int slots, int gpus) {
  const int experts = static_cast<int>(loads.size());
  const int room = slots / gpus;
  std::vector<int> expert(static_cast<std::size_t>(slots));
  double best = 1e300;
  const std::function<void(int)> fill = [&](int slot) {
    if (slot == slots) {
      std::vector<int> count(loads.size(), 0);
      for (const int x : expert) ++count[static_cast<std::size_t>(x)];
      if (std::count(count.begin(), count.end(), 0) > 0) return;
      double max = 0;
      for (int g = 0; g < gpus; ++g) {
        double load = 0;
        for (int s = g * room; s < (g + 1) * room; ++s) {
          const auto x = static_cast<std::size_t>(expert[static_cast<std::size_t>(s)]);
          load += static_cast<double>(loads[x]) / count[x];
        }
        max = std::max(max, load);
      }
      best = std::min(best, max);
      return;
    }
    for (int x = 0; x < experts; ++x) {
      expert[static_cast<std::size_t>(slot)] = x;
      fill(slot + 1);
    }
  };
  fill(0);
  return best;
}

TEST(LowerBound, IsNeverAboveTheBestPlacement) {
  Random random(9);
  int tight = 0;
  for (int round = 0; round < 60; ++round) {
    const Shape shape = round % 2 == 0 ? Shape{1, 3, 6, 3, 1, 1} : Shape{1, 4, 6, 2, 1, 1};
    Loads loads = {1, shape.experts, {}, 0, 1};
    for (int x = 0; x < shape.experts; ++x) {
      loads.values.push_back(static_cast<float>(random.below(round % 3 == 0 ? 4 : 1000)));
    }
    const Result result = balance_on("cpu", loads, shape, Rules());
    const double bound = result.metrics[0].lower_bound;
    const double best = brute_max_load(loads.values, shape.slots, shape.gpus);
    EXPECT_LE(bound, best * (1 + 1e-12)) << round;
    EXPECT_GE(result.metrics[0].max_load, best * (1 - 1e-12)) << round;
    tight += bound >= best * (1 - 1e-12) ? 1 : 0;
  }
  EXPECT_GT(tight, 10) << "a bound that is never reached is useless";
}

TEST(LowerBound, IsTheLargestOfItsThreeParts) {
  // Mean: 4 experts of 10 on 2 GPUs.
  Loads even = {1, 4, {10, 10, 10, 10}, 0, 1};
  EXPECT_EQ(balance_on("cpu", even, {1, 4, 4, 2, 1, 1}, Rules()).metrics[0].lower_bound, 20);
  // Largest copy: 90 split into two copies; the mean is 24.
  Loads hot = {1, 4, {90, 2, 2, 2}, 0, 1};
  EXPECT_EQ(balance_on("cpu", hot, {1, 4, 5, 5, 1, 1}, Rules()).metrics[0].lower_bound, 45);
  // Groups: in the best case 30 + 10 on one node of two GPUs; the mean is 15.
  Loads groups = {1, 4, {30, 10, 10, 10}, 0, 1};
  EXPECT_EQ(balance_on("cpu", groups, {1, 4, 8, 4, 2, 4}, Rules()).metrics[0].lower_bound, 20);
  EXPECT_EQ(balance_on("cpu", groups, {1, 4, 8, 4, 1, 1}, Rules()).metrics[0].lower_bound, 15);
}

// Every compiler and processor must give these bits.
TEST(StrongBound, HasTheSameBitsEverywhere) {
  Fnv1a hash;
  for (std::int32_t gpus = 4; gpus <= 24; ++gpus) {
    const Shape shape = {4, gpus * 2 - gpus / 3, gpus * (2 + gpus % 3), gpus, 1, 1};
    const Case c = {gpus % 2 == 0 ? "tail" : "counts", shape, static_cast<std::uint64_t>(gpus)};
    Execution execution;
    execution.threads = 1;
    std::vector<double> bounds(4);
    ASSERT_TRUE(strong_bounds(c.loads(), shape, 0, execution, 0, bounds).ok());
    for (const double bound : bounds) {
      std::uint64_t bits = 0;
      std::memcpy(&bits, &bound, sizeof bits);
      for (int i = 0; i < 8; ++i) hash.add_byte(static_cast<std::uint8_t>(bits >> (8 * i)));
    }
  }
  EXPECT_EQ(hash.value(), 0x14eff297b22214e9u);
}

}  // namespace
}  // namespace evenkeel::test
