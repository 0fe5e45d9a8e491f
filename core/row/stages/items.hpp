// The items that are packed into bins, and the result of packing.
#pragma once

#include "core/lanes/lanes.hpp"
#include "core/row/scratch.hpp"

namespace evenkeel {

// Groups that are packed onto nodes, or the slots of one node that are packed onto its GPUs.
struct Items {
  const float* weights;  // [count] binary32
  int count;
  int bins;             // a divisor of count
  const Index* expert;  // [count] the expert in each slot; nullptr: the items are groups
  int experts;          // of the node

  HD int room() const { return count / bins; }  // items per bin
  HD bool are_groups() const { return expert == nullptr; }
};

// The bin and place of each item. Every bin holds exactly room() items.
struct Packed {
  Index* bin;   // [count]
  Index* rank;  // [count] the place in the bin, 0 .. room-1
};

}  // namespace evenkeel
