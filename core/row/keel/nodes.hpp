// Groups to nodes: the assignment of whole groups that makes the heaviest node as light as possible.
#pragma once

#include <cstdint>

#include "core/lanes/lanes.hpp"
#include "core/lanes/order.hpp"
#include "core/lanes/sum.hpp"
#include "core/row/keel/scratch.hpp"
#include "core/row/keel/search.hpp"
#include "core/row/keel/state.hpp"
#include "core/row/stages/items.hpp"

namespace evenkeel::keel {

// Up to so many groups the assignment is found by branch and bound.
inline constexpr int kBranchGroups = 12;
inline constexpr int kBranchSteps = 2000;

namespace detail {

// Looks for an assignment that is better than the present one, group by group in order of weight, as
// best_node_load does (bound.hpp). One lane runs it.
HD inline void branch_and_bound(const State& s, std::int32_t best) {
  constexpr std::int32_t kGood = kUnit + unit_times(2e-5);
  int node_of[kBranchGroups];
  std::int32_t load[kBranchGroups] = {};
  int filled[kBranchGroups] = {};
  int depth = 0;
  int next = 0;  // the first node that the group at this depth has not tried
  for (int steps = 0; best > kGood && steps < kBranchSteps; ++steps) {
    int chosen = -1;
    for (int n = next; n < s.gpus && chosen < 0; ++n) {
      if (filled[n] < s.places && load[n] + s.weight[depth] < best) chosen = n;
      if (filled[n] == 0) break;  // the later empty nodes are equivalent
    }
    if (chosen >= 0) {
      node_of[depth] = chosen;
      load[chosen] += s.weight[depth];
      ++filled[chosen];
      next = 0;
      if (++depth < s.slots) continue;
      best = 0;
      for (int n = 0; n < s.gpus; ++n) {
        best = load[n] > best ? load[n] : best;
        filled[n] = 0;
      }
      for (int r = 0; r < s.slots; ++r) put(s, r, node_of[r], filled[node_of[r]]++);
    }
    if (depth == 0) return;
    --depth;
    load[node_of[depth]] -= s.weight[depth];
    --filled[node_of[depth]];
    next = node_of[depth] + 1;
    if (filled[node_of[depth]] == 0) next = s.gpus;  // it was the first empty node
  }
}

}  // namespace detail

// loads: [groups] tokens. out: [groups] the node of each group and its place there.
template <class Lanes>
HD void assign_groups(const Lanes& lanes, const float* loads, const Shape& shape,
                      const KeelScratch& k, const Effort& effort, const Packed& out) {
  const int groups = shape.groups;
  State s = k.state;
  s.experts = s.slots = groups;
  s.gpus = shape.nodes;
  s.places = shape.groups_per_node();
  s.apart = s.crowded = false;
  if (s.places == 1 || s.gpus == 1) {
    for_each_index(lanes, groups, [&](int i) {
      out.bin[i] = static_cast<Index>(i / s.places);
      out.rank[i] = static_cast<Index>(i % s.places);
    });
    lanes.sync();
    return;
  }
  sort_by_load(lanes, loads, groups, k.keys, k.spare, k.order);
  for_each_index(lanes, groups, [&](int x) {
    s.load[x] = loads[k.order[x]];
    s.count[x] = 1;
  });
  lanes.sync();
  const double mean = sum_of_loads(lanes, loads, groups, k.sums) / shape.nodes;
  const double largest = static_cast<double>(s.load[0]);
  set_scale(s, mean > largest ? mean : largest);
  if (s.places > 2 && groups <= kBranchGroups) {
    rank_copies(lanes, s, k.keys, k.spare);
    place_heaviest_first(lanes, s, k.tournament);
    const std::int32_t heaviest = extremes(lanes, s).load;
    lanes.sync();
    if (lanes.rank() == 0) detail::branch_and_bound(s, heaviest);
    lanes.sync();
  } else {
    search(lanes, s, k, effort);
  }
  for_each_index(lanes, groups, [&](int r) {
    const int group = k.order[s.expert[r]];
    out.bin[group] = s.gpu[r];
    out.rank[group] = s.place[r];
  });
  lanes.sync();
}

}  // namespace evenkeel::keel
