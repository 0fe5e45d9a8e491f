// A replay as one self-contained HTML file without scripts.
#pragma once

#include <cstdint>
#include <string>

#include "core/replay/replay.hpp"

namespace evenkeel {

// All strings may be untrusted: they are shown as plain text.
struct ReplayReport {
  std::string source;   // the trace, for people: "trace.npy, steps 0:3442"
  std::string command;  // the command line that made the report
  std::string version;
  const Replay* replay = nullptr;  // with at least one interval
  std::int64_t first_step = 0;     // of the trace that was replayed, in its file
  std::int64_t expert_bytes = 0;   // of one expert's weights; 0: unknown
  std::string hash;                // of all placements
};

// Returns the page; the same input gives the same bytes.
std::string replay_html(const ReplayReport& report);

}  // namespace evenkeel
