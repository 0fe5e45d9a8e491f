// Figures for several numbers of redundant experts.
#include "core/study/sweep.hpp"

#include <gtest/gtest.h>

#include "core/model/strategies.hpp"
#include "core/traffic/example.hpp"
#include "tests/support.hpp"

namespace evenkeel::test {
namespace {

using Counts = std::vector<std::int32_t>;

Shape shape_of(std::int32_t experts, std::int32_t gpus) { return {2, experts, 0, gpus, 1, 1}; }

TEST(RedundantCounts, AreThoseThatGpusCanShare) {
  EXPECT_EQ(redundant_counts(shape_of(12, 4), {}), (Counts{0, 4, 8, 12}));
  EXPECT_EQ(redundant_counts(shape_of(10, 4), {}), (Counts{2, 6, 10}));
  EXPECT_EQ(redundant_counts(shape_of(10, 4), {3, 20, 33}), (Counts{6, 10, 14, 18}));
  EXPECT_EQ(redundant_counts(shape_of(1, 1024), {}), Counts());
  EXPECT_EQ(redundant_counts(shape_of(1, 1024), {0, 5000, 33}), (Counts{1023, 2047, 3071, 4095}));
  EXPECT_EQ(redundant_counts(shape_of(12, 0), {}), Counts());
  EXPECT_EQ(redundant_counts(shape_of(12, 4), {9, 5, 33}), Counts());
}

TEST(RedundantCounts, AreThinnedEvenly) {
  EXPECT_EQ(redundant_counts(shape_of(10, 1), {0, 10, 3}), (Counts{0, 5, 10}));
  EXPECT_EQ(redundant_counts(shape_of(10, 1), {0, 10, 0}), (Counts{0, 10}));
  for (const std::int32_t points : {2, 3, 7, 33, 100}) {
    const Counts counts = redundant_counts(shape_of(256, 8), {0, 3840, points});
    ASSERT_EQ(counts.size(), static_cast<std::size_t>(points));
    EXPECT_EQ(counts.front(), 0);
    EXPECT_EQ(counts.back(), 3840);
    const std::int32_t apart = 3840 / (points - 1);
    for (std::size_t i = 1; i < counts.size(); ++i) {
      EXPECT_NEAR(counts[i] - counts[i - 1], apart, 8) << "evenly spaced";
    }
  }
}

TEST(Sweep, GivesWhatBalancingGives) {
  const Loads loads = skewed_loads(3, 24, 1);
  const Shape shape = {3, 24, 0, 4, 2, 4};
  const Rules rules = strategies()[1].rules;
  const Counts counts = redundant_counts(shape, {});
  Sweep sweep;
  ASSERT_TRUE(sweep.start(loads, shape, rules, counts, Bounds::automatic).ok());
  EXPECT_EQ(sweep.total(), 7u);
  for (std::size_t i = 0; i < counts.size(); ++i) {
    EXPECT_EQ(sweep.points().size(), i) << "one point per call of advance()";
    ASSERT_FALSE(sweep.done());
    ASSERT_TRUE(sweep.advance({}).ok());
    Shape here = shape;
    here.slots = 24 + counts[i];
    const Result result = balance_on("cpu", loads, here, rules);
    const SweepPoint& point = sweep.points()[i];
    EXPECT_EQ(point.redundant, counts[i]);
    EXPECT_EQ(point.slots, here.slots);
    EXPECT_EQ(point.summary, summarize({result.metrics, loads.numbers()}));
    double worst = 1;
    double best = 0;
    for (const LayerMetrics& layer : result.metrics) {
      worst = std::min(worst, layer.balancedness());
      best += layer.mean_load / layer.lower_bound / 3;
    }
    EXPECT_EQ(point.summary["worst_balancedness"], worst);
    EXPECT_DOUBLE_EQ(point.summary["best_balancedness"], best);
    EXPECT_LE(point.summary["balancedness"], point.summary["best_balancedness"]);
  }
  EXPECT_TRUE(sweep.done());
}

TEST(Sweep, EmptyLayersAreBalanced) {
  const Loads loads = {1, 4, {0, 0, 0, 0}, 0, 1};
  Sweep sweep;
  ASSERT_TRUE(sweep.start(loads, {1, 4, 0, 2, 1, 1}, {}, Counts{0}, Bounds::cheap).ok());
  ASSERT_TRUE(sweep.advance({}).ok());
  EXPECT_EQ(sweep.points()[0].summary["best_balancedness"], 1);
  EXPECT_EQ(sweep.points()[0].summary["balancedness"], 1);
}

TEST(Sweep, RefusesBeforeItBegins) {
  const Loads loads = skewed_loads(1, 12, 1);
  const auto refusal = [&](const Shape& shape, const Counts& counts) {
    Sweep sweep;
    const Status status = sweep.start(loads, shape, {}, counts, Bounds::cheap);
    EXPECT_TRUE(sweep.done()) << "an empty sweep is done";
    return status.sentence();
  };
  const Shape shape = {1, 12, 0, 4, 1, 1};
  EXPECT_EQ(refusal(shape, {0, 5}),
            "17 slots cannot be shared equally by 4 GPUs; use 16 or 20 slots");
  EXPECT_EQ(refusal(shape, {2147483647}), "2147483647 slots; expected 1 to 4096");
  EXPECT_EQ(refusal(shape, {-2147483647}), "-2147483635 slots; expected 1 to 4096");
  EXPECT_EQ(refusal({2, 12, 0, 4, 1, 1}, {0}),
            "loads: 12 loads for 1 layers of 12 experts; the shape has 2 layers of 12");
}

}  // namespace
}  // namespace evenkeel::test
