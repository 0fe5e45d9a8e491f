// Completes what somebody asked of a replay: the policies for a deployment.
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "core/base/status.hpp"
#include "core/base/vocabulary.hpp"
#include "core/model/strategies.hpp"
#include "core/model/types.hpp"
#include "core/replay/planned_policy.hpp"

namespace evenkeel {

// What every engine can do, and what gains most.
inline constexpr std::string_view kDefaultPolicies = "last,mean_of_max";

// The policies of `list` (policies.hpp), each with each of the strategies; a mean of max has its own planner, of which
// the first strategy says the seed and, if it is keel, the effort. Before them come the deployment without a balancer and, if
// given, a placement that stays. shape: checked, of the planned placements. given: complete, with GPUs; it may have
// another number of slots. Errors: those of parse_policies, too many policies, a given placement that does not fit.
Status resolve_replay(const Shape& shape, std::string_view list,
                      std::span<const NamedRules> strategies, const Placement* given,
                      Vocabulary words, ReplaySetup& out);

}  // namespace evenkeel
