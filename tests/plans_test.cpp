// The planner of the mean of maxima: properties of its placements.

#include "core/batch/plans.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <string>
#include <vector>

#include "core/model/gpu_slots.hpp"
#include "core/model/placement.hpp"
#include "tests/plan_cases.hpp"
#include "tests/reference_plans.hpp"
#include "tests/support.hpp"

namespace evenkeel::test {
namespace {

PlannedRow planned(const PlanCase& c) {
  PlannedRow out;
  EXPECT_TRUE(plan_mean_of_max(batch_of(c, out), c.rules).ok());
  return out;
}

// The weighted mean over chunks of max/mean.
double mean_of_max_of(const PlanCase& c, const std::vector<std::int32_t>& phy2log) {
  std::vector<double> count(static_cast<std::size_t>(c.shape.experts));
  for (const std::int32_t x : phy2log) ++count[static_cast<std::size_t>(x)];
  double sum = 0;
  double weights = 0;
  for (std::size_t t = 0; t < c.weights.size(); ++t) {
    std::vector<double> load(static_cast<std::size_t>(c.shape.gpus));
    double total = 0;
    for (std::size_t slot = 0; slot < phy2log.size(); ++slot) {
      const auto x = static_cast<std::size_t>(phy2log[slot]);
      const double part = c.tokens[t * count.size() + x] / count[x];
      load[slot / (phy2log.size() / load.size())] += part;
      total += part;
    }
    if (total == 0) continue;
    sum += c.weights[t] * *std::max_element(load.begin(), load.end()) / total * c.shape.gpus;
    weights += c.weights[t];
  }
  return weights > 0 ? sum / weights : 0;
}

int received(const PlanCase& c, const std::vector<std::int32_t>& phy2log) {
  const int places = most_slots_per_gpu(c.shape);
  int slots = 0;
  for (std::size_t slot = 0; slot < phy2log.size(); ++slot) {
    const auto first = c.previous.begin() + static_cast<int>(slot) / places * places;
    slots += std::find(first, first + places, phy2log[slot]) == first + places ? 1 : 0;
  }
  return slots;
}

TEST(Plans, EqualThePlainReference) {
  for (std::uint64_t seed = 1; seed <= cases_of(150); ++seed) {
    const PlanCase c = plan_case(seed, 14);
    EXPECT_EQ(planned(c).phy2log, reference_plan(c)) << seed;
  }
}

TEST(Plans, PlacementsAreValidAndKeepCopiesApart) {
  for (std::uint64_t seed = 1; seed <= cases_of(400); ++seed) {
    const PlanCase c = plan_case(seed, 48);
    const PlannedRow row = planned(c);
    Placement placement;
    placement.layers = 1;
    placement.experts = c.shape.experts;
    placement.slots = c.shape.slots;
    placement.gpus = c.shape.gpus;
    placement.phy2log = row.phy2log;
    ASSERT_TRUE(complete_placement("plan", placement).ok()) << seed;
    EXPECT_EQ(placement.logcnt, row.logcnt) << seed;
    EXPECT_EQ(placement.log2phy, row.log2phy) << seed;
    EXPECT_TRUE(check_groups("plan", placement, c.shape, {}).ok()) << seed;
    const int places = most_slots_per_gpu(c.shape);
    const int different = std::min(places, c.shape.experts / c.shape.nodes);
    for (auto first = row.phy2log.begin(); first != row.phy2log.end(); first += places) {
      EXPECT_EQ(std::set<std::int32_t>(first, first + places).size(),
                static_cast<std::size_t>(different))
          << seed;
    }
  }
}

// The search works with loads that are rounded to 15 bits.
TEST(Plans, ThePlanIsWorthItsMoves) {
  for (std::uint64_t seed = 1; seed <= cases_of(400); ++seed) {
    const PlanCase c = plan_case(seed, 48);
    if (c.previous.empty()) continue;
    const PlannedRow row = planned(c);
    // Where copies are together in the placement in force, they must be parted at any price.
    const int places = most_slots_per_gpu(c.shape);
    bool together = false;
    for (auto first = c.previous.begin(); first != c.previous.end(); first += places) {
      together |=
          std::set<std::int32_t>(first, first + places).size() < static_cast<std::size_t>(places);
    }
    if (together) continue;
    const double before = mean_of_max_of(c, c.previous);
    const double after = mean_of_max_of(c, row.phy2log);
    EXPECT_LE(after + c.rules.price * received(c, row.phy2log), before * 1.06 + 1e-3) << seed;
  }
}

// Experts 0 to 3 are hot together, and 4 to 7 are; the sums of all are equal.
TEST(Plans, PartsExpertsThatAreHotTogether) {
  PlanCase c;
  c.shape = {1, 8, 8, 4, 1, 1};
  c.chunks = 20;
  for (std::uint32_t t = 0; t < 20; ++t) {
    for (std::uint32_t x = 0; x < 8; ++x) c.tokens.push_back(x / 4 == t % 2 ? 900 + x : 100 - x);
  }
  c.weights.assign(20, 1);
  c.previous = {0, 1, 2, 3, 4, 5, 6, 7};
  EXPECT_GT(mean_of_max_of(c, c.previous), 1.7);
  EXPECT_LT(mean_of_max_of(c, planned(c).phy2log), 1.02);
  c.previous.clear();
  EXPECT_LT(mean_of_max_of(c, planned(c).phy2log), 1.02);
}

TEST(Plans, AHighPriceKeepsThePlacement) {
  PlanCase c = plan_case(3, 48);
  for (std::uint64_t seed = 4; c.previous.empty() || c.chunks == 0; ++seed) c = plan_case(seed, 48);
  c.previous = planned(c).phy2log;  // with copies apart
  c.rules.price = 1e6;
  EXPECT_EQ(received(c, planned(c).phy2log), 0);
}

TEST(Plans, RowsDependOnNothingElse) {
  const PlanCase c = plan_case(8, 48);
  const PlannedRow expected = planned(c);
  PlannedRow out;
  PlanBatch batch = batch_of(c, out);
  constexpr std::int64_t kRows = 5;
  PlannedRow all;
  std::vector<std::uint32_t> tokens;
  std::vector<std::uint32_t> weights;
  std::vector<std::int32_t> previous;
  for (std::int64_t i = 0; i < kRows; ++i) {
    tokens.insert(tokens.end(), c.tokens.begin(), c.tokens.end());
    weights.insert(weights.end(), c.weights.begin(), c.weights.end());
    previous.insert(previous.end(), c.previous.begin(), c.previous.end());
  }
  all.phy2log.resize(out.phy2log.size() * kRows);
  all.log2phy.resize(all.phy2log.size());
  all.logcnt.resize(out.logcnt.size() * kRows);
  batch.rows = kRows;
  batch.history = {c.chunks, tokens.data(), weights.data()};
  batch.previous_phy2log = previous.empty() ? nullptr : previous.data();
  batch.placement = {all.phy2log.data(), all.logcnt.data(), all.log2phy.data()};
  batch.threads = 3;
  ASSERT_TRUE(plan_mean_of_max(batch, c.rules).ok());
  for (std::size_t slot = 0; slot < all.phy2log.size(); ++slot) {
    EXPECT_EQ(all.phy2log[slot], expected.phy2log[slot % expected.phy2log.size()]);
  }
}

TEST(Plans, StopsAndSaysWhatIsWrong) {
  const PlanCase c = plan_case(9, 48);
  PlannedRow out;
  PlanBatch batch = batch_of(c, out);
  batch.stop.ask = [](void*) { return true; };
  EXPECT_TRUE(plan_mean_of_max(batch, c.rules).is_stopped());
  batch.history.chunks = kMostChunks + 1;
  EXPECT_EQ(plan_mean_of_max(batch, c.rules).sentence(),
            "a history has 1025 chunks; expected 0 to 1024");
}

TEST(Plans, ChunksOfAHistory) {
  EXPECT_EQ(chunk_steps({1, 32, 40, 8, 1, 1}, 400), 5);
  EXPECT_EQ(chunk_steps({1, 256, 288, 32, 1, 1}, 400), 25);
  std::vector<std::uint32_t> weights(5);
  chunk_weights(2, weights);
  EXPECT_EQ(weights, (std::vector<std::uint32_t>{262144, 370728, 524288, 741455, 1048576}));
  chunk_weights(1e-9, weights);
  EXPECT_EQ(weights, (std::vector<std::uint32_t>{0, 0, 0, 0, 1048576}));
}

}  // namespace
}  // namespace evenkeel::test
