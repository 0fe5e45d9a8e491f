// The memory that balancing one row needs: owned by the caller, reused for every row.
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
#include "core/row/carver.hpp"
#include "core/row/keel/scratch.hpp"

namespace evenkeel {

// The pieces that a row's rules need. On a device, fewer pieces allow more warps.
struct ScratchNeeds {
  bool averages = true;       // highest_load
  bool quotients = true;      // a tail
  bool two_quotients = true;  // a tail that also uses the pick by Huntington-Hill
  bool counted = true;        // water_filling
  bool sorted_items = true;   // a greedy packing, or a refinement that renumbers places
  bool narrow_keys = true;    // bins by binary32
  bool wide_keys = true;      // bins by binary64
  bool wide_loads = true;
  bool experts_there = true;  // a packing that uses the experts of slots
  bool members = true;        // nearest_difference
  bool narrow_loads = true;   // refinements with binary32 loads
  bool places = true;         // least_spread, or apart
  bool ranks = true;          // apart
  bool keel = true;

  HD static ScratchNeeds of(const Rules& rules) {
    if (rules.search != Search::none) return of_keel();
    const bool near = rules.packing == Packing::near_tie;
    const bool fewest = rules.packing == Packing::copies_apart;
    const bool greedy64 = rules.packing == Packing::greedy_binary64;
    const bool greedy = rules.packing == Packing::greedy || near || fewest || greedy64;
    const bool spread = rules.refinement == Refinement::least_spread;
    const bool swaps = rules.refinement != Refinement::none && !spread;
    const bool apart = rules.apart != Apart::none;
    ScratchNeeds needs;
    needs.averages = rules.replication == Replication::highest_load;
    needs.quotients = needs.averages && rules.tail != Tail::none;
    needs.two_quotients = needs.quotients && uses_huntington_hill(rules.tail);
    needs.counted = rules.replication == Replication::water_filling;
    needs.sorted_items = greedy || swaps || apart;
    needs.narrow_keys = rules.packing == Packing::greedy;
    needs.wide_keys = near || fewest || greedy64;
    needs.wide_loads = near || fewest || spread;
    needs.experts_there = near || fewest;
    needs.members = rules.refinement == Refinement::nearest_difference;
    needs.narrow_loads = swaps;
    needs.places = spread || apart;
    needs.ranks = apart;
    needs.keel = false;
    return needs;
  }
  HD static ScratchNeeds of_keel() {
    ScratchNeeds needs;
    needs.averages = needs.quotients = needs.two_quotients = needs.counted = false;
    needs.sorted_items = needs.narrow_keys = needs.wide_keys = needs.wide_loads = false;
    needs.experts_there = needs.members = needs.narrow_loads = needs.places = needs.ranks = false;
    return needs;
  }
};

// Temporary memory of replication, for one node at a time.
struct CopyScratch {
  Key* tournament;        // [space(e)] of the averages
  WideKey* quotients[2];  // [space(e)] of the tail's quotients; the second may have only one entry
  Key* keys;              // [e] for sorting
  Key* spare;             // [sort_spare(e)]
  Index* first_slot;      // [e] the first slot of an expert's copies

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

// Temporary memory of packing and refinement, large enough for slots to GPUs and for groups to nodes.
struct PackScratch {
  Key* keys;                 // [items] keys in sorted order
  Key* spare;                // [sort_spare(items)]
  Key* members;              // [items] of a bin
  Key* tournament;           // [space(bins)]
  WideKey* wide_tournament;  // [space(bins)] where loads are binary64
  double* load;              // [bins] in binary64
  float* bin_load;           // [bins] in binary32
  Index* filled;             // [bins] number of items in the bin
  Index* same;               // [bins] copies of one expert in the bin
  Index* newest;             // [e] the last placed copy of an expert
  Index* older;              // [items] the copy placed before it
  Index* item_at;            // [items] the item in each place
  Index* item_at_rank;  // [items] the item of each rank: copies of an expert have successive ranks
  Index* first_copy;    // [e] the rank of an expert's first copy

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
    s.item_at_rank = carver.take<Index>(needs.ranks ? items : 0);
    s.first_copy = carver.take<Index>(needs.ranks ? experts : 0);
    return s;
  }
};

// All memory of one row. Three parts share memory because they are never in use at the same time: that of
// replication, that of packing with its inputs and results, and first_copy of the last step.
struct Scratch {
  float* node_load;   // [e] loads of one node's experts
  Index* node_count;  // [e] copies of one node's experts
  Index* owner;       // [r] the node's expert in each preliminary slot
  Index* copy;        // [r] its copy number
  Index* expert_at;   // [E] the expert in each place, node after node
  Index* copy_at;     // [P] the copy number in each final slot

  CopyScratch copies;

  PackScratch pack;
  float* weight;  // [max(r, Q)] items to pack: load per copy, or load of a group
  Index* bin;     // [max(r, Q)] result of packing: the GPU in the node, or the node
  Index* rank;    // [max(r, Q)] and the place in it

  keel::KeelScratch keel;

  Index* first_copy;  // [E] the first slot of an expert in the packed log2phy

  // Lanes: the type of the lanes that will use it. Advances the carver past all of it.
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
    if (needs.keel) s.keel = keel::KeelScratch::carve<Lanes>(carver, shape);
    end = carver.used() > end ? carver.used() : end;
    carver.go_back_to(shared);
    s.first_copy = carver.take<Index>(shape.experts);
    carver.go_back_to(carver.used() > end ? carver.used() : end);
    return s;
  }

  // The size in bytes of the block that carve needs for this shape.
  template <class Lanes>
  HD static std::size_t bytes(const Shape& shape, const ScratchNeeds& needs) {
    Carver measure(nullptr);
    carve<Lanes>(measure, shape, needs);
    return measure.used();
  }
};

}  // namespace evenkeel
