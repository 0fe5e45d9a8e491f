// Copies: the guarantees of the rules of stage 1, and that fix-ups never fire as proved.

#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>
#include <vector>

#include "core/lanes/random.hpp"
#include "tests/stage_bench.hpp"

namespace evenkeel::test {
namespace {

constexpr Tail kTails[] = {Tail::none, Tail::sainte_lague, Tail::lower_peak, Tail::tie_aware,
                           Tail::three_quotients};

// Few values, many values, powers of two, nearly equal values: rows for which rules give different results.
std::vector<float> random_loads(Random& random, int experts) {
  const std::uint32_t kind = random.below(4);
  std::vector<float> loads(static_cast<std::size_t>(experts));
  for (float& load : loads) {
    const std::uint32_t draw = random.below(1u << 20);
    if (kind == 0) load = static_cast<float>(draw % 5);
    if (kind == 1) load = static_cast<float>(draw);
    if (kind == 2) load = static_cast<float>(1u << draw % 12);
    if (kind == 3) load = 1.0f + static_cast<float>(draw % 4) / 8388608.0f;
  }
  return loads;
}

// The minimum of the largest average, found by trying all assignments of copies.
float least_peak(const std::vector<float>& loads, std::size_t expert, int slots) {
  if (expert + 1 == loads.size()) return average(loads[expert], slots);
  float best = std::numeric_limits<float>::infinity();
  const int others = static_cast<int>(loads.size() - expert - 1);
  for (int mine = 1; mine <= slots - others; ++mine) {
    best = std::min(
        best, std::max(average(loads[expert], mine), least_peak(loads, expert + 1, slots - mine)));
  }
  return best;
}

TEST(Replication, HighestLoadHasTheLeastPossiblePeak) {
  Random random(1);
  for (int round = 0; round < 300; ++round) {
    const int experts = 1 + static_cast<int>(random.below(5));
    const int slots = experts + static_cast<int>(random.below(6));
    const std::vector<float> loads = random_loads(random, experts);
    StageBench bench(loads, slots, 1);
    bench.replicate(Rules{});
    EXPECT_EQ(bench.highest_average(), least_peak(loads, 0, slots));
  }
}

TEST(Replication, WaterFillingReachesTheSamePeakAndTailsNeverALowerOne) {
  Random random(2);
  int raised = 0;
  for (int round = 0; round < 2000; ++round) {
    const int experts = 2 + static_cast<int>(random.below(40));
    const int slots = experts + static_cast<int>(random.below(60));
    const std::vector<float> loads = random_loads(random, experts);
    StageBench bench(loads, slots, 1);
    bench.replicate(Rules{});
    const float least = bench.highest_average();
    bench.replicate(Rules{Replication::water_filling});
    EXPECT_NEAR(bench.highest_average(), least, 1e-6f * least) << round;
    for (const Tail tail : kTails) {
      bench.replicate(Rules{Replication::highest_load, tail});
      EXPECT_GE(bench.highest_average(), least);
      raised += bench.highest_average() > least ? 1 : 0;
      const std::vector<int> counts = bench.counts();
      EXPECT_EQ(std::accumulate(counts.begin(), counts.end(), 0), slots);
    }
  }
  EXPECT_GT(raised, 0) << "a tail has a cost";
}

TEST(Replication, WaterFillingOfNothingSharesEvenly) {
  StageBench bench({0, 0, 0, 0}, 10, 1);
  bench.replicate(Rules{Replication::water_filling});
  EXPECT_EQ(bench.counts(), (std::vector<int>{3, 3, 2, 2}));
  EXPECT_EQ(bench.owners(), (std::vector<int>{0, 0, 0, 1, 1, 1, 2, 2, 3, 3}));
}

TEST(Replication, TheTailIsATenthRoundedUp) {
  EXPECT_EQ(tail_length(0), 0);
  EXPECT_EQ(tail_length(1), 1);
  EXPECT_EQ(tail_length(10), 1);
  EXPECT_EQ(tail_length(11), 2);
}

// rules.hpp has the proof; this tests it on every kind of copies that replication can produce, and on random
// ones that no rule would produce.
TEST(Fixups, FourOfFiveNeverFireAndTheFifthDoes) {
  Random random(3);
  int fired = 0;
  for (int round = 0; round < 4000; ++round) {
    const int experts = 2 + static_cast<int>(random.below(12));
    const int slots = experts + static_cast<int>(random.below(30));
    StageBench bench(random_loads(random, experts), slots, 1);
    std::vector<Rules> all = {Rules{Replication::water_filling}, Rules{Replication::random}};
    for (const Tail tail : kTails) all.push_back(Rules{Replication::highest_load, tail});
    for (Rules& rules : all) {
      rules.seed = static_cast<std::uint64_t>(round);
      bench.replicate(rules);
      const std::vector<int> before = bench.owners();
      const float peak = bench.highest_average();
      for (const Fixup idle : {Fixup::none, Fixup::measured_move, Fixup::predicted_move,
                               Fixup::best_of_four, Fixup::best_of_four_second}) {
        ASSERT_TRUE(never_fires(idle));
        ASSERT_EQ(bench.fix_up(idle), 0) << round;
        ASSERT_EQ(bench.owners(), before);
      }
      const int moves = bench.fix_up(Fixup::second_donor);
      fired += moves;
      // With three or more experts no receiver is the expert with the highest average.
      if (moves > 0 && experts > 2) {
        EXPECT_GE(bench.highest_average(), peak);
      }
      const std::vector<int> counts = bench.counts();
      EXPECT_EQ(std::accumulate(counts.begin(), counts.end(), 0), slots);
      EXPECT_GE(*std::min_element(counts.begin(), counts.end()), 1);
    }
  }
  EXPECT_GT(fired, 100) << "the test would not detect a fix-up that fires";
}

// Because the rules never fire, the test shows their choice by claiming a peak that is higher than the real
// one: loads per copy are 6, 4, 3 and 1.
TEST(Fixups, ChooseTheirMovesByTheirRules) {
  const float loads[] = {12, 8, 3, 1};
  const Index count[] = {2, 2, 1, 1};
  const auto move = [&](Fixup rule, detail::Ends ends) {
    const detail::Move found = detail::find_move(rule, loads, 4, count, ends);
    return std::vector<double>{double(found.donor), double(found.receiver), found.peak};
  };
  using Chosen = std::vector<double>;
  const detail::Ends true_ends = {{0, 1}, {3, 2}, 6, 4};
  const detail::Ends high = {{0, 1}, {3, 2}, 100, 4};
  for (const Fixup rule : {Fixup::measured_move, Fixup::predicted_move, Fixup::best_of_four,
                           Fixup::best_of_four_second}) {
    EXPECT_EQ(move(rule, true_ends), (Chosen{-1, -1, 0}));
    // With the first donor the peak is 12; with the second donor it would stay at 100.
    EXPECT_EQ(move(rule, high), (Chosen{0, 3, 12}));
  }
  EXPECT_EQ(move(Fixup::second_donor, high), (Chosen{1, 3, 8})) << "it ignores the peak";
  // Equal peaks of 12: the second criteria are 1.5 (receiver 2) and 1 (receiver 3).
  const detail::Ends tie = {{0, 1}, {2, 3}, 100, 1};
  EXPECT_EQ(move(Fixup::best_of_four, tie), (Chosen{0, 2, 12}));
  EXPECT_EQ(move(Fixup::best_of_four_second, tie), (Chosen{0, 3, 12}));
  // Margins, and the precision of the comparison.
  EXPECT_FALSE(detail::falls(Fixup::measured_move, 1 - 0.5e-9, 1));
  EXPECT_TRUE(detail::falls(Fixup::measured_move, 1 - 2e-9, 1));
  EXPECT_TRUE(detail::falls(Fixup::best_of_four, 1 - 2e-12, 1));
  EXPECT_FALSE(detail::falls(Fixup::predicted_move, 1 - 2e-12, 1)) << "1 in binary32";
}

}  // namespace
}  // namespace evenkeel::test
