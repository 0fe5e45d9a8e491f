// A replay as text for a terminal.
#pragma once

#include <cstdint>
#include <string>

#include "core/replay/replay.hpp"

namespace evenkeel {

// The table of policies, what their imbalance consists of, and what the columns mean. expert_bytes: of one expert; 0:
// unknown.
std::string replay_text(const Replay& replay, std::int64_t expert_bytes);

}  // namespace evenkeel
