// The lower bound: no placement of a row can have a smaller largest GPU load.
//
// In every placement of the row's shape, the largest GPU load is at least the largest of
//   - the mean GPU load;
//   - the largest load per copy under the best replication (some GPU holds that copy);
//   - hierarchical: the load of the heaviest node divided by its GPUs, under the best assignment of
//     whole groups to nodes (exact up to kExactGroups groups, otherwise a bound on it).
// All numbers are binary64, computed from the binary32 loads.
#pragma once

#include "core/lanes/lanes.hpp"
#include "core/lanes/order.hpp"
#include "core/lanes/tournament.hpp"
#include "core/model/types.hpp"
#include "core/row/scratch.hpp"

namespace evenkeel {

inline constexpr int kExactGroups = 12;  // at most 15,400 assignments without symmetric ones

struct BoundScratch {
  WideKey* tournament;  // [space(E)]
  double* group_load;   // [Q]
  Index* copies;        // [E]

  template <class Lanes>
  HD static BoundScratch carve(Carver& carver, const Shape& shape) {
    BoundScratch s;
    s.tournament = carver.take<WideKey>(Tournament<Lanes, WideKey>::space(shape.experts));
    s.group_load = carver.take<double>(shape.groups);
    s.copies = carver.take<Index>(shape.experts);
    return s;
  }
};

// The minimum of the largest load per copy with `slots` copies of the row's experts. Repeatedly adds a copy
// for the expert with the largest load per copy. w / copies falls with each copy and rounding is monotonic,
// so this greedy choice is optimal for the rounded quotients, too.
template <class Lanes>
HD double largest_copy_bound(const Lanes& lanes, const float* loads, int experts, int slots,
                             const BoundScratch& s) {
  for_each_index(lanes, experts, [&](int i) { s.copies[i] = 1; });
  lanes.sync();
  Tournament<Lanes, WideKey> most_loaded(lanes, s.tournament, experts, [&](int i) {
    return heaviest_first(static_cast<double>(loads[i]), i);
  });
  for (int slot = experts; slot < slots; ++slot) {
    const int expert = index_of(most_loaded.best());
    if (!most_loaded.owns(expert)) continue;  // only the owner reads and writes copies[expert]
    const int count = ++s.copies[expert];
    most_loaded.replace(expert, heaviest_first(static_cast<double>(loads[expert]) / count, expert));
  }
  return heavy_value(most_loaded.best());
}

// The minimum load of the heaviest node if each of `nodes` nodes takes `room` groups: a depth-first search
// over assignments, in the order of groups, that is cut where a node already reaches the best load so far.
// Nodes are interchangeable, so a group tries only the first of the empty nodes. Up to kExactGroups.
HD inline double best_node_load(const double* group_load, int groups, int nodes) {
  const int room = groups / nodes;
  int node_of[kExactGroups];    // the node of group k, for k below the depth
  double before[kExactGroups];  // that node's load without group k
  double load[kExactGroups] = {};
  int filled[kExactGroups] = {};
  double best = __builtin_huge_val();

  int depth = 0;
  int next = 0;  // the first node that the group at this depth has not tried
  for (;;) {
    int chosen = -1;
    for (int n = next; n < nodes && chosen < 0; ++n) {
      if (filled[n] < room && load[n] + group_load[depth] < best) chosen = n;
      if (filled[n] == 0) break;  // the later empty nodes are equivalent
    }
    if (chosen >= 0) {
      node_of[depth] = chosen;
      before[depth] = load[chosen];
      load[chosen] += group_load[depth];
      ++filled[chosen];
      next = 0;
      if (++depth < groups) continue;
      best = 0;
      for (int n = 0; n < nodes; ++n) best = load[n] > best ? load[n] : best;
    }
    if (depth == 0) return best;
    --depth;
    load[node_of[depth]] = before[depth];  // restored, so no rounding error remains
    --filled[node_of[depth]];
    next = node_of[depth] + 1;
    if (filled[node_of[depth]] == 0) next = nodes;  // it was the first empty node
  }
}

// A bound on the same for many groups: some node has k + 1 of the k * nodes + 1 heaviest groups. It has at
// least the load of the lightest k + 1 of these, plus that of the lightest groups of all in its other places.
// Sorts group_load in descending order.
HD inline double node_load_bound(double* group_load, int groups, int nodes) {
  for (int i = 1; i < groups; ++i) {
    const double value = group_load[i];
    int j = i;
    for (; j > 0 && group_load[j - 1] < value; --j) group_load[j] = group_load[j - 1];
    group_load[j] = value;
  }
  const int room = groups / nodes;
  double bound = 0;
  for (int k = 0; k < room; ++k) {
    double sum = 0;
    for (int i = k * nodes - k; i <= k * nodes; ++i) sum += group_load[i];
    for (int i = groups - (room - k - 1); i < groups; ++i) sum += group_load[i];
    bound = sum > bound ? sum : bound;
  }
  return bound;
}

// The hierarchical part of the bound, as load per GPU. The search is sequential: every lane does it and finds
// the same result.
template <class Lanes>
HD double hierarchical_bound(const Lanes& lanes, const float* loads, const Shape& shape,
                             const BoundScratch& s) {
  const int size = shape.experts_per_group();
  for_each_index(lanes, shape.groups, [&](int k) {
    double sum = 0;
    for (int i = 0; i < size; ++i) sum += static_cast<double>(loads[k * size + i]);
    s.group_load[k] = sum;
  });
  lanes.sync();
  double node_load = 0;
  if (shape.groups <= kExactGroups) {
    node_load = best_node_load(s.group_load, shape.groups, shape.nodes);
  } else {
    if (lanes.rank() == 0) {
      s.group_load[0] = node_load_bound(s.group_load, shape.groups, shape.nodes);
    }
    lanes.sync();
    node_load = s.group_load[0];
  }
  return node_load / shape.gpus_per_node();
}

// mean: the row's mean GPU load. All lanes get the result.
template <class Lanes>
HD double lower_bound_row(const Lanes& lanes, const float* loads, const Shape& shape, double mean,
                          const BoundScratch& s) {
  double bound = mean;
  const double copy = largest_copy_bound(lanes, loads, shape.experts, shape.slots, s);
  bound = copy > bound ? copy : bound;
  if (shape.nodes > 1) {
    const double node = hierarchical_bound(lanes, loads, shape, s);
    bound = node > bound ? node : bound;
  }
  return bound;
}

}  // namespace evenkeel
