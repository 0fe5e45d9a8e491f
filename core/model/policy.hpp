// The policies by name: how nodes and groups enter.
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
// An unknown name is an error that lists the names.
Status find_policy(std::string_view name, Policy& out);

}  // namespace evenkeel
