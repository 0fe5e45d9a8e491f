// The policies of a replay, resolved for its deployment.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "core/model/placement.hpp"
#include "core/model/strategies.hpp"
#include "core/model/types.hpp"
#include "core/replay/policies.hpp"

namespace evenkeel {

// A policy, the strategy that plans it, and its deployment: that of the request but for the number of slots.
struct PlannedPolicy {
  ReplayPolicy policy;
  NamedRules strategy;  // of mean_of_max its effort and seed
  Shape shape;
  Placement given;  // of PlansFrom::given
  // What it plans from in each layer: its LastSteps, ExponentialMean or ChunkRing.
  std::size_t window = 0;
  std::size_t mean = 0;
  std::size_t ring = 0;

  bool plans() const {
    return policy.from != PlansFrom::nothing && policy.from != PlansFrom::given;
  }
};

// The chunks that a mean of max looks back on.
struct RingSize {
  std::int64_t steps = 0;  // of a chunk
  std::size_t chunks = 0;

  friend bool operator==(const RingSize&, const RingSize&) = default;
};

struct ReplaySetup {
  Shape shape;  // of the request
  bool splits = false;
  std::vector<PlannedPolicy> policies;
  std::vector<std::int64_t> windows = {
      0};                          // numbers of last steps; the first is that between two plans
  std::vector<double> half_lives;  // of the exponential means
  std::vector<RingSize> rings;
};

}  // namespace evenkeel
