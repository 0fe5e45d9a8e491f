// evenkeel bench --trace: a long recorded trace, window by window.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/evenkeel.hpp"
#include "core/status.hpp"
#include "core/strategies.hpp"
#include "native/bench_output.hpp"
#include "native/options.hpp"

namespace evenkeel {

// Maps a .npy trace of [steps, layers, experts], sums each `window` of steps once (the last may be
// shorter), and balances it with each strategy; out gets how long that took and the most memory it
// needed.
Status bench_trace(const std::string& path, std::int64_t window, const ShapeOptions& shape_options,
                   const std::vector<NamedRules>& chosen, const Execution& execution,
                   BenchOutput& out);

}  // namespace evenkeel
