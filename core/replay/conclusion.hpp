// A replay in words.
#pragma once

#include <cstddef>
#include <string>

#include "core/replay/replay.hpp"

namespace evenkeel {

// The policy with the least imbalance by the step; of equal ones the first.
std::size_t best_policy(const Replay& replay);

// What remains under the best policy, what most of it is, and what hindsight would leave: a few sentences. Empty without
// splits.
std::string conclude(const Replay& replay);

// "over 5 to 25 steps": the times of a band of a split.
std::string band_text(std::size_t band);

// "1.24 GB"
std::string bytes_text(double bytes);

}  // namespace evenkeel
