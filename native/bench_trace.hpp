// evenkeel bench --trace: a long recorded trace, window by window.
#pragma once

#include <cstdint>
#include <string>

#include "core/rules.hpp"
#include "core/status.hpp"
#include "native/options.hpp"

namespace evenkeel {

// Maps a .npy trace of [steps, layers, experts], sums each `window` of steps (the last may be shorter)
// and balances it; text says how much that was, how long it took and the most memory it needed.
Status bench_trace(const std::string& path, std::int64_t window, const ShapeOptions& shape_options,
                   const Rules& rules, const Execution& execution, std::string& text);

}  // namespace evenkeel
