// The first placement by balanced differencing (Karmarkar and Karp; Yakir; Michiels, Korst and Aarts).
//
// The ranks are cut into lists of G: list i gives every GPU its copy in place i. Two lists with the largest
// spreads are added, the largest element of one to the smallest of the other, until one list is left.
#pragma once

#include <cstdint>

#include "core/lanes/lanes.hpp"
#include "core/lanes/order.hpp"
#include "core/lanes/sort.hpp"
#include "core/lanes/tournament.hpp"
#include "core/row/keel/counting_sort.hpp"
#include "core/row/keel/events.hpp"
#include "core/row/keel/state.hpp"

namespace evenkeel::keel {

struct DifferencingScratch {
  std::int32_t* sum;  // [slots] of each list
  // [slots] of each addition: which element of the first list is in each element of the result.
  Index* left;
  Index* node;  // [places] what a list has become: below `places` a list of ranks, then an addition
  Index* children[2];    // [places] of each addition
  Key* tournament;       // [space(places)]
  Key* keys;             // [gpus]
  Key* spare;            // [sort_spare(gpus)]
  std::int16_t* key;     // [kCountingLimit]
  std::int16_t* larger;  // [kCountingLimit]
  std::int32_t* next;    // [gpus]
};

namespace detail {

// order[i]: the position of the i-th largest of n sums. Up to kCountingLimit sums, differences below a 16,384th of
// their spread do not count; equal ones keep their order.
template <class Lanes>
HD void sort_sums(const Lanes& lanes, const std::int32_t* sums, int n, const DifferencingScratch& s,
                  Index* order) {
  if (n > kCountingLimit) {
    for_each_index(lanes, n, [&](int p) { s.keys[p] = largest_first(sums[p], p); });
    lanes.sync();
    const Key* sorted = sort_keys(lanes, s.keys, s.spare, n);
    for_each_index(lanes, n, [&](int i) { order[i] = static_cast<Index>(index_of(sorted[i])); });
    lanes.sync();
    return;
  }
  const auto extreme = [&](bool least) {
    std::int32_t mine = least ? kFull : 0;
    for_each_index(lanes, n, [&](int p) { mine = (sums[p] < mine) == least ? sums[p] : mine; });
    const std::uint64_t found = lanes.min(static_cast<std::uint64_t>(least ? mine : kFull - mine));
    return least ? static_cast<std::int32_t>(found) : kFull - static_cast<std::int32_t>(found);
  };
  const std::int32_t least = extreme(true);
  const std::int32_t most = extreme(false);
  int shift = 0;
  while ((most - least) >> shift >= 1 << 15) ++shift;
  for_each_index(lanes, n,
                 [&](int p) { s.key[p] = static_cast<std::int16_t>((sums[p] - least) >> shift); });
  lanes.sync();
  if constexpr (Lanes::width == 1) {
    counting_sort(s.key, n, s.larger, order);
  } else {
    for_each_index(lanes, n, [&](int p) {
      int before = 0;
      for (int q = 0; q < n; ++q)
        before += s.key[q] > s.key[p] || (s.key[q] == s.key[p] && q < p) ? 1 : 0;
      order[before] = static_cast<Index>(p);
    });
  }
  lanes.sync();
}

HD inline Key spread_key(const DifferencingScratch& s, int list, int gpus) {
  return largest_first(s.sum[list * gpus] - s.sum[list * gpus + gpus - 1], list);
}

}  // namespace detail

// At least two places. All lanes see the placement.
template <class Lanes>
HD void place_by_differencing(const Lanes& lanes, const State& s, const DifferencingScratch& d) {
  const int gpus = s.gpus;
  const int lists = s.places;
  for_each_index(lanes, s.slots, [&](int r) { d.sum[r] = s.weight[r]; });
  for_each_index(lanes, lists, [&](int i) { d.node[i] = static_cast<Index>(i); });
  lanes.sync();
  Tournament<Lanes> widest(lanes, d.tournament, lists,
                           [&](int i) { return detail::spread_key(d, i, gpus); });
  for (int step = 0; step < lists - 1; ++step) {
    const int a = index_of(widest.best());
    const int b = index_of(widest.second());
    std::int32_t* sum = d.sum + a * gpus;
    const std::int32_t* other = d.sum + b * gpus;
    for_each_index(lanes, gpus, [&](int p) { d.next[p] = sum[p] + other[gpus - 1 - p]; });
    lanes.sync();
    if (lanes.rank() == 0) {
      d.children[0][step] = d.node[a];
      d.children[1][step] = d.node[b];
      d.node[a] = static_cast<Index>(lists + step);
    }
    Index* left = d.left + step * gpus;
    detail::sort_sums(lanes, d.next, gpus, d, left);
    for_each_index(lanes, gpus, [&](int p) { sum[p] = d.next[left[p]]; });
    lanes.sync();
    widest.replace(b, kNever);
    widest.replace(a, detail::spread_key(d, a, gpus));
  }
  const int last = index_of(widest.best());
  for_each_index(lanes, gpus, [&](int g) { s.gpu_load[g] = d.sum[last * gpus + g]; });
  lanes.sync();
  // From the last addition down: `left` becomes the element of the first child that GPU g has.
  for (int step = lists - 2; step >= 0; --step) {
    const Index* left = d.left + step * gpus;
    for (int side = 0; side < 2; ++side) {
      const int child = d.children[side][step];
      const auto element = [&](int g) { return side == 0 ? left[g] : gpus - 1 - left[g]; };
      if (child < lists) {
        for_each_index(lanes, gpus, [&](int g) { put(s, child * gpus + element(g), g, child); });
        continue;
      }
      Index* below = d.left + (child - lists) * gpus;
      for_each_index(lanes, gpus, [&](int g) { d.next[g] = below[element(g)]; });
      lanes.sync();
      for_each_index(lanes, gpus, [&](int g) { below[g] = static_cast<Index>(d.next[g]); });
      lanes.sync();
    }
  }
  lanes.sync();
  tell(lanes, Started{s, Start::differencing});
}

}  // namespace evenkeel::keel
