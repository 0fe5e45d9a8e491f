// Runs many independent rows on several threads. The linked implementation decides whether there are threads:
// native/platform/parallel_threads.cpp has them, web/platform/parallel_serial.cpp does not.
#pragma once

#include <cstdint>
#include <functional>

namespace evenkeel {

// Calls work(begin, end) on ranges that cover each of 0 .. rows-1 once, on up to `threads` threads including
// the calling one (0: one per core). Each participating thread calls `start` once to make its `work`, which
// may own memory that is reused for all rows. `work` must not throw.
using RangeWork = std::function<void(std::int64_t begin, std::int64_t end)>;
void for_ranges(std::int64_t rows, int threads, const std::function<RangeWork()>& start);

// The number of threads that for_ranges uses for this value of `threads`.
int thread_count(int threads);

}  // namespace evenkeel
