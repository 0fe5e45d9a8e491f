// What goes into one row (one layer of one window), and where its placement goes.
#pragma once

#include <cstdint>

#include "core/lanes/lanes.hpp"
#include "core/model/gpu_slots.hpp"

namespace evenkeel {

// The placement that a row's experts had before: one layer's phy2log. Number as in RowPlacement.
template <class Number>
struct PreviousRow {
  const Number* phy2log = nullptr;  // nullptr: there is none
  GpuSlots slots;                   // as many GPUs as the row's; their slots may be more or fewer
};

// What is asked of one row.
template <class Number>
struct Row {
  const float* loads;  // [E] binary32
  std::int32_t layer;  // of the model; random rules draw by it
  PreviousRow<Number> previous;
};

// One row's placement, in the layout of Placement, one layer of it. Number: std::int32_t on a host, Index
// where memory is scarce, const where it is only read.
template <class Number>
struct RowPlacement {
  Number* phy2log = nullptr;  // [P]
  Number* logcnt = nullptr;   // [E]
  Number* log2phy = nullptr;  // [P] packed

  HD RowPlacement<const Number> read_only() const { return {phy2log, logcnt, log2phy}; }
};

}  // namespace evenkeel
