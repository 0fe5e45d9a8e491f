// The items that are packed into bins, and the result of packing.
#pragma once

#include "core/lanes/lanes.hpp"
#include "core/row/scratch.hpp"

namespace evenkeel {

// Groups that are packed onto nodes, or the slots of one node that are packed onto its GPUs.
struct Items {
  const float* weights;  // [count] binary32
  int count;
  int bins;
  const Index* expert;  // [count] the expert in each slot; nullptr: the items are groups
  int experts;          // of the node
  // The first place of each bin: [bins + 1], ascending; nullptr if each bin has `most` places.
  const Index* first_place;
  int most;  // places of the largest bin

  HD int room(int bin) const {
    return first_place == nullptr ? most : first_place[bin + 1] - first_place[bin];
  }
  // The number of places in the bins before this one.
  HD int start(int bin) const {
    return first_place == nullptr ? bin * most : first_place[bin] - first_place[0];
  }
  HD bool are_groups() const { return expert == nullptr; }
};

// The bin and place of each item. Bin b holds exactly room(b) items.
struct Packed {
  Index* bin;   // [count]
  Index* rank;  // [count] the place in the bin, 0 .. room(bin)-1
};

}  // namespace evenkeel
