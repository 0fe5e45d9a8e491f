// The stage apart: no two copies of an expert on one GPU where that is possible, else as few as possible.

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "core/model/check.hpp"
#include "core/model/stage_names.hpp"
#include "core/model/strategies.hpp"
#include "tests/cases.hpp"
#include "tests/hostile_cases.hpp"
#include "tests/reference.hpp"
#include "tests/support.hpp"

namespace evenkeel::test {
namespace {

Rules apart(Rules rules) {
  rules.apart = Apart::exchange;
  return rules;
}

// The fewest copies of a layer that share a GPU with another copy of their expert: a GPU holds at most all experts of
// its node once.
int unavoidable(const Shape& shape) {
  const int room = shape.slots / shape.gpus;
  return shape.gpus * std::max(0, room - shape.experts_per_node());
}

// A hostile case with the shape after the automatic policy.
Case resolved_hostile_case(std::uint64_t seed, int most_experts) {
  Case c = hostile_case(seed, most_experts);
  std::string note;
  EXPECT_TRUE(resolve_policy(Policy::automatic, c.shape, note).ok());
  return c;
}

void expect_apart(const Case& c, const Rules& rules) {
  SCOPED_TRACE(rules_text(rules) + ", " + c.name());
  const Result result = balance_on("cpu", c.loads(), c.shape, rules);
  for (const LayerMetrics& layer : result.metrics) {
    EXPECT_EQ(layer.same_gpu_copies, unavoidable(c.shape));
  }
  if (unavoidable(c.shape) > 0) return;
  for (const std::int32_t count : result.placement.logcnt) {
    EXPECT_LE(count, c.shape.gpus_per_node());
  }
}

TEST(Apart, IsAlwaysReached) {
  for (std::uint64_t seed = 1; seed <= cases_of(3000); ++seed) {
    expect_apart(random_case(seed, 48), apart(random_rules(seed)));
    expect_apart(resolved_hostile_case(seed, 32), apart(random_rules(seed + 1)));
    if (HasFailure()) return;
  }
}

// Few experts with many copies: most GPUs hold most experts.
TEST(Apart, IsReachedWhereGpusHoldMostExperts) {
  std::uint64_t seed = 1;
  for (const Shape& shape :
       {Shape{1, 4, 32, 8, 1, 1}, Shape{1, 5, 32, 8, 1, 1}, Shape{1, 3, 16, 8, 1, 1},
        Shape{1, 2, 16, 8, 1, 1}, Shape{1, 2, 24, 8, 1, 1}, Shape{2, 16, 512, 128, 1, 1},
        Shape{1, 8, 96, 24, 2, 2}, Shape{1, 1, 6, 3, 1, 1}, Shape{1, 12, 1024, 8, 4, 12}}) {
    for (const std::string& kind : case_kinds()) {
      for (const Strategy& strategy : strategies()) {
        expect_apart({kind, shape, seed++}, apart(strategy.rules));
      }
    }
  }
}

// The sizes at which 16 bits are used most.
TEST(Apart, IsTheSameOnEmulatedLanesAtTheLimits) {
  for (const Shape& shape : {Shape{1, 1024, 4096, 1024, 1, 1}, Shape{1, 1024, 4096, 1024, 4, 8},
                             Shape{1, 4, 4096, 1024, 1, 1}, Shape{1, 1, 4096, 1024, 1, 1}}) {
    for (const char* kind : {"ties", "onehot"}) {
      const Case c = {kind, shape, 3};
      expect_apart(c, apart({}));
      const Result one = balance_on("cpu", c.loads(), shape, apart({}));
      for (const Backend& backend : backends()) {
        if (!backend.name.starts_with("emulated")) continue;  // tsan runs others
        const Result many = balance_on(std::string(backend.name), c.loads(), shape, apart({}));
        EXPECT_EQ(first_difference(one.placement, many.placement), "") << c.name();
      }
    }
  }
}

TEST(Apart, ChangesNothingWhereNothingShares) {
  int same = 0;
  for (std::uint64_t seed = 1; seed <= 500; ++seed) {
    const Case c = random_case(seed, 64);
    const Rules rules = strategies()[seed % strategies().size()].rules;
    const Result without = balance_on("cpu", c.loads(), c.shape, rules);
    const Result with = balance_on("cpu", c.loads(), c.shape, apart(rules));
    const Placement& a = without.placement;
    const Placement& b = with.placement;
    for (std::int32_t layer = 0; layer < c.shape.layers; ++layer) {
      if (without.metrics[static_cast<std::size_t>(layer)].same_gpu_copies > 0) continue;
      ++same;
      const auto at = std::ptrdiff_t{layer} * c.shape.slots;
      EXPECT_TRUE(std::equal(a.phy2log.begin() + at, a.phy2log.begin() + at + c.shape.slots,
                             b.phy2log.begin() + at))
          << c.name();
    }
  }
  EXPECT_GT(same, 100);
}

// The loads of copies are 4, 4, 3, 2.5, 2.5, 1: packing puts 4, 3, 1 on GPU 0 and 4, 2.5, 2.5 on GPU 1.
TEST(Apart, ExchangesWithTheNearestWeightByHand) {
  const Loads loads = {1, 4, {8, 3, 5, 1}, 0, 1};
  const Shape shape = {1, 4, 6, 2, 1, 1};
  Rules rules;
  const Result without = balance_on("cpu", loads, shape, rules);
  EXPECT_EQ(without.placement.phy2log, (std::vector<std::int32_t>{0, 1, 3, 0, 2, 2}));
  // The first copy of expert 2 has rank 3. The rank below it is expert 1, on GPU 0.
  const Result with = balance_on("cpu", loads, shape, apart(rules));
  EXPECT_EQ(with.placement.phy2log, (std::vector<std::int32_t>{0, 2, 3, 0, 1, 2}));
  EXPECT_EQ(with.metrics[0].same_gpu_copies, 0);
}

// Without loads DeepSeek's rule gives all extra copies to expert 0: more than there are GPUs.
TEST(Apart, GivesSurplusCopiesToOthers) {
  const Loads loads = {1, 4, {0, 0, 0, 0}, 0, 1};
  const Shape shape = {1, 4, 8, 2, 1, 1};
  EXPECT_EQ(balance_on("cpu", loads, shape, Rules()).placement.logcnt,
            (std::vector<std::int32_t>{5, 1, 1, 1}));
  const Result with = balance_on("cpu", loads, shape, apart({}));
  EXPECT_EQ(with.placement.logcnt, (std::vector<std::int32_t>{2, 2, 2, 2}));
  // More slots than experts x GPUs: each GPU has every expert, and the rest is the one with most.
  const Result more = balance_on("cpu", {1, 2, {9, 1}, 0, 1}, {1, 2, 6, 2, 1, 1}, apart({}));
  EXPECT_EQ(more.placement.logcnt, (std::vector<std::int32_t>{4, 2}));
  EXPECT_EQ(more.metrics[0].same_gpu_copies, 2);
}

TEST(Apart, EqualsThePlainReference) {
  for (std::uint64_t seed = 1; seed <= 1500; ++seed) {
    for (const Case& c : {random_case(seed, 64), resolved_hostile_case(seed, 40)}) {
      const Strategy& strategy = strategies()[seed % 6];
      ASSERT_TRUE(has_reference(strategy.name));
      const Placement expected = reference_placement(c.loads(), c.shape, strategy.name, true);
      const Result actual = balance_on("cpu", c.loads(), c.shape, apart(strategy.rules));
      ASSERT_EQ(first_difference(expected, actual.placement), "")
          << strategy.name << ", " << c.name();
    }
  }
}

}  // namespace
}  // namespace evenkeel::test
