// Measures times: medians of several runs.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <vector>

#include "core/base/status.hpp"

namespace evenkeel {

struct Timing {
  double seconds = 0;  // median
  double ratio = 1;    // median of (time / time of the first work in the same round)
};

// Runs work(0) .. work(count-1) in turn: one round as warm-up, then `rounds` measured rounds; `out` gets the
// timing of each. Ratios compare runs that are close in time, so a changing speed of the machine does not
// distort them. `tick` is called after each run. Returns an error if work fails or the program is asked to
// stop.
Status time_in_turn(std::int64_t rounds, std::size_t count,
                    const std::function<Status(std::size_t)>& work,
                    const std::function<void()>& tick, std::vector<Timing>& out);

}  // namespace evenkeel
