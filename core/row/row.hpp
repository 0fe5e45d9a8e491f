// What goes into one row (one layer of one window), and where its placement goes.
#pragma once

#include <cstdint>

namespace evenkeel {

// One row's loads: [E] binary32, and the model's layer they belong to (random rules draw by it).
struct Row {
  const float* loads;
  std::int32_t layer;
};

// Where one row's placement goes. The layout is Placement's, one layer of it. Number: std::int32_t on a
// host, Index where memory is dear.
template <class Number>
struct RowPlacement {
  Number* phy2log;  // [P]
  Number* logcnt;   // [E]
  Number* log2phy;  // [P] packed
};

// The placement that a row's experts had before: one layer's phy2log of as many GPUs.
template <class Number>
struct PreviousRow {
  const Number* phy2log = nullptr;  // [slots]; nullptr: there is none
  std::int32_t slots = 0;           // a multiple of the GPUs
};

}  // namespace evenkeel
