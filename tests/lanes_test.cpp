// Emulated lanes: collectives, and the detection of synchronisation bugs.

#include "core/lanes/lanes_emulated.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <vector>

#include "core/lanes/order.hpp"
#include "core/lanes/random.hpp"
#include "core/lanes/select.hpp"
#include "core/lanes/sort.hpp"
#include "core/lanes/tournament.hpp"

namespace evenkeel {
namespace {

using Runner = void (*)(int, const LaneBody&);
constexpr Runner kRunners[] = {run_on_fibers, run_on_threads};

TEST(EmulatedLanes, CollectivesSeeEveryLane) {
  for (const Runner run : kRunners) {
    std::atomic<int> right = 0;
    run(32, [&](Crew& crew, int rank) {
      const EmulatedLanes<32> lanes(crew, rank);
      const auto value = static_cast<std::uint64_t>((rank * 7 + 5) % 32 + 100);
      bool good = lanes.min(value) == 100;
      good &= lanes.sum_before(rank) == rank * (rank - 1) / 2;
      good &= least(lanes, heaviest_first(rank == 9 || rank == 20 ? 2.0 : 1.0, rank)).index == 9;
      good &= broadcast(lanes, rank + 40, 7) == 47;
      good &= sum_of(lanes, rank) == 31 * 32 / 2;
      right += good ? 1 : 0;
    });
    EXPECT_EQ(right, 32);
  }
}

TEST(EmulatedLanes, SortAndTournamentEqualOneLane) {
  Random random(4);
  for (const int n : {1, 2, 31, 33, 100, 288}) {
    std::vector<Key> input(static_cast<std::size_t>(n));
    for (int i = 0; i < n; ++i) {
      input[static_cast<std::size_t>(i)] = heaviest_first(static_cast<float>(random.below(9)), i);
    }
    std::vector<Key> expected = input;
    std::sort(expected.begin(), expected.end());
    std::vector<Key> keys = input;
    std::vector<Key> space(static_cast<std::size_t>(2 * n));
    std::vector<Key> taken;
    std::vector<Key> seconds;
    TwoKeys two;
    run_on_fibers(4, [&](Crew& crew, int rank) {
      const EmulatedLanes<4> lanes(crew, rank);
      sort_keys(lanes, keys.data(), keys.data(), n);
      Tournament<EmulatedLanes<4>> tournament(
          lanes, space.data(), n, [&](int i) { return input[static_cast<std::size_t>(i)]; });
      const TwoKeys found =
          two_least_of(lanes, n, [&](int i) { return input[static_cast<std::size_t>(i)]; });
      if (rank == 1) two = found;
      for (int i = 0; i < n; ++i) {
        const Key best = tournament.best();
        const Key second = tournament.second();
        if (rank == 2) {
          taken.push_back(best);
          seconds.push_back(second);
        }
        tournament.replace(index_of(best), kNever);
      }
    });
    EXPECT_EQ(keys, expected) << n;
    EXPECT_EQ(taken, expected) << n;
    EXPECT_EQ(two.first, expected[0]);
    expected.erase(expected.begin());
    expected.push_back(kNever);
    EXPECT_EQ(seconds, expected) << n;
    EXPECT_EQ(two.second, expected[0]);
  }
}

TEST(EmulatedLanes, AMissingBarrierGivesAnotherResult) {
  // Each lane adds its neighbour's cell without a barrier between writing and reading. Fibers run in
  // ascending and then in descending order, so some lane reads too early in one of the two rounds.
  int wrong = 0;
  int cells[4] = {};
  run_on_fibers(4, [&](Crew& crew, int rank) {
    const EmulatedLanes<4> lanes(crew, rank);
    for (int round = 1; round <= 2; ++round) {
      cells[rank] = round;
      wrong += cells[(rank + 1) % 4] == round ? 0 : 1;
      lanes.sync();
    }
  });
  EXPECT_GT(wrong, 0);
}

TEST(EmulatedLanesDeathTest, ALaneThatLeavesEarlyEndsTheProcess) {
  EXPECT_DEATH(run_on_fibers(4,
                             [](Crew& crew, int rank) {
                               const EmulatedLanes<4> lanes(crew, rank);
                               if (rank != 3) lanes.sync();
                             }),
               "emulated lanes diverged: a lane returned while others wait");
}

#ifdef __SANITIZE_THREAD__
// A collective exchanges values and orders no memory: code that would fail on a device must be a race here.
TEST(ThreadLanesDeathTest, ACollectiveIsNoBarrier) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  constexpr int kRaceSeen = 66;  // the exit status that the thread sanitizer turns 0 into
  EXPECT_EXIT(
      {
        int cells[4] = {};
        run_on_threads(4, [&](Crew& crew, int rank) {
          const EmulatedLanes<4> lanes(crew, rank);
          cells[rank] = rank;
          lanes.min(1);  // where a sync() should be
          if (cells[(rank + 1) % 4] > 3) std::abort();
        });
        std::exit(0);
      },
      testing::ExitedWithCode(kRaceSeen), "data race");
}
#endif

}  // namespace
}  // namespace evenkeel
