// The strategy keel: near-optimal balance by search. HACKING.md has the idea, its sources and why it is
// deterministic.
//
// START HERE. A row passes through
//   assign_groups   groups to nodes                           nodes.hpp
//   count_copies    copies of each expert; the lower bound    apportion.hpp
//   search_node     for each node: copies to GPUs             search.hpp, which calls
//     rank_copies       copies in order of weight                 ranks.hpp
//     the start         differencing, or heaviest first           differencing.hpp, start.hpp, rematch.hpp
//     set_apart         no GPU has two copies of an expert        apart.hpp
//     refine            exchanges: one for one, two for two       refine.hpp, swap_one.hpp, swap_two.hpp
//     kick              random changes, refined                   kicks.hpp
//     search_pairs      instead, with two copies per GPU          pairs.hpp
#pragma once

#include <cstdint>

#include "core/lanes/lanes.hpp"
#include "core/lanes/sum.hpp"
#include "core/model/gpu_slots.hpp"
#include "core/model/types.hpp"
#include "core/row/events.hpp"
#include "core/row/keel/apportion.hpp"
#include "core/row/keel/events.hpp"
#include "core/row/keel/nodes.hpp"
#include "core/row/keel/scratch.hpp"
#include "core/row/keel/search.hpp"
#include "core/row/keel/state.hpp"
#include "core/row/stages/copies.hpp"
#include "core/row/stages/items.hpp"

namespace evenkeel::keel {

// The state of a node, without loads, ranks and places.
HD inline State state_of_node(const Shape& shape, int node, const KeelScratch& k) {
  State s = k.state;
  s.experts = shape.experts_per_node();
  s.slots = most_slots_per_node(shape);
  s.gpus = shape.gpus_per_node();
  s.places = most_slots_per_gpu(shape);
  s.apart = s.places <= s.experts;
  s.crowded = !s.apart;
  s.count = k.count + node * s.experts;
  return s;
}

// Fills load from those of the row.
template <class Lanes>
HD void take_loads(const Lanes& lanes, const State& s, const float* loads, const Index* expert_at,
                   int node, const KeelScratch& k) {
  const Index* order = k.order + node * s.experts;
  const Index* at = expert_at + node * s.experts;
  for_each_index(lanes, s.experts, [&](int x) { s.load[x] = loads[at[order[x]]]; });
  lanes.sync();
}

// Copies of all nodes' experts. Returns the lower bound: the largest mean GPU load of a node, or copy. loads: of the
// row; node_load: [experts of a node].
template <class Lanes>
HD double count_copies(const Lanes& lanes, const float* loads, const Shape& shape,
                       const Index* expert_at, float* node_load, const KeelScratch& k) {
  const int experts = shape.experts_per_node();
  double bound = 0;
  for (int node = 0; node < shape.nodes; ++node) {
    tell(lanes, PartBegins{Part::copies, node});
    const Index* at = expert_at + node * experts;
    for_each_index(lanes, experts, [&](int i) { node_load[i] = loads[at[i]]; });
    lanes.sync();
    sort_by_load(lanes, node_load, experts, k.keys, k.spare, k.order + node * experts);
    const double mean = sum_of_loads(lanes, node_load, experts, k.sums) / shape.gpus_per_node();
    const State s = state_of_node(shape, node, k);
    take_loads(lanes, s, loads, expert_at, node, k);
    const auto load = [&](int x) { return s.load[x]; };
    apportion(lanes, experts, s.slots, s.crowded ? s.gpus : 1, most_copies(s), k.tournament, load,
              s.count);
    const double copy = largest_copy(lanes, experts, s.slots, load, s.count);
    bound = mean > bound ? mean : bound;
    bound = copy > bound ? copy : bound;
    lanes.sync();  // before the next node reuses the memory
  }
  return bound;
}

// Searches one node.
template <class Lanes>
HD State search_node(const Lanes& lanes, const float* loads, const Shape& shape,
                     const Index* expert_at, int node, double bound, const Effort& effort,
                     const KeelScratch& k) {
  tell(lanes, PartBegins{Part::slots, node});
  State s = state_of_node(shape, node, k);
  if (shape.nodes > 1) take_loads(lanes, s, loads, expert_at, node, k);  // else count_copies has
  set_scale(s, bound);
  search(lanes, s, k, effort);
  tell(lanes, NodeDone{s});
  return s;
}

// Fills `copies` with the node's copies in the order of ranks.
template <class Lanes>
HD void write_copies(const Lanes& lanes, const State& s, int node, const KeelScratch& k,
                     const Copies& copies) {
  const Index* order = k.order + node * s.experts;
  for_each_index(lanes, s.slots, [&](int r) {
    copies.owner[r] = order[s.expert[r]];
    copies.copy[r] = static_cast<Index>(r - s.first[s.expert[r]]);
  });
  for_each_index(lanes, s.experts, [&](int x) { copies.count[order[x]] = s.count[x]; });
  lanes.sync();
}

// Fills `out` with their GPUs and places.
template <class Lanes>
HD void write_places(const Lanes& lanes, const State& s, const Packed& out) {
  for_each_index(lanes, s.slots, [&](int r) {
    out.bin[r] = s.gpu[r];
    out.rank[r] = s.place[r];
  });
  lanes.sync();
}

}  // namespace evenkeel::keel
