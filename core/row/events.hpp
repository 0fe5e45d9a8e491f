// What the stages tell the lane that records a row's steps (step_recorder.hpp). keel/events.hpp has what keel tells.
//
// Other lanes are told nothing: `tell` is empty, so no instruction of it is left in compiled code.
#pragma once

#include <cstdint>

#include "core/lanes/lanes.hpp"

namespace evenkeel {

// The parts of a row's work, in order; `copies` and `slots` once for each node, `inverse` after all nodes.
enum class Part : std::uint8_t { groups, copies, slots, inverse };

// Experts, items and bins are numbered as in the stage. An event is told after the memory has changed.
struct PartBegins {
  Part part;
  int node;
};
struct CopiesAppended {};  // one copy each, then those of the further slots in their order
struct FirstCopies {};     // each expert has its first copies, which may be several
struct CopyAdded {
  int expert;
};
struct CopyMoved {
  int donor;
  int receiver;
};
struct ItemPlaced {
  int item;
};
struct AllPlaced {};  // in the order of bins and places
struct ItemsSwapped {
  int first;
  int second;
};
struct PlacesRenumbered {};
struct ItemsDealt {};

// step_recorder.hpp overloads it for its lane.
template <class Lanes, class Event>
HD void tell(const Lanes&, const Event&) {}

}  // namespace evenkeel
