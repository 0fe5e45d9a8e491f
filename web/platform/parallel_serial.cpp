// core/base/parallel.hpp without threads: the page must not need SharedArrayBuffer, and wasm tests under node
// run like the page.

#include <algorithm>

#include "core/base/parallel.hpp"

namespace evenkeel {

int thread_count(int) { return 1; }

// In ranges as with threads, so that work can be stopped between them.
void for_ranges(std::int64_t rows, int, const std::function<RangeWork()>& start) {
  constexpr std::int64_t kRange = 64;
  const RangeWork work = start();
  for (std::int64_t begin = 0; begin < rows; begin += kRange) {
    work(begin, std::min(begin + kRange, rows));
  }
}

}  // namespace evenkeel
