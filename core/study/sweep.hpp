// How many redundant experts? The figures of one window against the number of them, point by point.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "core/base/status.hpp"
#include "core/evenkeel.hpp"
#include "core/model/rules.hpp"
#include "core/model/types.hpp"

namespace evenkeel {

// Which numbers of redundant experts to try.
struct SweepRange {
  std::int32_t least = 0;
  std::int32_t most = -1;         // -1: as many as there are experts
  std::int32_t most_points = 33;  // at least 2
};

// The numbers of redundant experts within the range with which the slots can be shared equally by
// shape.gpus, ascending; shape.slots does not matter. Where there are more than most_points, that many
// of them at even distances, the first and the last among them. Empty where there is none.
std::vector<std::int32_t> redundant_counts(const Shape& shape, const SweepRange& range);

struct SweepPoint {
  std::int32_t redundant = 0;  // slots minus experts
  std::int32_t slots = 0;
  Summary summary;
  double worst_balancedness = 1;  // of the worst layer
  // Mean over layers of mean load / lower bound: no placement of so many slots is better balanced.
  double best_balancedness = 1;
};

// One sweep that somebody advances point by point, so that he can show it, interrupt it and go on.
class Sweep {
 public:
  // Takes the problem; loads must outlive it. shape: as for balance(), its slots do not matter. counts:
  // numbers of redundant experts, as from redundant_counts. Errors: none, or balance()'s for one of them.
  Status start(const Loads& loads, const Shape& shape, const Rules& rules,
               std::span<const std::int32_t> counts);

  // Computes the next point; call only while !done(). Errors: the back end's.
  Status advance(const Execution& execution);

  bool done() const { return points_.size() == counts_.size(); }
  std::size_t total() const { return counts_.size(); }
  // Those computed so far, in the order of the counts.
  std::span<const SweepPoint> points() const { return points_; }

 private:
  const Loads* loads_ = nullptr;
  Shape shape_;
  Rules rules_;
  std::vector<std::int32_t> counts_;
  std::vector<SweepPoint> points_;
  std::vector<LayerMetrics> metrics_;  // of the last point; its memory is used again
};

}  // namespace evenkeel
