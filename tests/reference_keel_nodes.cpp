// The part of the reference of keel for groups and nodes, and a whole placement.
#include <algorithm>
#include <numeric>
#include <utility>

#include "tests/reference.hpp"
#include "tests/reference_keel.hpp"

namespace evenkeel::test::reference {
namespace {

// Sixteen running sums, then their sum.
double sum_of_loads(const std::vector<float>& loads) {
  std::vector<double> sums(16, 0.0);
  for (std::size_t i = 0; i < loads.size(); ++i) sums[i % 16] += static_cast<double>(loads[i]);
  return std::accumulate(sums.begin(), sums.end(), 0.0);
}

// Indices of loads, the largest first.
std::vector<int> by_load(const std::vector<float>& loads) {
  std::vector<int> order(loads.size());
  std::iota(order.begin(), order.end(), 0);
  std::stable_sort(order.begin(), order.end(), [&](int a, int b) { return loads[a] > loads[b]; });
  return order;
}

std::vector<float> picked(const std::vector<float>& from, const std::vector<int>& order) {
  std::vector<float> out;
  for (const int i : order) out.push_back(from[i]);
  return out;
}

}  // namespace

// Depth first, nodes in order; of empty nodes only the first; at most 2,000 steps.
void KeelNode::search_assignments(double bound) {
  scale_ = bound > 0 ? static_cast<double>(kUnit) / bound : 0;
  rank();
  place_heaviest_first();
  int best = heaviest();
  int steps = 0;
  std::vector<int> node_of;
  std::vector<int> load(gpus_, 0);
  std::vector<int> filled(gpus_, 0);
  const auto go = [&](const auto& self) -> void {
    const int depth = static_cast<int>(node_of.size());
    if (depth == slots_) {
      best = *std::max_element(load.begin(), load.end());
      std::vector<int> place(gpus_, 0);
      for (int r = 0; r < slots_; ++r) put(r, node_of[r], place[node_of[r]]++);
      return;
    }
    for (int n = 0; n < gpus_; ++n) {
      const bool empty = filled[n] == 0;
      if (filled[n] < places_ && load[n] + copies_[depth].weight < best) {
        if (best <= kUnit + part_of_unit(2e-5) || ++steps > 2000) return;
        node_of.push_back(n);
        load[n] += copies_[depth].weight;
        ++filled[n];
        self(self);
        node_of.pop_back();
        load[n] -= copies_[depth].weight;
        --filled[n];
      }
      if (empty) break;
    }
    // Going back is a step, too.
    if (best > kUnit + part_of_unit(2e-5)) ++steps;
  };
  go(go);
  fill_at();
}

namespace {

struct Assigned {
  std::vector<int> node;
  std::vector<int> place;
};

Assigned assign_groups(const std::vector<float>& loads, int nodes, const KeelEffort& effort) {
  const int groups = static_cast<int>(loads.size());
  const int places = groups / nodes;
  Assigned out = {std::vector<int>(groups), std::vector<int>(groups)};
  if (places == 1 || nodes == 1) {
    for (int i = 0; i < groups; ++i) {
      out.node[i] = i / places;
      out.place[i] = i % places;
    }
    return out;
  }
  const std::vector<int> order = by_load(loads);
  const std::vector<float> sorted = picked(loads, order);
  const double bound = std::max(sum_of_loads(loads) / nodes, static_cast<double>(sorted[0]));
  KeelNode all(sorted, groups, nodes, false);
  if (places > 2 && groups <= 12) {
    all.search_assignments(bound);
  } else {
    all.search(bound, effort);
  }
  const std::vector<int> at = all.slot_experts();
  for (int i = 0; i < groups; ++i) {
    out.node[order[at[i]]] = i / places;
    out.place[order[at[i]]] = i % places;
  }
  return out;
}

}  // namespace
}  // namespace evenkeel::test::reference

namespace evenkeel::test {

using namespace reference;

Placement reference_keel_placement(const Loads& loads, const Shape& shape, KeelEffort effort) {
  effort.nodes = shape.nodes;
  Placement out = {shape.layers, shape.experts, shape.slots, shape.gpus, {}, {}, {}};
  const int size = shape.experts / shape.groups;
  const int groups = shape.groups / shape.nodes;
  const int experts = shape.experts / shape.nodes;
  const int slots = shape.slots / shape.nodes;
  const int gpus = shape.gpus / shape.nodes;
  for (int layer = 0; layer < shape.layers; ++layer) {
    const float* row = loads.values.data() + std::ptrdiff_t{layer} * shape.experts;
    std::vector<float> group_loads;
    for (int k = 0; k < shape.groups; ++k) {
      group_loads.push_back(groups == 1 ? 0
                                        : reference_sum({row + k * size, row + (k + 1) * size}));
    }
    const Assigned assigned = assign_groups(group_loads, shape.nodes, effort);
    std::vector<int> expert_at(shape.experts);
    for (int x = 0; x < shape.experts; ++x) {
      const int k = x / size;
      expert_at[(assigned.node[k] * groups + assigned.place[k]) * size + x % size] = x;
    }
    std::vector<KeelNode> nodes;
    std::vector<std::vector<int>> orders;
    double bound = 0;
    for (int node = 0; node < shape.nodes; ++node) {
      std::vector<float> here;
      for (int i = 0; i < experts; ++i) here.push_back(row[expert_at[node * experts + i]]);
      orders.push_back(by_load(here));
      nodes.emplace_back(picked(here, orders.back()), slots, gpus, true);
      bound = std::max({bound, sum_of_loads(here) / gpus, nodes.back().count_copies()});
    }
    std::vector<int> counts(shape.experts);
    std::vector<int> slot_expert;
    std::vector<int> slot_copy;
    for (int node = 0; node < shape.nodes; ++node) {
      nodes[node].search(bound, effort);
      const auto name = [&](int x) { return expert_at[node * experts + orders[node][x]]; };
      for (int x = 0; x < experts; ++x) counts[name(x)] = nodes[node].counts()[x];
      for (const int x : nodes[node].slot_experts()) slot_expert.push_back(name(x));
      for (const int copy : nodes[node].slot_copies()) slot_copy.push_back(copy);
    }
    std::vector<int> first(shape.experts, 0);
    for (int x = 1; x < shape.experts; ++x) first[x] = first[x - 1] + counts[x - 1];
    std::vector<int> log2phy(shape.slots);
    for (int p = 0; p < shape.slots; ++p) log2phy[first[slot_expert[p]] + slot_copy[p]] = p;
    out.phy2log.insert(out.phy2log.end(), slot_expert.begin(), slot_expert.end());
    out.logcnt.insert(out.logcnt.end(), counts.begin(), counts.end());
    out.log2phy.insert(out.log2phy.end(), log2phy.begin(), log2phy.end());
  }
  return out;
}

}  // namespace evenkeel::test
