// core/parallel.hpp without threads: a page must not ask for SharedArrayBuffer, and wasm tests
// under node run as the page does.

#include "core/parallel.hpp"

namespace evenkeel {

int thread_count(int) { return 1; }

void for_ranges(std::int64_t rows, int, const std::function<RangeWork()>& start) {
  start()(0, rows);
}

}  // namespace evenkeel
