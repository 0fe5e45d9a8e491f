// The sweep: the figures of one window for each of several numbers of redundant experts.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "core/base/status.hpp"
#include "core/evenkeel.hpp"
#include "core/model/figures.hpp"
#include "core/model/rules.hpp"
#include "core/model/types.hpp"
#include "core/request/bounds.hpp"

namespace evenkeel {

// The range of numbers of redundant experts.
struct SweepRange {
  std::int32_t least = 0;
  std::int32_t most = -1;         // -1: the number of experts
  std::int32_t most_points = 33;  // at least 2
};

// The numbers of redundant experts in the range for which every GPU gets the same number of slots, ascending.
// If there are more than most_points, an evenly spaced selection of most_points that includes the first and
// the last. Empty if there is none. shape.slots is ignored.
std::vector<std::int32_t> redundant_counts(const Shape& shape, const SweepRange& range);

struct SweepPoint {
  std::int32_t redundant = 0;  // slots minus experts
  std::int32_t slots = 0;
  Summary summary;
};

// A sweep that the caller advances point by point, so that it can be shown, interrupted and resumed.
class Sweep {
 public:
  // Starts a new sweep; `loads` must outlive it. shape: as for balance(); its slots are ignored. counts:
  // numbers of redundant experts, for example from redundant_counts. Lower bounds are strong only with
  // Bounds::strong. Errors: those of balance() for any of the counts.
  Status start(const Loads& loads, const Shape& shape, const Rules& rules,
               std::span<const std::int32_t> counts, Bounds bounds);

  // The shape and placement of the last point. A back end with its own memory need not copy placements that nobody
  // wants.
  void want_placements() { wants_placements_ = true; }
  const Shape& shape() const { return shape_; }
  const Placement& placement() const { return result_.placement; }
  // Adds figures by the step to a point.
  void set_steps(std::size_t point, const StepMetrics& steps) {
    points_[point].summary.set_steps(steps);
  }

  // Computes the next point; call only while !done(). Errors: those of the back end.
  Status advance(const Execution& execution);

  bool done() const { return points_.size() == counts_.size(); }
  std::size_t total() const { return counts_.size(); }
  // The points computed so far, in the order of the counts.
  std::span<const SweepPoint> points() const { return points_; }

 private:
  const Loads* loads_ = nullptr;
  Shape shape_;
  Rules rules_;
  Bounds bounds_ = Bounds::cheap;
  std::vector<std::int32_t> counts_;
  std::vector<SweepPoint> points_;
  bool wants_placements_ = false;
  Result result_;  // of the last point; its memory is reused
};

}  // namespace evenkeel
