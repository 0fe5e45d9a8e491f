// bound <= optimum <= result on tiny rows, for the cheap and the strong bound, and for keel and deepseek.

#include "tests/optimum.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <iostream>
#include <map>
#include <string>

#include "core/model/strategies.hpp"
#include "tests/cases.hpp"
#include "tests/support.hpp"

namespace evenkeel::test {
namespace {

constexpr Shape kTiny[] = {
    {1, 3, 4, 2, 1, 1},  {1, 3, 6, 3, 1, 1}, {1, 4, 6, 2, 1, 1},  {1, 4, 6, 3, 1, 1},
    {1, 5, 8, 4, 1, 1},  {1, 6, 8, 4, 1, 1}, {1, 7, 8, 4, 1, 1},  {1, 8, 8, 4, 1, 1},
    {1, 6, 8, 2, 1, 1},  {1, 5, 6, 2, 1, 1}, {1, 7, 9, 3, 1, 1},  {1, 9, 9, 3, 1, 1},
    {1, 8, 10, 5, 1, 1}, {1, 3, 5, 5, 1, 1}, {1, 2, 6, 3, 1, 1},  {1, 4, 8, 4, 2, 4},
    {1, 6, 8, 4, 2, 2},  {1, 6, 8, 4, 2, 6}, {1, 8, 12, 4, 2, 4}, {1, 6, 9, 3, 3, 6},
    {1, 8, 8, 4, 2, 8},  {1, 6, 8, 2, 2, 6},
};

// Rounding of sums, in the optimum and in results.
constexpr double kRounding = 1 + 1e-12;

struct Tally {
  int rows = 0;
  int optimal = 0;
  double excess = 0;
};

TEST(Optimum, LiesBetweenBoundAndResultOnTinyRows) {
  const char* const names[] = {"deepseek", "keel:fast", "keel", "keel:max"};
  std::map<std::string, Tally> tallies;
  int cheap_tight = 0;
  int strong_tight = 0;
  int raised = 0;
  const int rows = static_cast<int>(cases_of(12000));
  Execution one_thread;
  one_thread.threads = 1;
  for (int i = 0; i < rows; ++i) {
    const Shape& shape = kTiny[static_cast<std::size_t>(i) % std::size(kTiny)];
    const std::vector<std::string>& kinds = case_kinds();
    const std::size_t kind = static_cast<std::size_t>(i) / std::size(kTiny) % kinds.size();
    const Case c = {kinds[kind], shape, static_cast<std::uint64_t>(i)};
    SCOPED_TRACE(c.name());
    const Loads loads = c.loads();
    const double best = optimum(loads.values, shape, false);
    const double apart = optimum(loads.values, shape, true);
    ASSERT_LE(best, apart);

    const std::uint64_t seed = static_cast<std::uint64_t>(i) % 3;
    std::vector<LayerBound> cheap;
    std::vector<double> strong(1);
    ASSERT_TRUE(lower_bounds(loads, shape, cheap).ok());
    ASSERT_TRUE(strong_bounds(loads, shape, seed, one_thread, 0, strong).ok());
    const double bound = cheap[0].lower_bound;
    ASSERT_LE(bound, strong[0]);
    ASSERT_LE(bound, best * kRounding);
    ASSERT_LE(strong[0], best * kRounding);
    cheap_tight += bound * kRounding >= best ? 1 : 0;
    strong_tight += strong[0] * (1 + 1e-4) >= best ? 1 : 0;
    raised += strong[0] > bound ? 1 : 0;

    // keel keeps copies apart wherever that is possible.
    for (const char* name : names) {
      NamedRules strategy;
      ASSERT_TRUE(choose_strategy(name, {}, seed, Vocabulary::plain, strategy).ok());
      std::vector<LayerMetrics> metrics;
      ASSERT_TRUE(balance_metrics(loads, shape, strategy.rules, one_thread, metrics).ok());
      const double max = metrics[0].max_load;
      const bool is_apart = strategy.rules.search != Search::none && std::isfinite(apart);
      const double least = is_apart ? apart : best;
      ASSERT_LE(least, max * kRounding) << name;
      EXPECT_EQ(metrics[0].lower_bound, std::min(bound, max)) << name;
      Tally& tally = tallies[name];
      ++tally.rows;
      tally.optimal += max <= least * (1 + 1e-7) ? 1 : 0;
      tally.excess += least > 0 ? max / least - 1 : 0;
    }
  }
  const auto percent = [&](int number) {
    return std::to_string((1000 * number + rows / 2) / rows / 10) + "." +
           std::to_string((1000 * number + rows / 2) / rows % 10) + " %";
  };
  std::cout << "measured on " << rows << " tiny rows: optimal in";
  for (const char* name : names) {
    std::cout << ' ' << percent(tallies[name].optimal) << " (" << name << "),";
  }
  std::cout << " the bound is the optimum in " << percent(cheap_tight) << ", the strong one in "
            << percent(strong_tight) << '\n';
  EXPECT_GT(raised, rows / 20) << "a strong bound that raises nothing is not tested";
  EXPECT_GT(cheap_tight, rows / 4);
  EXPECT_GE(tallies["keel"].optimal, tallies["deepseek"].optimal);
}

std::vector<double> strong_of(const Loads& loads, const Shape& shape, int threads) {
  Execution execution;
  execution.threads = threads;
  std::vector<double> bounds(static_cast<std::size_t>(shape.layers));
  const Status status = strong_bounds(loads, shape, 1, execution, 0, bounds);
  EXPECT_TRUE(status.ok()) << status.sentence();
  return bounds;
}

// Rows that are too large to try everything.
TEST(StrongBound, IsBelowEveryPlacement) {
  const std::uint64_t rows = cases_of(300);
  std::uint64_t raised = 0;
  for (std::uint64_t seed = 1; seed <= rows; ++seed) {
    Case c = random_case(seed, 64);
    if (seed % 2 == 0) {  // few slots per GPU and some to spare, where bounds differ
      const auto gpus = static_cast<std::int32_t>(4 + seed % 13);
      c.shape = {1, gpus * 2 - 1 - static_cast<std::int32_t>(seed % 5), gpus * 2, gpus, 1, 1};
      if (seed % 3 == 0) c.shape.slots += gpus;
    }
    c.shape.layers = 2;
    SCOPED_TRACE(c.name());
    const Loads loads = c.loads();
    const std::vector<double> bounds = strong_of(loads, c.shape, 1);
    EXPECT_EQ(bounds, strong_of(loads, c.shape, 3));
    for (const char* name : {"deepseek", "keel:fast", "keel:60"}) {
      NamedRules strategy;
      ASSERT_TRUE(choose_strategy(name, {}, seed, Vocabulary::plain, strategy).ok());
      const Result result = balance_on("cpu", loads, c.shape, strategy.rules);
      for (std::size_t layer = 0; layer < bounds.size(); ++layer) {
        EXPECT_LE(bounds[layer], result.metrics[layer].max_load * kRounding) << name;
        raised += bounds[layer] > result.metrics[layer].lower_bound ? 1 : 0;
      }
    }
  }
  EXPECT_GT(raised, rows / 10);
}

TEST(StrongBound, SeesThatALargeCopyNeedsSmallOnes) {
  // Two slots: 10 must share with at least 1. The mean is 10.
  const std::vector<double> two = strong_of({1, 4, {10, 8, 1, 1}}, {1, 4, 4, 2, 1, 1}, 1);
  EXPECT_LE(two[0], 11);
  EXPECT_GE(two[0], 11 * (1 - 2e-4));
  // Four slots: 30 must share with three of 5. The mean is 32.5.
  const std::vector<double> four =
      strong_of({1, 8, {5, 5, 5, 30, 5, 5, 5, 5}}, {1, 8, 8, 2, 1, 1}, 1);
  EXPECT_LE(four[0], 45);
  EXPECT_GE(four[0], 45 * (1 - 2e-4));
}

TEST(StrongBound, CanBeAskedForSomeLayers) {
  const Case c = {"tail", {6, 32, 64, 32, 1, 1}, 4};
  const Loads loads = c.loads();
  const std::vector<double> all = strong_of(loads, c.shape, 1);
  std::vector<double> some(2);
  ASSERT_TRUE(strong_bounds(loads, c.shape, 1, {}, 3, some).ok());
  EXPECT_EQ(some, std::vector<double>(all.begin() + 3, all.begin() + 5));

  // Figures show them, but never above the largest load.
  std::vector<LayerMetrics> metrics(6);
  for (LayerMetrics& layer : metrics) layer.max_load = all[0];
  metrics[5].lower_bound = metrics[5].max_load = 2 * all[5];
  raise_bounds(all, metrics);
  EXPECT_EQ(metrics[0].lower_bound, all[0]);
  EXPECT_EQ(metrics[1].lower_bound, std::min(all[0], all[1]));
  EXPECT_EQ(metrics[5].lower_bound, 2 * all[5]);
}

}  // namespace
}  // namespace evenkeel::test
