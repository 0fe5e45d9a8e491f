// The planner gives the same bits on one lane, on fibers and on threads.

#include <gtest/gtest.h>

#include "core/batch/plan_rows.hpp"
#include "core/lanes/lanes_emulated.hpp"
#include "tests/plan_cases.hpp"
#include "tests/support.hpp"

namespace evenkeel::test {
namespace {

PlannedRow on_one_lane(const PlanCase& c) {
  PlannedRow out;
  EXPECT_TRUE(plan_mean_of_max(batch_of(c, out), c.rules).ok());
  return out;
}

template <int W>
PlannedRow on_lanes(const PlanCase& c, void (*run)(int, const LaneBody&)) {
  PlannedRow out;
  const PlanBatch batch = batch_of(c, out);
  const GpuSlotTable slots(c.shape);
  const PlanMemory<EmulatedLanes<W>> memory(c.shape, c.chunks);
  run(W, [&](Crew& crew, int rank) {
    plan_rows(EmulatedLanes<W>(crew, rank), batch, c.rules, slots.view(), memory, 0, 1);
  });
  return out;
}

TEST(PlanLanes, FibersGiveTheSameBits) {
  for (std::uint64_t seed = 1; seed <= cases_of(60); ++seed) {
    const PlanCase c = plan_case(seed, 24);
    const PlannedRow expected = on_one_lane(c);
    EXPECT_EQ(on_lanes<4>(c, run_on_fibers), expected) << seed;
    EXPECT_EQ(on_lanes<32>(c, run_on_fibers), expected) << seed;
  }
}

TEST(PlanLanes, ThreadsGiveTheSameBits) {
  for (std::uint64_t seed = 1; seed <= 3; ++seed) {
    PlanCase c = plan_case(seed, 8);
    c.rules.kicks = 1;
    EXPECT_EQ(on_lanes<4>(c, run_on_threads), on_one_lane(c)) << seed;
  }
}

}  // namespace
}  // namespace evenkeel::test
