#include "tests/reference.hpp"

#include <algorithm>
#include <cmath>
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

}  // namespace

float reference_sum(const std::vector<float>& x) {
  using Vector = std::vector<float>;
  const auto add = [](Vector& into, const Vector& v) {
    for (std::size_t i = 0; i < v.size(); ++i) into[i] = into[i] + v[i];
  };
  const auto strip = [&](const std::vector<Vector>& vec) {
    const std::size_t width = vec[0].size();
    const std::size_t m = vec.size();
    const std::size_t q = m / 4;
    std::vector<Vector> part(4, Vector(width, 0.0f));
    if (q < 16) {
      for (std::size_t i = 0; i < q; ++i) {
        for (std::size_t k = 0; k < 4; ++k) add(part[k], vec[4 * i + k]);
      }
    } else {
      const std::size_t log =
          static_cast<std::size_t>(std::ceil(std::log2(static_cast<double>(q))));
      const std::size_t p = std::max<std::size_t>(4, log / 4);
      const std::size_t step = std::size_t{1} << p;
      std::vector<std::vector<Vector>> acc(4, std::vector<Vector>(4, Vector(width, 0.0f)));
      std::size_t i = 0;
      while (i + step <= q) {
        for (std::size_t repeat = 0; repeat < step; ++repeat, ++i) {
          for (std::size_t k = 0; k < 4; ++k) add(acc[0][k], vec[4 * i + k]);
        }
        for (std::size_t j = 1; j <= 3; ++j) {
          for (std::size_t k = 0; k < 4; ++k) {
            add(acc[j][k], acc[j - 1][k]);
            acc[j - 1][k].assign(width, 0.0f);
          }
          if ((i & ((step - 1) << (j * p))) != 0) break;
        }
      }
      for (; i < q; ++i) {
        for (std::size_t k = 0; k < 4; ++k) add(acc[0][k], vec[4 * i + k]);
      }
      for (std::size_t k = 0; k < 4; ++k) {
        part[k] = acc[0][k];
        for (std::size_t j = 1; j < 4; ++j) add(part[k], acc[j][k]);
      }
    }
    for (std::size_t i = 4 * q; i < m; ++i) add(part[0], vec[i]);
    for (std::size_t k = 1; k < 4; ++k) add(part[0], part[k]);
    return part[0];
  };
  const std::size_t n = x.size();
  if (n < 8) {
    std::vector<Vector> single;
    for (const float value : x) single.push_back({value});
    return strip(single)[0];
  }
  std::vector<Vector> vectors;
  for (std::size_t i = 0; i + 8 <= n; i += 8) {
    vectors.emplace_back(x.begin() + static_cast<std::ptrdiff_t>(i),
                         x.begin() + static_cast<std::ptrdiff_t>(i + 8));
  }
  const Vector v = strip(vectors);
  float t = 0;
  for (std::size_t k = n / 8 * 8; k < n; ++k) t = t + x[k];
  for (std::size_t k = 0; k < 8; ++k) t = t + v[k];
  return t;
}

void reference_row(const float* loads, const Shape& shape, std::int32_t* phy2log,
                   std::int32_t* logcnt, std::int32_t* log2phy) {
  const int size = shape.experts / shape.groups;
  const int groups_per_node = shape.groups / shape.nodes;
  const int experts = shape.experts / shape.nodes;
  const int slots = shape.slots / shape.nodes;

  std::vector<float> group_loads(shape.groups);
  for (int k = 0; k < shape.groups; ++k) {
    group_loads[k] = reference_sum({loads + k * size, loads + (k + 1) * size});
  }
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
