// Figures by the step: layers done by hand, percentiles, and single steps as measured by the core.
#include "core/model/step_figures.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>

#include "core/evenkeel.hpp"
#include "core/model/strategies.hpp"
#include "core/row/step_scorer.hpp"

namespace evenkeel::test {
namespace {

TEST(StepFigures, AreRightOnStepsByHand) {
  StepFigures figures(3);
  figures.add(0, {10, 15});  // .5
  figures.add(1, {10, 10});  // 0
  figures.add(2, {0, 0});    // without tokens
  figures.end_step();
  figures.add(0, {10, 20});  // 1
  figures.add(1, {0, 0});
  figures.end_step();
  figures.end_step();  // no layer has tokens
  EXPECT_EQ(figures.steps(), 2);
  EXPECT_EQ(figures.steps_of(0), 2);
  EXPECT_EQ(figures.steps_of(1), 1);
  EXPECT_EQ(figures.steps_of(2), 0);
  EXPECT_DOUBLE_EQ(figures.imbalance(0), 0.75);
  EXPECT_DOUBLE_EQ(figures.imbalance_percentile(0), 1);
  EXPECT_DOUBLE_EQ(figures.balancedness(0), (10.0 / 15 + 0.5) / 2);
  EXPECT_EQ(figures.imbalance(2), 0);
  EXPECT_EQ(figures.balancedness(2), 1);
  EXPECT_DOUBLE_EQ(figures.imbalance(), 0.375);         // mean of .75 and 0
  EXPECT_DOUBLE_EQ(figures.imbalance_percentile(), 1);  // steps: .25 and 1
  EXPECT_DOUBLE_EQ(figures.balancedness(), (10.0 / 15 + 0.5 + 2) / 4);
  EXPECT_DOUBLE_EQ(figures.balancedness_by_load(), (20.0 / 25 + 0.5) / 2);
}

// The nearest rank of few numbers is exact; of many it is in the same 1/4096 of 1 + the number.
TEST(Distribution, PercentilesAreNearestRanks) {
  std::mt19937 random(7);
  std::exponential_distribution<double> draw(0.7);
  std::vector<double> values;
  Distribution distribution;
  EXPECT_EQ(distribution.percentile(0.95), 0);
  for (int i = 0; i < 20000; ++i) {
    values.push_back(draw(random));
    distribution.add(values.back());
    if (i != 0 && i != 99 && i != 4095 && i != 4096 && i != 19999) continue;
    std::vector<double> sorted = values;
    std::sort(sorted.begin(), sorted.end());
    for (const double share : {0.0, 0.5, 0.95, 1.0}) {
      const auto rank = std::max(1.0, std::ceil(share * static_cast<double>(sorted.size())));
      const double exact = sorted[static_cast<std::size_t>(rank) - 1];
      const double found = distribution.percentile(share);
      EXPECT_GE(found, exact) << i << ' ' << share;
      EXPECT_LE(found, i < 4096 ? exact : exact + (1 + exact) / 4096) << i << ' ' << share;
    }
  }
}

TEST(StepScorer, ScoresAsTheCoreMeasures) {
  std::mt19937 random(3);
  Loads loads;
  loads.layers = 6;
  loads.experts = 24;
  loads.values.resize(6 * 24);
  for (float& load : loads.values) load = static_cast<float>(random() % 1000);
  std::fill_n(loads.values.begin(), 24, 0.0f);  // a layer without load
  const Shape shape = {6, 24, 32, 8, 1, 1};
  for (const Strategy& strategy : strategies()) {
    Result result;
    ASSERT_TRUE(balance(loads, shape, strategy.rules, nullptr, {}, result).ok());
    for (std::size_t layer = 0; layer < 6; ++layer) {
      const auto* phy2log = result.placement.phy2log.data() + layer * 32;
      StepScorer scorer(shape, {phy2log, 32});
      const std::vector<double> row(
          loads.values.begin() + static_cast<std::ptrdiff_t>(layer) * 24,
          loads.values.begin() + static_cast<std::ptrdiff_t>(layer + 1) * 24);
      double total = 0;
      for (const double load : row) total += load;
      const StepLoad step = scorer.score(row, total);
      EXPECT_EQ(step.max, result.metrics[layer].max_load) << strategy.name << ' ' << layer;
      EXPECT_EQ(step.mean, result.metrics[layer].mean_load) << strategy.name << ' ' << layer;
      EXPECT_EQ(*std::max_element(scorer.gpu_loads().begin(), scorer.gpu_loads().end()), step.max);
    }
  }
}

}  // namespace
}  // namespace evenkeel::test
