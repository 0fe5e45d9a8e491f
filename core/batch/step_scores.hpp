// Scores the single steps of recorded traffic under placements that are known: a second pass over the steps.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "core/batch/raw_steps.hpp"
#include "core/model/step_figures.hpp"
#include "core/model/types.hpp"
#include "core/row/step_scorer.hpp"

namespace evenkeel {

class StepScores {
 public:
  // A placement of `shape`. All have the same layers and experts, those of the steps.
  void add_placement(const Shape& shape, const Placement& placement);
  // The next steps, whose loads are finite and at least 0. rows: [L] of each layer in the block. threads: 0 for one per
  // core.
  void add_steps(const RawSteps& block, std::span<const std::int32_t> rows, int threads);
  // The figures of the placement with this number, in the order in which they were added.
  StepMetrics metrics(std::size_t placement) const {
    return placements_[placement].figures.metrics();
  }
  std::size_t size() const { return placements_.size(); }

 private:
  struct Scored {
    std::vector<StepScorer> layers;
    StepFigures figures;
    std::vector<StepLoad> loads;  // [steps, L] of the block
  };
  void score_layer(const RawSteps& block, std::int32_t row, std::size_t layer,
                   std::vector<double>& loads);

  std::vector<Scored> placements_;
};

}  // namespace evenkeel
