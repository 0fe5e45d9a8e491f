// How long work takes: medians of several runs.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <vector>

#include "core/base/status.hpp"

namespace evenkeel {

struct Timing {
  double seconds = 0;  // median
  double ratio = 1;    // median of the time divided by that of the first work in the same round
};

// Runs work(0) .. work(count-1) in turn, a round to warm up and then `rounds` more; out gets a timing of
// each. Ratios compare neighbours in time, so a machine whose speed wanders does not distort them.
// `tick` is called after each run. Stops with an error when work fails or the program is asked to
// stop.
Status time_in_turn(std::int64_t rounds, std::size_t count,
                    const std::function<Status(std::size_t)>& work,
                    const std::function<void()>& tick, std::vector<Timing>& out);

}  // namespace evenkeel
