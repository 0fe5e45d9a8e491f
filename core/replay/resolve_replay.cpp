#include "core/replay/resolve_replay.hpp"

#include <algorithm>
#include <string>
#include <utility>

#include "core/base/text.hpp"
#include "core/model/check.hpp"
#include "core/replay/planning.hpp"

namespace evenkeel {
namespace {

// The index of `value` in `all`, to which it is added if it is new.
template <class T>
std::size_t index_in(std::vector<T>& all, const T& value) {
  const auto found = std::find(all.begin(), all.end(), value);
  if (found != all.end()) return static_cast<std::size_t>(found - all.begin());
  all.push_back(value);
  return all.size() - 1;
}

Status check_given(const Placement& given, const Shape& shape) {
  if (given.layers != shape.layers || given.experts != shape.experts || given.gpus != shape.gpus) {
    return refuse(given.source, several(given.layers, "layer"), ", ",
                  several(given.experts, "expert"), ", ", several(given.gpus, "GPU"),
                  "; the deployment has ", shape.layers, ", ", shape.experts, " and ", shape.gpus);
  }
  return {};
}

}  // namespace

Status resolve_replay(const Shape& shape, std::string_view list,
                      std::span<const NamedRules> strategies, const Placement* given,
                      Vocabulary words, ReplaySetup& out) {
  std::vector<ReplayPolicy> policies;
  if (Status status = parse_policies(list, words, policies); !status.ok()) return status;
  ReplaySetup setup;
  setup.shape = shape;
  setup.policies.push_back({no_balancer_policy(), {}, without_redundancy(shape), {}});
  if (given != nullptr) {
    if (Status status = check_given(*given, shape); !status.ok()) return status;
    Shape theirs = shape;
    theirs.slots = given->slots;
    if (!check(theirs).ok()) theirs.nodes = theirs.groups = 1;
    setup.policies.push_back({given_policy(), strategies.front(), theirs, *given});
  }
  for (const ReplayPolicy& policy : policies) {
    const bool is_mean_of_max = policy.from == PlansFrom::mean_of_max;
    for (const NamedRules& strategy : strategies.first(is_mean_of_max ? 1 : strategies.size())) {
      PlannedPolicy planned = {policy, strategy, shape, {}};
      if (!is_mean_of_max && strategies.size() > 1) planned.policy.name += " " + strategy.label;
      if (policy.window > 0) planned.window = index_in(setup.windows, policy.window);
      if (policy.from == PlansFrom::mean) {
        planned.mean = index_in(setup.half_lives, policy.half_life);
      }
      if (is_mean_of_max) {
        planned.ring = index_in(setup.rings, ring_size(shape, policy.half_life));
      }
      setup.policies.push_back(std::move(planned));
    }
  }
  if (setup.policies.size() > kMostPolicies) {
    return Status::error(
        word_for(words, "policies") + ": " + std::to_string(setup.policies.size()) +
        " with their strategies; expected at most " + std::to_string(kMostPolicies));
  }
  out = std::move(setup);
  return {};
}

}  // namespace evenkeel
