// Many independent rows on many threads. Which implementation is linked decides whether there are
// any: native/platform/parallel_threads.cpp, or web/platform/parallel_serial.cpp for a page without threads.
#pragma once

#include <cstdint>
#include <functional>

namespace evenkeel {

// Calls work(begin, end) on ranges that cover 0 .. rows-1 once each, on up to `threads` threads
// (0: as many as the machine has cores), the calling one included. start is called once on each
// thread that takes part and makes its `work`: the place for memory that is used again row after
// row. A work must not throw.
using RangeWork = std::function<void(std::int64_t begin, std::int64_t end)>;
void for_ranges(std::int64_t rows, int threads, const std::function<RangeWork()>& start);

// How many threads `threads` stands for here.
int thread_count(int threads);

}  // namespace evenkeel
