// The imbalance of one layer under one placement, of single steps and of averages over neighbouring steps.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "core/replay/split.hpp"

namespace evenkeel {

// Chunks of a scale are made of whole chunks of the scale before it, so no average can have a larger imbalance than its
// parts have in the mean (Jensen), except for rounding.
class ScaleSums {
 public:
  explicit ScaleSums(std::size_t gpus = 0) {
    for (Chunk& chunk : chunks_) chunk.loads.resize(gpus);
  }

  // The next step: [G] loads of the GPUs and their mean, above 0.
  void add(std::span<const double> gpu_loads, double mean) {
    std::vector<double>& step = chunks_[0].loads;
    for (std::size_t gpu = 0; gpu < step.size(); ++gpu) step[gpu] = gpu_loads[gpu] / mean;
    chunks_[0].steps = 1;
    close(0, false);
  }
  std::int64_t steps() const { return steps_; }
  // The mean imbalance of each scale over the steps so far, each chunk counted by its steps; starts anew.
  std::array<double, kScales> take() {
    for (std::size_t scale = 0; scale < kScales; ++scale) close(scale, true);
    std::array<double, kScales> means = {};
    for (std::size_t scale = 0; scale < kScales && steps_ > 0; ++scale) {
      means[scale] = sums_[scale] / static_cast<double>(steps_);
    }
    sums_ = {};
    steps_ = 0;
    return means;
  }

 private:
  struct Chunk {
    std::vector<double> loads;  // [G] sums of loads / mean load
    std::int64_t steps = 0;
  };

  // Closes the chunk of this scale and adds it to that of the next one, which closes if it is full. `last`: chunks that
  // are not full close, too.
  void close(std::size_t scale, bool last) {
    Chunk& chunk = chunks_[scale];
    if (chunk.steps == 0) return;
    const auto steps = static_cast<double>(chunk.steps);
    const double most = *std::max_element(chunk.loads.begin(), chunk.loads.end()) / steps;
    sums_[scale] += steps * std::max(most - 1, 0.0);
    if (scale == 0) steps_ += chunk.steps;
    if (scale + 1 < kScales) {
      Chunk& next = chunks_[scale + 1];
      for (std::size_t gpu = 0; gpu < chunk.loads.size(); ++gpu)
        next.loads[gpu] += chunk.loads[gpu];
      next.steps += chunk.steps;
      const bool is_full = scale + 2 < kScales && next.steps == kScaleSteps[scale + 1];
      if (is_full && !last) close(scale + 1, false);
    }
    std::fill(chunk.loads.begin(), chunk.loads.end(), 0.0);
    chunk.steps = 0;
  }

  std::array<Chunk, kScales> chunks_;
  std::array<double, kScales> sums_ = {};  // of imbalance times steps
  std::int64_t steps_ = 0;
};

}  // namespace evenkeel
