// How long work takes: the median of several runs.
#pragma once

#include <cstdint>
#include <functional>

#include "core/status.hpp"

namespace evenkeel {

// Runs `work` once to warm up and then `repeats` times; out is the median in seconds. `tick` is called
// after each of these runs. Stops with an error when work fails or the program is asked to stop.
Status median_seconds(std::int64_t repeats, const std::function<Status()>& work,
                      const std::function<void()>& tick, double& out);

}  // namespace evenkeel
