// Rows on threads that wait for work: each row is processed once for every caller.

#include "core/base/parallel.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <thread>
#include <vector>

namespace evenkeel::test {
namespace {

// Runs `rows` rows; counts how often each was processed and how many works were made.
void expect_each_row_once(std::int64_t rows, int threads) {
  std::vector<std::atomic<int>> visits(static_cast<std::size_t>(rows));
  int works = 0;
  for_ranges(rows, threads, [&]() -> RangeWork {
    ++works;
    return [&](std::int64_t begin, std::int64_t end) {
      for (std::int64_t row = begin; row < end; ++row) ++visits[static_cast<std::size_t>(row)];
    };
  });
  for (std::int64_t row = 0; row < rows; ++row) {
    ASSERT_EQ(visits[static_cast<std::size_t>(row)], 1) << "row " << row << " of " << rows;
  }
  EXPECT_LE(works, std::max(1, threads));
}

TEST(Parallel, EachRowIsWorkedOnOnce) {
  for (const int threads : {1, 2, 3, 8}) {
    for (const std::int64_t rows : {0, 1, 2, 7, 64, 1000, 5000})
      expect_each_row_once(rows, threads);
  }
}

TEST(Parallel, SeveralCallersShareTheThreads) {
  std::vector<std::thread> callers;
  for (int caller = 0; caller < 4; ++caller) {
    callers.emplace_back([caller] {
      for (int call = 0; call < 50; ++call) expect_each_row_once(1 + 37 * call, 2 + caller);
    });
  }
  for (std::thread& caller : callers) caller.join();
}

TEST(Parallel, AWorkThatAsksForRowsItselfIsServed) {
  std::atomic<int> inner = 0;
  for_ranges(8, 4, [&]() -> RangeWork {
    return [&](std::int64_t begin, std::int64_t end) {
      for (std::int64_t row = begin; row < end; ++row) {
        for_ranges(10, 3, [&]() -> RangeWork {
          return [&](std::int64_t from, std::int64_t to) { inner += static_cast<int>(to - from); };
        });
      }
    };
  });
  EXPECT_EQ(inner, 80);
}

}  // namespace
}  // namespace evenkeel::test
