// core/parallel.hpp with threads.

#include <algorithm>
#include <atomic>
#include <functional>
#include <system_error>
#include <thread>
#include <vector>

#include "core/parallel.hpp"

namespace evenkeel {

int thread_count(int threads) {
  if (threads > 0) return threads;
  return std::max(1, static_cast<int>(std::thread::hardware_concurrency()));
}

void for_ranges(std::int64_t rows, int threads, const std::function<RangeWork()>& start) {
  const auto workers =
      static_cast<int>(std::clamp<std::int64_t>(rows, 1, std::int64_t{thread_count(threads)}));
  // Ranges are small enough that the slowest thread ends soon after the others, and large enough
  // that the counter is no bottleneck.
  const std::int64_t range = std::clamp<std::int64_t>(rows / (std::int64_t{workers} * 16), 1, 64);
  std::atomic<std::int64_t> next = 0;
  const auto take_part = [&](const RangeWork& work) {
    for (;;) {
      const std::int64_t begin = next.fetch_add(range, std::memory_order_relaxed);
      if (begin >= rows) return;
      work(begin, std::min(begin + range, rows));
    }
  };

  // All memory is taken here: want of it is an exception in the caller's thread, where it can be
  // caught.
  std::vector<RangeWork> works;
  for (int i = 0; i < workers; ++i) works.push_back(start());
  std::vector<std::thread> others;
  others.reserve(works.size());
  try {
    for (std::size_t i = 1; i < works.size(); ++i)
      others.emplace_back(take_part, std::cref(works[i]));
  } catch (const std::system_error&) {
    // No more threads to be had: those that started, and this one, do all the work.
  }
  take_part(works[0]);
  for (std::thread& thread : others) thread.join();
}

}  // namespace evenkeel
