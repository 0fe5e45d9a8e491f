// Makes the placements of a replay, for some layers at once.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "core/base/status.hpp"
#include "core/evenkeel.hpp"
#include "core/replay/layer.hpp"
#include "core/replay/planned_policy.hpp"

namespace evenkeel {

// Layers begin .. end-1 of a replay, and who computes.
struct LayerRange {
  std::span<const ReplayLayer> layers;  // all
  std::int32_t begin = 0;
  std::int32_t end = 0;
  std::int32_t first_layer = 0;  // the number of layer 0

  std::size_t count() const { return static_cast<std::size_t>(end - begin); }
};

// The placements of `loads` ([count, E]) by rules. out: [count, P].
Status place_loads(const Shape& shape, const Rules& rules, const LayerRange& range,
                   std::span<const float> loads, const Execution& execution,
                   const StopQuestion& stop, std::span<std::int32_t> out);

// A policy's placements from the past, or from a part of it. is_first: nothing that it planned is in force yet, so it moves
// whatever it likes. out: [count, P].
Status plan_policy(const PlannedPolicy& policy, std::size_t index, Part part, bool is_first,
                   const LayerRange& range, const Execution& execution, const StopQuestion& stop,
                   std::span<std::int32_t> out);

// The placements for the mean of max of the kept steps of the open interval, in hindsight. out: [count, P].
Status plan_in_hindsight(const Shape& shape, std::uint64_t seed, const LayerRange& range,
                         const Execution& execution, const StopQuestion& stop,
                         std::span<std::int32_t> out);

// The ring that a mean of max with this half-life needs: kHalfLives of them.
RingSize ring_size(const Shape& shape, double half_life);

// The rules of keel with the effort and seed of these rules, which are those of keel or of another strategy.
Rules keel_like(const Rules& rules);

}  // namespace evenkeel
