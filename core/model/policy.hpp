// The names of the policies, which say how nodes and groups are used.
#pragma once

#include <span>
#include <string_view>

#include "core/base/status.hpp"
#include "core/model/types.hpp"

namespace evenkeel {

struct NamedPolicy {
  Policy policy;
  std::string_view name;
  std::string_view sentence;
};

// auto, hierarchical, global; in the order of Policy.
std::span<const NamedPolicy> policies();

std::string_view policy_name(Policy policy);
// Finds a policy by name. The error for an unknown name lists all names.
Status find_policy(std::string_view name, Policy& out);

}  // namespace evenkeel
