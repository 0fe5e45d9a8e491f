// Scores single steps of one layer under a placement: for callers that see a step once, after it was planned.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "core/model/gpu_slots.hpp"
#include "core/model/step_figures.hpp"
#include "core/model/types.hpp"

namespace evenkeel {

// The GPU loads of one layer, step by step. As in core/row/measure.hpp: a copy carries the load of its expert divided by
// the number of copies, in binary64, a GPU the sum over its slots in slot order.
class StepScorer {
 public:
  StepScorer() = default;
  // phy2log: [P] the expert in each slot, each expert at least once.
  StepScorer(const Shape& shape, std::span<const std::int32_t> phy2log)
      : slots_per_gpu_(static_cast<std::size_t>(most_slots_per_gpu(shape))),
        expert_(phy2log.begin(), phy2log.end()),
        copies_(static_cast<std::size_t>(shape.experts)),
        share_(copies_.size()),
        gpu_load_(static_cast<std::size_t>(shape.gpus)) {
    for (const Index expert : expert_) copies_[expert] += 1;
  }

  // loads: [E] tokens of one step, or any loads. `total`: their sum.
  StepLoad score(std::span<const double> loads, double total) {
    for (std::size_t e = 0; e < copies_.size(); ++e) share_[e] = loads[e] / copies_[e];
    const Index* expert = expert_.data();
    double max = 0;
    for (double& out : gpu_load_) {
      double load = 0;
      for (std::size_t i = 0; i < slots_per_gpu_; ++i) load += share_[*expert++];
      out = load;
      max = std::max(max, load);
    }
    // The mean of equal loads can exceed each of them by a rounding error.
    return {std::min(total / static_cast<double>(gpu_load_.size()), max), max};
  }
  // [G] the loads of the last score().
  std::span<const double> gpu_loads() const { return gpu_load_; }

 private:
  std::size_t slots_per_gpu_ = 0;
  std::vector<Index> expert_;   // [P] in each slot
  std::vector<double> copies_;  // [E]
  std::vector<double> share_;   // [E] of a copy
  std::vector<double> gpu_load_;
};

}  // namespace evenkeel
