// What a replay plans placements from: policies as rows of data.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/status.hpp"
#include "core/base/vocabulary.hpp"

namespace evenkeel {

enum class PlansFrom : std::uint8_t {
  nothing,      // no balancer: contiguous, no redundant experts
  given,        // a placement that stays
  first,        // the last steps before the first plan, then never again
  last,         // the last steps
  mean,         // all steps before, with exponential weights
  mean_of_max,  // the same in chunks: the planner minimises the mean of their maxima
};

struct ReplayPolicy {
  PlansFrom from = PlansFrom::last;
  std::int64_t window = 0;  // of last: the number of steps; 0: those since the last plan
  double half_life = 0;     // of exponential weights: steps after which a weight has halved
  double price = 0;         // of a received slot, in units of the mean GPU load; of mean_of_max
  std::string name;         // as parse_policies reads it

  friend bool operator==(const ReplayPolicy&, const ReplayPolicy&) = default;
};

// The policies that somebody can ask for.
struct PolicyKind {
  std::string_view name;
  PlansFrom from;
  bool has_window;
  bool has_half_life;
  bool has_price;
  std::string_view sentence;  // what it plans from
};
std::span<const PolicyKind> policy_kinds();

inline constexpr std::size_t kMostPolicies = 16;
inline constexpr std::int64_t kMostWindow = 1'000'000;
inline constexpr double kMostHalfLife = 1e6;
inline constexpr double kMostPrice = 1;

// Parses "last,last:1000,ewma:50,mean_of_max:400:0.004": names with a number of steps, a half-life and a price where they
// have one; what is left out has the default. Errors: unknown or repeated policies, numbers that are none or out of range.
Status parse_policies(std::string_view list, Vocabulary words, std::vector<ReplayPolicy>& out);

// Placements without a plan.
ReplayPolicy no_balancer_policy();
ReplayPolicy given_policy();

}  // namespace evenkeel
