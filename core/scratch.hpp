// The memory that one row needs while it is balanced: owned by the caller, used again row after
// row.
#pragma once

#include <cstddef>
#include <cstdint>

#include "core/lanes.hpp"
#include "core/order.hpp"
#include "core/sort.hpp"
#include "core/tournament.hpp"
#include "core/types.hpp"

namespace evenkeel {

// Experts, slots, GPUs, copies: all below the limits of types.hpp, and half the memory of an int.
using Index = std::uint16_t;
static_assert(kMaxSlots <= 65535 && kMaxExperts <= 65535 && kMaxGpus <= 65535);

// Takes pieces off one block of memory. With no block it only measures.
class Carver {
 public:
  HD explicit Carver(std::byte* block) : block_(block) {}

  template <class T>
  HD T* take(int n) {
    used_ = (used_ + alignof(T) - 1) / alignof(T) * alignof(T);
    T* piece = block_ == nullptr ? nullptr : reinterpret_cast<T*>(block_ + used_);
    used_ += sizeof(T) * static_cast<std::size_t>(n);
    return piece;
  }
  HD std::size_t used() const { return used_; }

 private:
  std::byte* block_;  // aligned for 64-bit integers
  std::size_t used_ = 0;
};

// What replication uses beside its result, for one node at a time.
struct CopyScratch {
  Key* tournament;        // [space(e)] of the averages
  WideKey* quotients[2];  // [space(e)] of the tail's quotients
  Key* keys;              // [power of two from e] for sorting; the packers' too
  Key* spare;
  Index* first_slot;  // [e] where an expert's copies begin
};

// What packing and refinement use; big enough for slots to GPUs and for groups to nodes.
struct PackScratch {
  Key* keys;                 // [power of two from items] keys in sorted order
  Key* spare;                // [power of two from items] the other half of the sort
  Key* members;              // [items] of a bin
  Key* tournament;           // [space(bins)]
  WideKey* wide_tournament;  // [space(bins)] where loads are binary64
  double* load;              // [bins] in binary64
  float* bin_load;           // [bins] in binary32
  Index* filled;             // [bins] items already there
  Index* same;               // [bins] copies of one expert there
  Index* newest;             // [e] the copy of an expert that was placed last
  Index* older;              // [items] the one before it
  Index* item_at;            // [items] the item in each place
};

// Everything one row needs. Sizes: see carve.
struct Scratch {
  CopyScratch copies;
  PackScratch pack;
  float* node_load;   // [e] loads of one node's experts
  float* weight;      // [max(r, Q)] what is packed: load per copy, load of a group
  Index* node_count;  // [e] copies of one node's experts
  Index* owner;       // [r] the node's expert in each preliminary slot
  Index* copy;        // [r] its copy number there
  Index* bin;         // [max(r, Q)] result of the packing: the GPU of the node, the node
  Index* rank;        // [max(r, Q)] and the place in it
  Index* expert_at;   // [E] the expert in each place, node after node
  Index* copy_at;     // [P] the copy number in each final slot
  Index* first_copy;  // [E] where an expert's slots begin in the packed log2phy

  HD static Scratch carve(Carver& carver, const Shape& shape) {
    const int experts = shape.experts_per_node();
    const int node_slots = shape.slots_per_node();
    const int items = node_slots > shape.groups ? node_slots : shape.groups;
    const int node_gpus = shape.gpus_per_node();
    const int bins = node_gpus > shape.nodes ? node_gpus : shape.nodes;
    const auto space = [](int n) { return Tournament<OneLane>::space(n); };
    Scratch s;
    s.pack.keys = carver.take<Key>(power_of_two_from(items));
    s.pack.spare = carver.take<Key>(power_of_two_from(items));
    s.pack.members = carver.take<Key>(items);
    s.pack.tournament = carver.take<Key>(space(bins));
    s.pack.wide_tournament = carver.take<WideKey>(space(bins));
    s.pack.load = carver.take<double>(bins);
    s.copies.tournament = carver.take<Key>(space(experts));
    for (WideKey*& quotients : s.copies.quotients) quotients = carver.take<WideKey>(space(experts));
    s.copies.keys = s.pack.keys;  // a node has no more experts than slots
    s.copies.spare = s.pack.spare;
    s.pack.bin_load = carver.take<float>(bins);
    s.node_load = carver.take<float>(experts);
    s.weight = carver.take<float>(items);
    s.pack.filled = carver.take<Index>(bins);
    s.pack.same = carver.take<Index>(bins);
    s.pack.newest = carver.take<Index>(experts);
    s.pack.older = carver.take<Index>(items);
    s.pack.item_at = carver.take<Index>(items);
    s.copies.first_slot = carver.take<Index>(experts);
    s.node_count = carver.take<Index>(experts);
    s.owner = carver.take<Index>(node_slots);
    s.copy = carver.take<Index>(node_slots);
    s.bin = carver.take<Index>(items);
    s.rank = carver.take<Index>(items);
    s.expert_at = carver.take<Index>(shape.experts);
    s.copy_at = carver.take<Index>(shape.slots);
    s.first_copy = carver.take<Index>(shape.experts);
    return s;
  }

  // Bytes of the block that carve needs for this shape.
  HD static std::size_t bytes(const Shape& shape) {
    Carver measure(nullptr);
    carve(measure, shape);
    return measure.used();
  }
};

}  // namespace evenkeel
