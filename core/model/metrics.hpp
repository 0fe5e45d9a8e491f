// How good is a placement? What is measured of one layer, defined once for every back end. figures.hpp
// makes the figures of it.
//
// All figures are binary64, computed from the binary32 loads of the window. The load of a copy is w / count;
// the load of a GPU is the sum over its slots in slot order. Mean and lower bound depend on loads and shape alone
// (core/row/bound.hpp). core/row/measure.hpp computes them.
#pragma once

#include <cstdint>

#include "core/lanes/lanes.hpp"

namespace evenkeel {

// Loads are in tokens of the window.
struct LayerMetrics {
  double mean_load = 0;              // of a GPU
  double max_load = 0;               // of the hottest GPU
  double lower_bound = 0;            // no placement has a smaller max_load (bound.hpp)
  std::int32_t hottest_gpu = 0;      // the first GPU with max_load
  std::int32_t same_gpu_copies = 0;  // slots minus distinct experts, summed over GPUs
  std::int32_t moved_slots =
      -1;  // slots whose expert was not on that GPU before, all of a new GPU; -1: no previous placement

  // mean / max: 1 is perfect; 1 for a layer without load.
  HD double balancedness() const { return max_load > 0 ? mean_load / max_load : 1.0; }
  // (max - mean) / mean: 0 is perfect.
  HD double imbalance() const { return mean_load > 0 ? (max_load - mean_load) / mean_load : 0.0; }
  // max / lower bound - 1: an upper limit of the distance from the optimum.
  HD double gap_to_bound() const { return lower_bound > 0 ? max_load / lower_bound - 1 : 0.0; }
  // mean / lower bound: no placement is better balanced.
  HD double best_balancedness() const { return lower_bound > 0 ? mean_load / lower_bound : 1.0; }
};

}  // namespace evenkeel
