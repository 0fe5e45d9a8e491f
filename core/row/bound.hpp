// The lower bound of a row: no placement of its shape can have a smaller largest GPU load. It depends on loads and shape
// alone, so it is the same for every strategy.
//
// In every placement, the largest GPU load is at least
//   - the mean GPU load, because the GPUs share the sum of the loads;
//   - the largest load per copy under the best numbers of copies, because some GPU holds that copy;
//   - hierarchical: the load of the heaviest node divided by its GPUs, under the best assignment of whole groups to
//     nodes (or a bound on it), because the GPUs of a node share its load.
// None of them assumes that copies of an expert are on different GPUs. Numbers are binary64, computed from the binary32
// loads. strong_bound.hpp has proofs that cost more.
#pragma once

#include "core/lanes/lanes.hpp"
#include "core/lanes/order.hpp"
#include "core/lanes/sum.hpp"
#include "core/lanes/tournament.hpp"
#include "core/model/types.hpp"
#include "core/row/scratch.hpp"

namespace evenkeel {

// So many groups are assigned exactly: at most 15,400 assignments without symmetric ones. With two groups per node, all
// are.
inline constexpr int kExactGroups = 12;

struct BoundScratch {
  WideKey* tournament;  // [space(E)]
  double* group_load;   // [Q]
  Index* copies;        // [E]
  double* sums;         // [kSums]

  template <class Lanes>
  HD static BoundScratch carve(Carver& carver, const Shape& shape) {
    BoundScratch s;
    s.tournament = carver.take<WideKey>(Tournament<Lanes, WideKey>::space(shape.experts));
    s.group_load = carver.take<double>(shape.groups);
    s.sums = carver.take<double>(kSums);
    s.copies = carver.take<Index>(shape.experts);
    return s;
  }
};

// The minimum of the largest load per copy with `slots` copies of the row's experts. Repeatedly adds a copy
// for the expert with the largest load per copy (Adams' method). w / copies falls with each copy and rounding is monotonic,
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

HD inline void sort_descending(double* values, int n) {
  for (int i = 1; i < n; ++i) {
    const double value = values[i];
    int j = i;
    for (; j > 0 && values[j - 1] < value; --j) values[j] = values[j - 1];
    values[j] = value;
  }
}

// The functions below take group loads in descending order; each of `nodes` nodes takes groups / nodes of them.

// The minimum load of the heaviest node with two groups per node: the heaviest goes with the lightest, and so on. Proof
// that no assignment has less than the pair i: if two of the i + 1 heaviest groups share a node, it has at least twice the
// load of group i. Otherwise they have i + 1 different partners, one of which is at least the (i + 1)-th lightest group.
HD inline double best_pair_load(const double* group_load, int groups) {
  double largest = 0;
  for (int i = 0; i < groups / 2; ++i) {
    const double pair = group_load[i] + group_load[groups - 1 - i];
    largest = pair > largest ? pair : largest;
  }
  return largest;
}

// The load of the heaviest node if each group, heaviest first, goes to the lightest node that has room.
HD inline double greedy_node_load(const double* group_load, int groups, int nodes) {
  double load[kExactGroups] = {};
  int filled[kExactGroups] = {};
  double heaviest = 0;
  for (int k = 0; k < groups; ++k) {
    int lightest = -1;
    for (int n = 0; n < nodes; ++n) {
      if (filled[n] == groups / nodes) continue;
      if (lightest < 0 || load[n] < load[lightest]) lightest = n;
    }
    load[lightest] += group_load[k];
    ++filled[lightest];
    heaviest = load[lightest] > heaviest ? load[lightest] : heaviest;
  }
  return heaviest;
}

// The minimum load of the heaviest node over all assignments of up to kExactGroups groups: a depth-first search in the
// order of groups that is cut where a node already reaches the best load so far. Nodes are interchangeable, so a group
// tries only the first of the empty nodes. The search ends early, with what it has, at a load of at most `enough`.
HD inline double best_node_load(const double* group_load, int groups, int nodes, double enough) {
  const int room = groups / nodes;
  int node_of[kExactGroups];    // the node of group k, for k below the depth
  double before[kExactGroups];  // that node's load without group k
  double load[kExactGroups] = {};
  int filled[kExactGroups] = {};
  double best = greedy_node_load(group_load, groups, nodes);

  int depth = 0;
  int next = 0;  // the first node that the group at this depth has not tried
  while (best > enough) {
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
  return best;
}

// A bound on the same for many groups: some node has k + 1 of the k * nodes + 1 heaviest groups. It has at
// least the load of the lightest k + 1 of these, plus that of the lightest groups of all in its other places.
HD inline double node_load_bound(const double* group_load, int groups, int nodes) {
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

// The hierarchical part of the bound as load per GPU, or 0 if it is not above `bound`. One lane computes it.
template <class Lanes>
HD double hierarchical_bound(const Lanes& lanes, const float* loads, const Shape& shape,
                             double bound, const BoundScratch& s) {
  const int size = shape.experts_per_group();
  for_each_index(lanes, shape.groups, [&](int k) {
    double sum = 0;
    for (int i = 0; i < size; ++i) sum += static_cast<double>(loads[k * size + i]);
    s.group_load[k] = sum;
  });
  lanes.sync();
  if (lanes.rank() == 0) {
    sort_descending(s.group_load, shape.groups);
    const double enough = bound * shape.gpus_per_node();
    double load = 0;
    if (shape.groups_per_node() == 2) {
      load = best_pair_load(s.group_load, shape.groups);
    } else if (shape.groups <= kExactGroups) {
      load = best_node_load(s.group_load, shape.groups, shape.nodes, enough);
    } else {
      load = node_load_bound(s.group_load, shape.groups, shape.nodes);
    }
    s.sums[0] = load > enough ? load / shape.gpus_per_node() : 0;
  }
  lanes.sync();
  return s.sums[0];
}

// The mean GPU load of a row. All lanes get the result.
template <class Lanes>
HD double mean_gpu_load(const Lanes& lanes, const float* loads, const Shape& shape,
                        const BoundScratch& s) {
  return sum_of_loads(lanes, loads, shape.experts, s.sums) / shape.gpus;
}

// mean: that of mean_gpu_load. All lanes get the result.
template <class Lanes>
HD double lower_bound_row(const Lanes& lanes, const float* loads, const Shape& shape, double mean,
                          const BoundScratch& s) {
  double bound = mean;
  const double copy = largest_copy_bound(lanes, loads, shape.experts, shape.slots, s);
  bound = copy > bound ? copy : bound;
  if (shape.nodes > 1) {
    const double node = hierarchical_bound(lanes, loads, shape, bound, s);
    bound = node > bound ? node : bound;
  }
  return bound;
}

}  // namespace evenkeel
