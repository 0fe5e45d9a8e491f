// Packing and refinement as stages: exact bin sizes, and no swap that makes the result worse.

#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <vector>

#include "core/lanes/random.hpp"
#include "tests/stage_bench.hpp"

namespace evenkeel::test {
namespace {

constexpr Packing kPackings[] = {Packing::greedy,       Packing::greedy_binary64, Packing::near_tie,
                                 Packing::copies_apart, Packing::in_order,        Packing::random};
constexpr Refinement kRefinements[] = {Refinement::nearest_difference, Refinement::two_lights,
                                       Refinement::two_for_two, Refinement::least_spread};

// Every bin holds `room` items, in places 0 .. room-1.
void expect_full_bins(const StageBench& bench, int gpus, int room) {
  std::set<std::pair<int, int>> places;
  const std::vector<int> bins = bench.bins();
  const std::vector<int> ranks = bench.ranks();
  for (std::size_t i = 0; i < bins.size(); ++i) {
    ASSERT_LT(bins[i], gpus);
    ASSERT_LT(ranks[i], room);
    places.insert({bins[i], ranks[i]});
  }
  ASSERT_EQ(places.size(), bins.size()) << "two items in one place";
}

TEST(Refine, NeverWorsensWhatItClaimsToImprove) {
  Random random(7);
  std::vector<int> improved(std::size(kRefinements), 0);
  for (int round = 0; round < 3000; ++round) {
    const int gpus = 1 + static_cast<int>(random.below(9));
    const int room = 1 + static_cast<int>(random.below(40));
    const int slots = gpus * room;
    // Whole numbers and one copy each: sums are exact, so "no worse" needs no tolerance.
    std::vector<float> loads(static_cast<std::size_t>(slots));
    const std::uint32_t values = random.below(3) == 0 ? 4 : 1u << 16;
    for (float& load : loads) load = static_cast<float>(random.below(values));
    StageBench bench(loads, slots, gpus);
    bench.replicate(Rules{});
    const Packing packing = kPackings[random.below(std::size(kPackings))];
    for (std::size_t k = 0; k < std::size(kRefinements); ++k) {
      bench.pack(packing);
      expect_full_bins(bench, gpus, room);
      const std::vector<double> before = bench.gpu_loads();
      bench.refine(kRefinements[k]);
      expect_full_bins(bench, gpus, room);
      const std::vector<double> after = bench.gpu_loads();
      const auto [least_before, most_before] = std::minmax_element(before.begin(), before.end());
      const auto [least_after, most_after] = std::minmax_element(after.begin(), after.end());
      ASSERT_LE(*most_after, *most_before) << "round " << round << ", refinement " << k;
      if (kRefinements[k] == Refinement::least_spread) {
        ASSERT_LE(*most_after - *least_after, *most_before - *least_before);
      }
      improved[k] += *most_after < *most_before ? 1 : 0;
      if (HasFatalFailure()) return;
    }
  }
  for (const int count : improved) EXPECT_GT(count, 300);
}

TEST(Refine, WorsensNothingBeyondRoundingOnAnyLoads) {
  Random random(8);
  for (int round = 0; round < 4000; ++round) {
    const int gpus = 2 + static_cast<int>(random.below(7));
    const int slots = gpus * (2 + static_cast<int>(random.below(9)));
    const int experts = slots - static_cast<int>(random.below(static_cast<std::uint32_t>(slots)));
    std::vector<float> loads(static_cast<std::size_t>(experts));
    const std::uint32_t kind = random.below(3);
    for (float& load : loads) {
      const float draw = static_cast<float>(random.below(1u << 20));
      if (kind == 0) load = draw / 4099.0f;
      if (kind == 1)
        load = random.below(4) == 0 ? 16777216.0f : static_cast<float>(random.below(4));
      if (kind == 2) load = 1.0f + static_cast<float>(random.below(4)) / 8388608.0f;
    }
    StageBench bench(loads, slots, gpus);
    bench.replicate(Rules{});
    if (random.below(2) == 0) bench.treat_as_groups();
    const Packing packing = kPackings[random.below(std::size(kPackings))];
    for (const Refinement rule : kRefinements) {
      bench.pack(packing);
      const std::vector<double> before = bench.gpu_loads();
      bench.refine(rule);
      const std::vector<double> after = bench.gpu_loads();
      const double most = *std::max_element(before.begin(), before.end());
      ASSERT_LE(*std::max_element(after.begin(), after.end()), most * (1 + 1e-6)) << round;
    }
  }
}

TEST(Refine, FindsTheSwapThatMakesLoadsEqual) {
  // 10 + 4 against 5 + 3: 4 for 3 leaves 4, 10 for ... leaves more; by hand the best is 4 <-> 3.
  for (const Refinement rule : kRefinements) {
    StageBench bench({10, 4, 5, 3}, 4, 2);
    bench.replicate(Rules{});
    bench.pack(Packing::in_order);
    bench.refine(rule);
    const std::vector<double> loads = bench.gpu_loads();
    EXPECT_EQ(std::max(loads[0], loads[1]) - std::min(loads[0], loads[1]), 4) << int(rule);
  }
}

TEST(Pack, CopiesApartSharesAnExpertEvenly) {
  // One expert is so hot that greedy puts its copies wherever there is room.
  std::vector<float> loads(20, 1.0f);
  loads[3] = 4000;
  StageBench bench(loads, 40, 8);
  bench.replicate(Rules{});
  bench.pack(Packing::copies_apart);
  std::vector<int> copies(8, 0);
  const std::vector<int> owners = bench.owners();
  const std::vector<int> bins = bench.bins();
  for (std::size_t i = 0; i < owners.size(); ++i) {
    if (owners[i] == 3) ++copies[static_cast<std::size_t>(bins[i])];
  }
  const auto [least, most] = std::minmax_element(copies.begin(), copies.end());
  EXPECT_LE(*most - *least, 1);
}

TEST(Pack, NearTieLooksAtCopiesOnlyWithinItsNearness) {
  // Two copies of 4, and an item of 4 + nudge on the other GPU: which GPU gets the second copy?
  const auto copies_meet = [](Packing rule, float nudge) {
    StageBench bench({8, 4 + nudge, 3}, 4, 2);
    bench.replicate(Rules{});
    EXPECT_EQ(bench.owners(), (std::vector<int>{0, 1, 2, 0}));
    bench.pack(rule);
    return bench.bins()[0] == bench.bins()[3];
  };
  EXPECT_TRUE(copies_meet(Packing::greedy, 0));
  EXPECT_FALSE(copies_meet(Packing::near_tie, 0));
  EXPECT_FALSE(copies_meet(Packing::near_tie, 1e-6f)) << "within 1e-6 of the mean, 3.75";
  EXPECT_TRUE(copies_meet(Packing::near_tie, 1e-3f)) << "load decides";
  EXPECT_FALSE(copies_meet(Packing::copies_apart, 1e-3f));
}

}  // namespace
}  // namespace evenkeel::test
