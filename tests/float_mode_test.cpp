// A host program may flush subnormal numbers to zero or use another rounding direction. Placements must not
// change, and the mode of the program must be restored.

#include "core/base/float_mode.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <cfenv>
#include <cstdint>
#include <string>
#include <thread>
#include <vector>

#include "core/base/parallel.hpp"
#include "core/evenkeel.hpp"
#include "core/model/check.hpp"
#include "core/model/strategies.hpp"
#include "tests/hostile_cases.hpp"
#include "tests/support.hpp"

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace evenkeel::test {
namespace {

// The control bits of the calling thread for rounding and for flushing subnormal numbers.
std::uint64_t mode_bits() {
#if defined(__x86_64__)
  return _mm_getcsr() & 0xe040u;
#elif defined(__aarch64__)
  std::uint64_t fpcr = 0;
  asm volatile("mrs %0, fpcr" : "=r"(fpcr));
  return fpcr & 0x1c00000u;
#else
  return static_cast<std::uint64_t>(std::fegetround());
#endif
}

void flush_subnormals() {
#if defined(__x86_64__)
  _mm_setcsr(_mm_getcsr() | 0x8040u);  // results and operands
#elif defined(__aarch64__)
  std::uint64_t fpcr = 0;
  asm volatile("mrs %0, fpcr" : "=r"(fpcr));
  asm volatile("msr fpcr, %0" : : "r"(fpcr | 0x1000000u));
#endif
}

void round_upward() { std::fesetround(FE_UPWARD); }

void both() {
  flush_subnormals();
  round_upward();
}

// Calls `work` in a host program's mode and checks that the mode is restored.
template <class Work>
void in_mode(void (*set)(), const Work& work) {
  std::fenv_t normal;
  std::fegetenv(&normal);
  set();
  const std::uint64_t before = mode_bits();
  work();
  const std::uint64_t after = mode_bits();
  std::fesetenv(&normal);
  EXPECT_EQ(after, before);
}

struct Answers {
  Result result;
  std::vector<LayerMetrics> scored;
  std::vector<LayerBound> bounds;
};

Answers answers_for(const Loads& loads, const Shape& shape, const Rules& rules, int threads) {
  Execution execution;
  execution.threads = threads;
  Answers answers;
  EXPECT_TRUE(balance(loads, shape, rules, nullptr, execution, answers.result).ok());
  EXPECT_TRUE(
      score(loads, answers.result.placement, shape, nullptr, execution, answers.scored).ok());
  EXPECT_TRUE(lower_bounds(loads, shape, answers.bounds).ok());
  return answers;
}

// Cases with subnormal, tiny or huge loads, or loads near the strategies' small constants.
TEST(FloatMode, OfTheHostChangesNothing) {
  ASSERT_EQ(mode_bits(), 0u);
  int compared = 0;
  for (std::uint64_t seed = 1; seed <= 400; ++seed) {
    const Case c = hostile_case(seed, 32);
    Shape shape = c.shape;
    std::string note;
    ASSERT_TRUE(resolve_policy(Policy::automatic, shape, note).ok());
    const Loads loads = c.loads();
    const Rules& rules = strategies()[seed % strategies().size()].rules;
    const Answers expected = answers_for(loads, shape, rules, 1);
    for (const auto set : {flush_subnormals, round_upward, both}) {
      for (const int threads : {1, 2}) {
        Answers actual;
        in_mode(set, [&] { actual = answers_for(loads, shape, rules, threads); });
        EXPECT_EQ(first_difference(expected.result.placement, actual.result.placement), "");
        EXPECT_EQ(first_difference(expected.result.metrics, actual.result.metrics), "");
        EXPECT_EQ(first_difference(expected.scored, actual.scored), "");
        for (std::size_t i = 0; i < expected.bounds.size(); ++i) {
          EXPECT_EQ(actual.bounds[i].mean_load, expected.bounds[i].mean_load) << c.name();
          EXPECT_EQ(actual.bounds[i].lower_bound, expected.bounds[i].lower_bound) << c.name();
        }
        ++compared;
      }
    }
  }
  EXPECT_EQ(compared, 2400);
}

// Threads that a program with another mode starts compute in the default mode.
TEST(FloatMode, OfPoolThreadsIsTheDefault) {
  constexpr int kThreads = 29;  // more than any other test starts
  in_mode(both, [] {
    const auto caller = std::this_thread::get_id();
    for_ranges(20'000, kThreads, [&]() -> RangeWork {
      return [&](std::int64_t, std::int64_t) {
        if (std::this_thread::get_id() != caller) {
          EXPECT_EQ(mode_bits(), 0u);
        }
      };
    });
  });
}

TEST(FloatMode, GuardsNest) {
  in_mode(both, [] {
    const std::uint64_t host = mode_bits();
    {
      const DefaultFloatMode outer;
      EXPECT_EQ(mode_bits(), 0u);
      { const DefaultFloatMode inner; }
      EXPECT_EQ(mode_bits(), 0u);
    }
    EXPECT_EQ(mode_bits(), host);
  });
}

}  // namespace
}  // namespace evenkeel::test
