// The inputs of one row (one layer of one window), and the destination of its placement.
#pragma once

#include <cstdint>

#include "core/lanes/lanes.hpp"
#include "core/model/gpu_slots.hpp"

namespace evenkeel {

// The previous placement of a row: one layer's phy2log. Number as in RowPlacement.
template <class Number>
struct PreviousRow {
  const Number* phy2log = nullptr;  // nullptr: no previous placement
  GpuSlots slots;                   // of all GPUs of the row; those that are new have none
};

// The inputs of one row.
template <class Number>
struct Row {
  const float* loads;  // [E] binary32
  std::int32_t layer;  // of the model; random rules draw by it
  PreviousRow<Number> previous;
  // [G] 0: the GPU gets no slots; nullptr: all GPUs do. No rule reads it yet: the front door gives nullptr.
  const std::uint8_t* usable_gpus = nullptr;
};

// One row's placement, with the layout of one layer of Placement. Number: std::int32_t on a host, Index where
// memory is scarce, const if it is only read.
template <class Number>
struct RowPlacement {
  Number* phy2log = nullptr;  // [P]
  Number* logcnt = nullptr;   // [E]
  Number* log2phy = nullptr;  // [P] packed

  HD RowPlacement<const Number> read_only() const { return {phy2log, logcnt, log2phy}; }
};

}  // namespace evenkeel
