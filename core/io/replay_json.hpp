// The result of a replay as JSON and CSV.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "core/model/types.hpp"
#include "core/replay/replay.hpp"

namespace evenkeel {

struct ReplayOrigin {
  LayerNumbers layers;
  std::int64_t first_step = 0;  // of the trace that was replayed, in its file
  std::string_view backend;
  std::uint64_t seed = 0;
  std::int64_t expert_bytes = 0;  // of one expert's weights; 0: unknown
};

// {format, shape, steps: {begin, end, scored_from}, every, delay, threshold, seed, backend, expert_bytes, hash,
// policies: [{policy, strategy, slots, figures by the step, plans, replans, received_slots, received_share, received_bytes,
// most_received_slots, split, layers}], intervals: [{begin, end, policies: [{step_imbalance, planned, received_slots,
// split}]}], series: {steps_a_point, policies: [{mean, least, most}]}}. Steps are numbered as in the file. received_*
// of a policy are means over its re-plans, null without one; hindsight is null for intervals where it was not computed.
std::string replay_json(const ReplayOrigin& origin, const Replay& replay);

// A header, and one row for each interval and policy.
std::string replay_csv(const ReplayOrigin& origin, const Replay& replay);

}  // namespace evenkeel
