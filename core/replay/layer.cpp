#include "core/replay/layer.hpp"

#include <cmath>

namespace evenkeel {
namespace {

bool are_whole(std::span<const double> loads) {
  double fractions = 0;
  for (const double load : loads) fractions += load - std::floor(load);
  return fractions == 0;
}

}  // namespace

ReplayLayer::ReplayLayer(const ReplaySetup& setup, std::size_t policies)
    : splits_(setup.splits),
      placed_(policies),
      interval_(static_cast<std::size_t>(setup.shape.experts)) {
  const auto experts = static_cast<std::size_t>(setup.shape.experts);
  for (const std::int64_t steps : setup.windows) {
    windows_.emplace_back(steps, setup.windows.front(), splits_, experts);
  }
  for (const double half_life : setup.half_lives) means_.emplace_back(half_life, splits_, experts);
  for (const RingSize& ring : setup.rings) {
    rings_.emplace_back(ring.steps, ring.chunks, splits_, experts);
  }
}

void ReplayLayer::place(std::size_t policy, const Shape& shape,
                        std::span<const std::int32_t> phy2log) {
  Placed& placed = placed_[policy];
  if (placed.phy2log.empty()) placed.scales = ScaleSums(static_cast<std::size_t>(shape.gpus));
  placed.phy2log.assign(phy2log.begin(), phy2log.end());
  placed.scorer = StepScorer(shape, phy2log);
}

void ReplayLayer::add(const OpenStep& step, std::span<const double> loads, double total,
                      std::span<StepLoad> out) {
  for (LastSteps& window : windows_) window.add(loads, total, step.is_odd);
  for (ExponentialMean& mean : means_) mean.add(loads, step.is_odd);
  for (ChunkRing& ring : rings_) ring.add(loads, total, step.is_odd);
  if (!step.is_measured) return;
  const bool splits = splits_ && step.is_scored;
  if (splits) {
    interval_.add(loads, total);
    interval_tokens_ += total;
    has_whole_loads_ = has_whole_loads_ && are_whole(loads);
    if (step.is_kept) kept_.insert(kept_.end(), loads.begin(), loads.end());
  }
  for (std::size_t i = 0; i < placed_.size(); ++i) {
    if (!(total > 0)) {
      out[i] = {};
      continue;
    }
    Placed& placed = placed_[i];
    out[i] = placed.scorer.score(loads, total);
    const std::span<const double> gpu_loads = placed.scorer.gpu_loads();
    if (splits) placed.scales.add(gpu_loads, total / static_cast<double>(gpu_loads.size()));
  }
}

void ReplayLayer::begin_interval() {
  interval_.clear();
  interval_tokens_ = 0;
  kept_.clear();
}

}  // namespace evenkeel
