// core/base/parallel.hpp without threads: a page must not ask for SharedArrayBuffer, and wasm tests
// under node run as the page does.

#include <algorithm>

#include "core/base/parallel.hpp"

namespace evenkeel {

int thread_count(int) { return 1; }

// In ranges as with threads, between which work can be told to stop.
void for_ranges(std::int64_t rows, int, const std::function<RangeWork()>& start) {
  constexpr std::int64_t kRange = 64;
  const RangeWork work = start();
  for (std::int64_t begin = 0; begin < rows; begin += kRange) {
    work(begin, std::min(begin + kRange, rows));
  }
}

}  // namespace evenkeel
