// START HERE. One row, from loads to a placement: groups to nodes, copies, slots to GPUs.
//
// A row is one layer of one window. Rows are independent. This code runs on one lane of a CPU, as wasm, on
// emulated lanes and on a device. It cannot fail, allocate or throw, because shape and loads have been
// checked (check.hpp).
#pragma once

#include "core/lanes/lanes.hpp"
#include "core/lanes/random.hpp"
#include "core/lanes/select.hpp"
#include "core/lanes/sum.hpp"
#include "core/model/gpu_slots.hpp"
#include "core/model/rules.hpp"
#include "core/model/types.hpp"
#include "core/row/events.hpp"
#include "core/row/keel/keel.hpp"
#include "core/row/row.hpp"
#include "core/row/scratch.hpp"
#include "core/row/stages/apart.hpp"
#include "core/row/stages/items.hpp"
#include "core/row/stages/pack.hpp"
#include "core/row/stages/refine.hpp"
#include "core/row/stages/replicate.hpp"

namespace evenkeel {

HD inline keel::Effort effort_of(const Rules& rules, const Shape& shape) {
  return {rules.search == Search::fast, rules.kicks, rules.seed, shape.nodes};
}

// Groups to nodes. Afterwards the experts of node n are expert_at[n*e .. n*e + e-1], whole groups.
template <class Lanes, class Number>
HD void groups_to_nodes(const Lanes& lanes, const Row<Number>& row, const Shape& shape,
                        const Rules& rules, Random& random, const Scratch& s) {
  const int size = shape.experts_per_group();
  const Packed node = {s.bin, s.rank};
  if (shape.groups_per_node() > 1) {
    for_each_index(lanes, shape.groups,
                   [&](int k) { s.weight[k] = specified_sum(row.loads + k * size, size); });
    lanes.sync();
  }
  const Items groups = {s.weight, shape.groups,           shape.nodes, nullptr, 0,
                        nullptr,  shape.groups_per_node()};
  tell(lanes, PartBegins{Part::groups, 0});
  if (rules.search == Search::none) {
    pack(lanes, rules.packing, groups, random, s.pack, node);
    refine(lanes, rules.refinement, groups, s.pack, node);
  } else {
    keel::assign_groups(lanes, s.weight, shape, s.keel, effort_of(rules, shape), node);
    tell(lanes, AllPlaced{});
  }
  for (int k = 0; k < shape.groups; ++k) {
    Index* place = s.expert_at + (node.bin[k] * shape.groups_per_node() + node.rank[k]) * size;
    for_each_index(lanes, size, [&](int i) { place[i] = static_cast<Index>(k * size + i); });
  }
  lanes.sync();
}

// Copies and GPUs of one node by the stages of the rules: fills copies and bin and rank of the node's slots.
template <class Lanes, class Number>
HD_INLINE void run_stages(const Lanes& lanes, const Row<Number>& row, const Shape& shape,
                          const GpuSlots& gpu_slots, const Rules& rules, int node, int slots,
                          Random& random, const Scratch& s, const Copies& copies) {
  const int experts = shape.experts_per_node();
  const int gpus = shape.gpus_per_node();
  const Index* expert_at = s.expert_at + node * experts;
  for_each_index(lanes, experts, [&](int i) { s.node_load[i] = row.loads[expert_at[i]]; });
  lanes.sync();

  tell(lanes, PartBegins{Part::copies, node});
  replicate(lanes, rules, s.node_load, experts, slots, random, s.copies, copies);
  if (rules.apart != Apart::none) {
    limit_copies(lanes, s.node_load, experts, slots, gpus, copies);
  }

  for_each_index(lanes, slots, [&](int i) {
    const int expert = copies.owner[i];
    s.weight[i] = average(s.node_load[expert], copies.count[expert]);
  });
  lanes.sync();
  const Packed gpu = {s.bin, s.rank};
  const Items items = {s.weight,      slots,   gpus,
                       copies.owner,  experts, gpu_slots.first_slot + node * gpus,
                       gpu_slots.most};
  tell(lanes, PartBegins{Part::slots, node});
  pack(lanes, rules.packing, items, random, s.pack, gpu);
  refine(lanes, rules.refinement, items, s.pack, gpu);
  if (rules.apart != Apart::none) keep_apart(lanes, items, copies, s.pack, gpu);
}

// Copies and GPUs of one node: fills phy2log, logcnt and copy_at of its slots and experts. bound: of the row, for
// keel.
template <class Lanes, class Number>
HD_INLINE void balance_node(const Lanes& lanes, const Row<Number>& row, const Shape& shape,
                            const GpuSlots& gpu_slots, const Rules& rules, int node, double bound,
                            Random& random, const Scratch& s, const RowPlacement<Number>& out) {
  const int experts = shape.experts_per_node();
  const int gpus = shape.gpus_per_node();
  const int first_slot = gpu_slots.first(node * gpus);
  const int slots = gpu_slots.first((node + 1) * gpus) - first_slot;
  const Index* expert_at = s.expert_at + node * experts;
  const Copies copies = {s.owner, s.copy, s.node_count};
  if (rules.search == Search::none) {
    run_stages(lanes, row, shape, gpu_slots, rules, node, slots, random, s, copies);
  } else {
    const keel::State found = keel::search_node(lanes, row.loads, shape, s.expert_at, node, bound,
                                                effort_of(rules, shape), s.keel);
    keel::write_copies(lanes, found, node, s.keel, copies);
    keel::write_places(lanes, found, {s.bin, s.rank});
  }
  for_each_index(lanes, slots, [&](int i) {
    const int slot = gpu_slots.first(node * gpus + s.bin[i]) + s.rank[i];
    out.phy2log[slot] = expert_at[copies.owner[i]];
    s.copy_at[slot] = copies.copy[i];
  });
  for_each_index(lanes, experts, [&](int i) { out.logcnt[expert_at[i]] = copies.count[i]; });
  lanes.sync();
}

// Balances one row. `s` must have been carved for this shape, rules and lanes. All lanes see the result.
template <class Lanes, class Number>
HD_INLINE void balance_row(const Lanes& lanes, const Row<Number>& row, const Shape& shape,
                           const GpuSlots& gpu_slots, const Rules& rules, const Scratch& s,
                           const RowPlacement<Number>& out) {
  Random random(rules.seed, static_cast<std::uint64_t>(row.layer));
  groups_to_nodes(lanes, row, shape, rules, random, s);
  double bound = 0;
  if (rules.search != Search::none) {
    bound = keel::count_copies(lanes, row.loads, shape, s.expert_at, s.node_load, s.keel);
  }
  for (int node = 0; node < shape.nodes; ++node) {
    balance_node(lanes, row, shape, gpu_slots, rules, node, bound, random, s, out);
  }
  tell(lanes, PartBegins{Part::inverse, 0});
  sums_before(lanes, out.logcnt, shape.experts, s.first_copy);
  for_each_index(lanes, shape.slots, [&](int slot) {
    out.log2phy[s.first_copy[out.phy2log[slot]] + s.copy_at[slot]] = static_cast<Number>(slot);
  });
  lanes.sync();
}

}  // namespace evenkeel
