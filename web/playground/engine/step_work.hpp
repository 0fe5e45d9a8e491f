// Scores the single steps of a window under several placements, slice by slice.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <numeric>
#include <vector>

#include "core/batch/step_scores.hpp"
#include "core/model/types.hpp"

namespace evenkeel {

class StepWork {
 public:
  // Starts with the placements that are added. Without steps, or with one, which may be a sum, there is nothing to do.
  StepWork() = default;
  explicit StepWork(const RawSteps& steps)
      : steps_(steps), rows_(static_cast<std::size_t>(steps.layers)) {
    std::iota(rows_.begin(), rows_.end(), 0);
    if (steps_.steps == 1) steps_.steps = 0;
  }
  void add(const Shape& shape, const Placement& placement) {
    scores_.add_placement(shape, placement);
  }

  bool done() const { return steps_.steps == 0; }
  // Scores some more steps.
  void advance(int threads) {
    constexpr std::int64_t kLayersASlice = 8192;  // takes about 20 ms
    const auto layers = static_cast<std::int64_t>(rows_.size() * scores_.size());
    RawSteps block = steps_;
    block.steps = std::min(steps_.steps, std::max<std::int64_t>(1, kLayersASlice / layers));
    scores_.add_steps(block, rows_, threads);
    steps_.data += static_cast<std::size_t>(block.steps) * steps_.step_bytes();
    steps_.steps -= block.steps;
  }
  StepMetrics metrics(std::size_t placement) const { return scores_.metrics(placement); }

 private:
  RawSteps steps_;  // those that are left
  std::vector<std::int32_t> rows_;
  StepScores scores_;
};

}  // namespace evenkeel
