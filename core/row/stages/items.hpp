// What is packed into bins, and where each of it went.
#pragma once

#include "core/lanes/lanes.hpp"
#include "core/row/scratch.hpp"

namespace evenkeel {

// Groups to be packed onto nodes, or one node's slots onto its GPUs.
struct Items {
  const float* weights;  // [count] binary32
  int count;
  int bins;             // divides count
  const Index* expert;  // [count] the expert in each slot; nullptr: the items are groups
  int experts;          // of the node

  HD int room() const { return count / bins; }  // items of a bin
  HD bool are_groups() const { return expert == nullptr; }
};

// Where each item went. Every bin holds exactly room() of them.
struct Packed {
  Index* bin;   // [count]
  Index* rank;  // [count] the place in the bin, 0 .. room-1
};

}  // namespace evenkeel
