#include "core/study/sweep.hpp"

#include <algorithm>
#include <limits>

#include "core/model/check.hpp"
#include "core/model/gpu_slots.hpp"

namespace evenkeel {

std::vector<std::int32_t> redundant_counts(const Shape& shape, const SweepRange& range) {
  std::vector<std::int32_t> all;
  if (shape.gpus < 1 || shape.experts < 1 || shape.experts > kMaxSlots) return all;
  const std::int32_t least = std::max(range.least, 0);
  const std::int32_t limit = kMaxSlots - shape.experts;
  const std::int32_t most = std::min(range.most < 0 ? shape.experts : range.most, limit);
  for (std::int32_t redundant = least; redundant <= most; ++redundant) {
    if (can_share_slots(shape.experts + redundant, shape.gpus)) all.push_back(redundant);
  }
  const auto points = static_cast<std::size_t>(std::max(range.most_points, 2));
  if (all.size() <= points) return all;
  std::vector<std::int32_t> thinned;
  for (std::size_t i = 0; i < points; ++i) {
    // The index nearest to the fraction i / (points - 1) of the list. Indices are distinct because the
    // list is longer than `points`.
    thinned.push_back(all[(i * (all.size() - 1) + (points - 1) / 2) / (points - 1)]);
  }
  return thinned;
}

Status Sweep::start(const Loads& loads, const Shape& shape, const Rules& rules,
                    std::span<const std::int32_t> counts, Bounds bounds) {
  *this = Sweep();
  for (const std::int32_t redundant : counts) {
    Shape here = shape;
    // A sum outside the limits of the type is outside the limits of a shape, too: check() rejects it.
    here.slots = static_cast<std::int32_t>(std::clamp<std::int64_t>(
        std::int64_t{shape.experts} + redundant, std::numeric_limits<std::int32_t>::min(),
        std::numeric_limits<std::int32_t>::max()));
    if (Status status = check(here); !status.ok()) return status;
  }
  if (Status status = check_loads(loads, shape); !status.ok()) return status;
  loads_ = &loads;
  shape_ = shape;
  rules_ = rules;
  bounds_ = bounds == Bounds::strong ? Bounds::strong : Bounds::cheap;
  counts_.assign(counts.begin(), counts.end());
  points_.reserve(counts_.size());
  return {};
}

Status Sweep::advance(const Execution& execution) {
  shape_.slots = shape_.experts + counts_[points_.size()];
  std::vector<LayerMetrics>& metrics = result_.metrics;
  const Status placed = wants_placements_
                            ? balance(*loads_, shape_, rules_, nullptr, execution, result_)
                            : balance_metrics(*loads_, shape_, rules_, execution, metrics);
  if (!placed.ok()) return placed;
  std::vector<LayerMetrics>* const all[] = {&metrics};
  if (Status s = certify(*loads_, shape_, bounds_, rules_.seed, execution, all); !s.ok()) return s;
  points_.push_back(
      {shape_.slots - shape_.experts, shape_.slots, summarize({metrics, loads_->numbers()})});
  return {};
}

}  // namespace evenkeel
