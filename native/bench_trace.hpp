// evenkeel bench --trace: a long recorded trace, window by window.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/base/status.hpp"
#include "core/evenkeel.hpp"
#include "core/model/strategies.hpp"
#include "core/request/request.hpp"
#include "native/bench_output.hpp"

namespace evenkeel {

// Which windows of a trace.
struct TraceWindows {
  std::int64_t steps = 300;  // of a window
  std::int64_t every = 0;    // steps from one window's beginning to the next; 0: the window's
};

// Maps a .npy trace of [steps, layers, experts], sums window after window (the last may be shorter), and
// balances and measures them with each strategy, many windows at a time, without keeping placements; out
// gets how long that took, how balanced they were, and the most memory it needed. When the program is
// asked to stop, out has the windows that were finished.
Status bench_trace(const std::string& path, const TraceWindows& windows, const Request& request,
                   const std::vector<NamedRules>& chosen, const Execution& execution,
                   BenchOutput& out);

}  // namespace evenkeel
