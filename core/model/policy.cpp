#include "core/model/policy.hpp"

#include <cstddef>

#include "core/base/find_named.hpp"

namespace evenkeel {
namespace {

constexpr NamedPolicy kPolicies[] = {
    {Policy::automatic, "auto", "hierarchical if groups are a multiple of nodes, otherwise global"},
    {Policy::hierarchical, "hierarchical", "each group of experts stays on one node"},
    {Policy::global, "global", "nodes and groups are ignored"},
};

}  // namespace

std::span<const NamedPolicy> policies() { return kPolicies; }

std::string_view policy_name(Policy policy) {
  return kPolicies[static_cast<std::size_t>(policy)].name;
}

Status find_policy(std::string_view name, Policy& out) {
  const NamedPolicy* found = nullptr;
  const Status status = find_named("policy", name, kPolicies, found);
  if (status.ok()) out = found->policy;
  return status;
}

}  // namespace evenkeel
