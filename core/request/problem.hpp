// What every front end balances, scores and compares: loads, the shape that was resolved for them, what runs
// today, and who computes.
#pragma once

#include <optional>

#include "core/evenkeel.hpp"
#include "core/request/request.hpp"

namespace evenkeel {

struct Problem {
  Loads loads;
  Shape shape;                        // of resolve_shape
  std::optional<Placement> previous;  // what runs today
  Execution execution;
  Bounds bounds = Bounds::automatic;
  std::uint64_t seed = 0;

  const Placement* moved_from() const { return previous ? &*previous : nullptr; }

  Status balance_with(const Rules& rules, Result& out) const {
    return balance(loads, shape, rules, moved_from(), execution, out);
  }
  // Raises the lower bounds of results of this shape, where strong ones are wanted.
  Status certify(std::span<std::vector<LayerMetrics>* const> results) const {
    return evenkeel::certify(loads, shape, bounds, seed, execution, results);
  }
};

}  // namespace evenkeel
