// The copies of one node's experts, made and changed by the replication stages.
#pragma once

#include "core/lanes/lanes.hpp"
#include "core/row/scratch.hpp"

namespace evenkeel {

struct Copies {
  Index* owner;  // [slots] the expert in each preliminary slot
  Index* copy;   // [slots] the number of that copy, 0 .. count-1
  Index* count;  // [experts] copies of each expert, at least 1
};

// An expert's average: its load per copy.
HD inline float average(float load, int copies) { return load / static_cast<float>(copies); }

// The start of the rules that append copies: slots 0 .. e-1 hold experts 0 .. e-1.
template <class Lanes>
HD void one_copy_each(const Lanes& lanes, int experts, const Copies& out) {
  for_each_index(lanes, experts, [&](int i) {
    out.owner[i] = static_cast<Index>(i);
    out.copy[i] = 0;
    out.count[i] = 1;
  });
  lanes.sync();
}

// Appends one copy of `expert` in slot `slot`. Only one lane may call it.
HD inline void append_copy(int slot, int expert, const Copies& out) {
  out.owner[slot] = static_cast<Index>(expert);
  out.copy[slot] = out.count[expert]++;
}

}  // namespace evenkeel
