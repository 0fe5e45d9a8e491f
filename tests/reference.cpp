#include "tests/reference.hpp"

#include <algorithm>
#include <numeric>
#include <vector>

namespace evenkeel::test {
namespace {

struct Bins {
  std::vector<int> bin;   // [items]
  std::vector<int> rank;  // [items]
};

// DeepSeek's balanced_packing: heaviest item first, into the lightest bin with room.
Bins balanced_packing(const std::vector<float>& weight, int bins) {
  const int items = static_cast<int>(weight.size());
  const int room = items / bins;
  Bins out = {std::vector<int>(weight.size()), std::vector<int>(weight.size())};
  std::vector<int> order(weight.size());
  std::iota(order.begin(), order.end(), 0);
  if (room == 1) {
    out.bin = order;
    return out;
  }
  std::sort(order.begin(), order.end(),
            [&](int a, int b) { return weight[a] != weight[b] ? weight[a] > weight[b] : a < b; });
  std::vector<float> load(bins, 0.0f);
  std::vector<int> filled(bins, 0);
  for (const int item : order) {
    int best = -1;
    for (int b = 0; b < bins; ++b) {
      if (filled[b] < room && (best < 0 || load[b] < load[best])) best = b;
    }
    out.bin[item] = best;
    out.rank[item] = filled[best]++;
    load[best] += weight[item];
  }
  return out;
}

// The sum of a group, in the specified order for up to 63 elements: eight lanes of vectors, four
// accumulators each; longer groups of whole loads are exact in any order.
float group_sum(const float* x, int n) {
  const auto strip = [](const float* p, int stride, int count) {
    float part[4] = {};
    const int rounds = count / 4;
    for (int i = 0; i < rounds * 4; ++i) part[i % 4] += p[i * stride];
    for (int i = rounds * 4; i < count; ++i) part[0] += p[i * stride];
    return part[0] + part[1] + part[2] + part[3];
  };
  if (n < 8) return strip(x, 1, n);
  float sum = 0;
  for (int i = n / 8 * 8; i < n; ++i) sum += x[i];
  for (int lane = 0; lane < 8; ++lane) sum += strip(x + lane, 8, n / 8);
  return sum;
}

}  // namespace

void reference_row(const float* loads, const Shape& shape, std::int32_t* phy2log,
                   std::int32_t* logcnt, std::int32_t* log2phy) {
  const int size = shape.experts / shape.groups;
  const int groups_per_node = shape.groups / shape.nodes;
  const int experts = shape.experts / shape.nodes;
  const int slots = shape.slots / shape.nodes;

  std::vector<float> group_loads(shape.groups);
  for (int k = 0; k < shape.groups; ++k) group_loads[k] = group_sum(loads + k * size, size);
  const Bins node_of_group = balanced_packing(group_loads, shape.nodes);
  std::vector<int> expert_at(shape.experts);
  for (int x = 0; x < shape.experts; ++x) {
    const int k = x / size;
    const int place = node_of_group.bin[k] * groups_per_node + node_of_group.rank[k];
    expert_at[place * size + x % size] = x;
  }

  std::vector<int> copy_at(shape.slots);
  for (int node = 0; node < shape.nodes; ++node) {
    const int* expert = expert_at.data() + node * experts;
    std::vector<int> owner(slots), copy(slots, 0), count(experts, 1);
    std::iota(owner.begin(), owner.begin() + experts, 0);
    std::vector<float> average(experts);
    for (int i = 0; i < experts; ++i) average[i] = loads[expert[i]];
    for (int s = experts; s < slots; ++s) {
      const int hottest =
          static_cast<int>(std::max_element(average.begin(), average.end()) - average.begin());
      owner[s] = hottest;
      copy[s] = count[hottest]++;
      average[hottest] = loads[expert[hottest]] / static_cast<float>(count[hottest]);
    }
    std::vector<float> per_copy(slots);
    for (int s = 0; s < slots; ++s) per_copy[s] = average[owner[s]];
    const Bins gpu = balanced_packing(per_copy, shape.gpus / shape.nodes);
    for (int s = 0; s < slots; ++s) {
      const int slot = node * slots + gpu.bin[s] * (shape.slots / shape.gpus) + gpu.rank[s];
      phy2log[slot] = expert[owner[s]];
      copy_at[slot] = copy[s];
    }
    for (int i = 0; i < experts; ++i) logcnt[expert[i]] = count[i];
  }
  std::vector<int> first(shape.experts, 0);
  for (int x = 1; x < shape.experts; ++x) first[x] = first[x - 1] + logcnt[x - 1];
  for (int p = 0; p < shape.slots; ++p) log2phy[first[phy2log[p]] + copy_at[p]] = p;
}

Placement reference_placement(const Loads& loads, const Shape& shape) {
  Placement out = {shape.layers, shape.experts, shape.slots, shape.gpus, {}, {}, {}};
  out.phy2log.resize(static_cast<std::size_t>(shape.layers) * shape.slots);
  out.log2phy.resize(out.phy2log.size());
  out.logcnt.resize(static_cast<std::size_t>(shape.layers) * shape.experts);
  reference_placement_into(loads, shape, out);
  return out;
}

void reference_placement_into(const Loads& loads, const Shape& shape, Placement& out) {
  for (std::int64_t i = 0; i < shape.layers; ++i) {
    reference_row(loads.values.data() + i * shape.experts, shape,
                  out.phy2log.data() + i * shape.slots, out.logcnt.data() + i * shape.experts,
                  out.log2phy.data() + i * shape.slots);
  }
}

}  // namespace evenkeel::test
