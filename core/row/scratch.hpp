// The memory that one row needs while it is balanced: owned by the caller, used again row after
// row.
#pragma once

#include <cstddef>
#include <cstdint>

#include "core/lanes/lanes.hpp"
#include "core/lanes/order.hpp"
#include "core/lanes/sort.hpp"
#include "core/lanes/tournament.hpp"
#include "core/model/gpu_slots.hpp"
#include "core/model/rules.hpp"
#include "core/model/types.hpp"

namespace evenkeel {

// Takes pieces off one block of memory. With no block it only measures.
class Carver {
 public:
  HD explicit Carver(std::byte* block) : block_(block) {}
  // For tests: no two pieces share memory, and `band` bytes lie between them. Where there is a block, marks[i]
  // is set to 1 for each byte i of a piece.
  HD Carver(std::byte* block, std::size_t band, std::uint8_t* marks)
      : block_(block), band_(band), marks_(marks) {}

  // n elements; nullptr where n is 0, so that a rule which uses what it did not ask for is found.
  template <class T>
  HD T* take(int n) {
    if (n == 0) return nullptr;
    used_ = (used_ + band_ + alignof(T) - 1) / alignof(T) * alignof(T);
    T* piece = block_ == nullptr ? nullptr : reinterpret_cast<T*>(block_ + used_);
    const std::size_t end = used_ + sizeof(T) * static_cast<std::size_t>(n);
    if (marks_ != nullptr) {
      for (std::size_t i = used_; i < end; ++i) marks_[i] = 1;
    }
    used_ = end;
    return piece;
  }
  HD std::size_t used() const { return used_ + band_; }

  // What is taken from now on shares memory with what was taken after `mark`, a former used().
  HD void go_back_to(std::size_t mark) {
    if (band_ == 0) used_ = mark;
  }

 private:
  std::byte* block_;  // aligned for 64-bit integers
  std::size_t used_ = 0;
  std::size_t band_ = 0;
  std::uint8_t* marks_ = nullptr;
};

// Which pieces a row's rules ask for. On a device a piece less is a warp more.
struct ScratchNeeds {
  bool averages = true;       // highest_load
  bool quotients = true;      // a tail
  bool two_quotients = true;  // a tail with the one by Huntington-Hill too
  bool counted = true;        // water_filling
  bool sorted_items = true;   // a greedy packing, or a refinement that numbers places anew
  bool narrow_keys = true;    // bins by binary32
  bool wide_keys = true;      // bins by binary64
  bool wide_loads = true;
  bool experts_there = true;  // a packing that asks for them
  bool members = true;        // nearest_difference
  bool narrow_loads = true;   // the refinements that add up in binary32
  bool places = true;         // least_spread

  HD static ScratchNeeds of(const Rules& rules) {
    const bool near = rules.packing == Packing::near_tie;
    const bool apart = rules.packing == Packing::copies_apart;
    const bool greedy64 = rules.packing == Packing::greedy_binary64;
    const bool greedy = rules.packing == Packing::greedy || near || apart || greedy64;
    const bool spread = rules.refinement == Refinement::least_spread;
    const bool swaps = rules.refinement != Refinement::none && !spread;
    ScratchNeeds needs;
    needs.averages = rules.replication == Replication::highest_load;
    needs.quotients = needs.averages && rules.tail != Tail::none;
    needs.two_quotients = needs.quotients && uses_huntington_hill(rules.tail);
    needs.counted = rules.replication == Replication::water_filling;
    needs.sorted_items = greedy || swaps;
    needs.narrow_keys = rules.packing == Packing::greedy;
    needs.wide_keys = near || apart || greedy64;
    needs.wide_loads = near || apart || spread;
    needs.experts_there = near || apart;
    needs.members = rules.refinement == Refinement::nearest_difference;
    needs.narrow_loads = swaps;
    needs.places = spread;
    return needs;
  }
};

// What replication uses beside its result, for one node at a time.
struct CopyScratch {
  Key* tournament;        // [space(e)] of the averages
  WideKey* quotients[2];  // [space(e)] of the tail's quotients; the second may be of one entry
  Key* keys;              // [e] for sorting
  Key* spare;             // [sort_spare(e)]
  Index* first_slot;      // [e] where an expert's copies begin

  template <class Lanes>
  HD static CopyScratch carve(Carver& carver, const ScratchNeeds& needs, int experts) {
    using Averages = Tournament<Lanes>;
    using Quotients = Tournament<Lanes, WideKey>;
    CopyScratch s;
    s.quotients[0] = carver.take<WideKey>(needs.quotients ? Quotients::space(experts) : 0);
    const int second = needs.two_quotients ? experts : 1;
    s.quotients[1] = carver.take<WideKey>(needs.quotients ? Quotients::space(second) : 0);
    s.tournament = carver.take<Key>(needs.averages ? Averages::space(experts) : 0);
    s.keys = carver.take<Key>(needs.counted ? experts : 0);
    s.spare = carver.take<Key>(needs.counted ? sort_spare<Lanes>(experts) : 0);
    s.first_slot = carver.take<Index>(needs.counted ? experts : 0);
    return s;
  }
};

// What packing and refinement use; big enough for slots to GPUs and for groups to nodes.
struct PackScratch {
  Key* keys;                 // [items] keys in sorted order
  Key* spare;                // [sort_spare(items)]
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

  template <class Lanes>
  HD static PackScratch carve(Carver& carver, const ScratchNeeds& needs, int items, int bins,
                              int experts) {
    PackScratch s;
    s.wide_tournament =
        carver.take<WideKey>(needs.wide_keys ? Tournament<Lanes, WideKey>::space(bins) : 0);
    s.keys = carver.take<Key>(needs.sorted_items ? items : 0);
    s.spare = carver.take<Key>(needs.sorted_items ? sort_spare<Lanes>(items) : 0);
    s.members = carver.take<Key>(needs.members ? items : 0);
    s.tournament = carver.take<Key>(needs.narrow_keys ? Tournament<Lanes>::space(bins) : 0);
    s.load = carver.take<double>(needs.wide_loads ? bins : 0);
    s.bin_load = carver.take<float>(needs.narrow_loads ? bins : 0);
    s.filled = carver.take<Index>(needs.sorted_items ? bins : 0);
    s.same = carver.take<Index>(needs.experts_there ? bins : 0);
    s.newest = carver.take<Index>(needs.experts_there ? experts : 0);
    s.older = carver.take<Index>(needs.experts_there ? items : 0);
    s.item_at = carver.take<Index>(needs.places ? items : 0);
    return s;
  }
};

// Everything one row needs. Three parts share memory, since no two of them are in use at the same time:
// replication's own, packing's own with what it reads and writes, and the last step's first_copy.
struct Scratch {
  float* node_load;   // [e] loads of one node's experts
  Index* node_count;  // [e] copies of one node's experts
  Index* owner;       // [r] the node's expert in each preliminary slot
  Index* copy;        // [r] its copy number there
  Index* expert_at;   // [E] the expert in each place, node after node
  Index* copy_at;     // [P] the copy number in each final slot

  CopyScratch copies;

  PackScratch pack;
  float* weight;  // [max(r, Q)] what is packed: load per copy, load of a group
  Index* bin;     // [max(r, Q)] result of the packing: the GPU of the node, the node
  Index* rank;    // [max(r, Q)] and the place in it

  Index* first_copy;  // [E] where an expert's slots begin in the packed log2phy

  // Lanes: who will use it. Moves the carver behind all of it.
  template <class Lanes>
  HD static Scratch carve(Carver& carver, const Shape& shape, const ScratchNeeds& needs) {
    const int experts = shape.experts_per_node();
    const int node_slots = most_slots_per_node(shape);
    const int items = node_slots > shape.groups ? node_slots : shape.groups;
    const int node_gpus = shape.gpus_per_node();
    const int bins = node_gpus > shape.nodes ? node_gpus : shape.nodes;
    Scratch s;
    s.node_load = carver.take<float>(experts);
    s.node_count = carver.take<Index>(experts);
    s.owner = carver.take<Index>(node_slots);
    s.copy = carver.take<Index>(node_slots);
    s.expert_at = carver.take<Index>(shape.experts);
    s.copy_at = carver.take<Index>(shape.slots);

    const std::size_t shared = carver.used();
    s.copies = CopyScratch::carve<Lanes>(carver, needs, experts);
    std::size_t end = carver.used();
    carver.go_back_to(shared);
    s.pack = PackScratch::carve<Lanes>(carver, needs, items, bins, experts);
    s.weight = carver.take<float>(items);
    s.bin = carver.take<Index>(items);
    s.rank = carver.take<Index>(items);
    end = carver.used() > end ? carver.used() : end;
    carver.go_back_to(shared);
    s.first_copy = carver.take<Index>(shape.experts);
    carver.go_back_to(carver.used() > end ? carver.used() : end);
    return s;
  }

  // Bytes of the block that carve needs for this shape.
  template <class Lanes>
  HD static std::size_t bytes(const Shape& shape, const ScratchNeeds& needs) {
    Carver measure(nullptr);
    carve<Lanes>(measure, shape, needs);
    return measure.used();
  }
};

}  // namespace evenkeel
