// Rows to balance or to measure, on whatever machine.
#pragma once

#include <cstdint>

#include "core/batch/raw_steps.hpp"
#include "core/lanes/lanes.hpp"
#include "core/model/metrics.hpp"
#include "core/model/types.hpp"
#include "core/row/row.hpp"

namespace evenkeel {

// Shapes and loads were checked at the border; arrays belong to the caller. Row i is layer
// first_layer + (first_row + i) % shape.layers of the model, of window (first_row + i) / shape.layers.
//
// Number is what placements are made of: std::int32_t for callers, Index on its way to and from a device.
template <class Number>
struct BasicBatch {
  Shape shape;
  std::int64_t rows = 0;
  std::int64_t first_row = 0;    // a batch may be a part of another
  std::int32_t first_layer = 0;  // of the model, for random rules

  // Loads of each row; or recorded steps and one range of them a window.
  const float* loads = nullptr;  // [rows, E]
  RawSteps raw;
  const StepRange* windows = nullptr;
  std::uint8_t* faults = nullptr;  // [rows] of raw: set to 1 where sum_window finds a fault, else 0

  // The placement: written by balance, read by measure. Balance may be told that only metrics are wanted,
  // by nullptr for all three.
  Number* phy2log = nullptr;  // [rows, P]
  Number* logcnt = nullptr;   // [rows, E]
  Number* log2phy = nullptr;  // [rows, P] packed

  // Written by measure, and by balance unless it is nullptr.
  LayerMetrics* metrics = nullptr;           // [rows]
  const Number* previous_phy2log = nullptr;  // [rows, previous_slots]; nullptr: none
  std::int32_t previous_slots = 0;

  int threads = 0;              // 0: all cores; back ends without threads of their own ignore it
  bool (*stopped)() = nullptr;  // asked now and then: true ends the work with the error "stopped"

  HD std::int32_t layer(std::int64_t i) const {
    return static_cast<std::int32_t>((first_row + i) % shape.layers);
  }
  HD const StepRange& window(std::int64_t i) const {
    return windows[(first_row + i) / shape.layers];
  }
  HD RowPlacement<Number> placement(std::int64_t i) const {
    return {phy2log + i * shape.slots, logcnt + i * shape.experts, log2phy + i * shape.slots};
  }
  HD PreviousRow<Number> previous(std::int64_t i) const {
    if (previous_phy2log == nullptr) return {};
    return {previous_phy2log + i * previous_slots, previous_slots};
  }
};

using Batch = BasicBatch<std::int32_t>;

}  // namespace evenkeel
