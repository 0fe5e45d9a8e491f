// With few copies per GPU: takes the copies of one place from all GPUs and gives them back, the heaviest to the
// GPU that has the least left. Neither the largest load nor the sum of squares grows.
#pragma once

#include <cstdint>

#include "core/lanes/lanes.hpp"
#include "core/lanes/sort.hpp"
#include "core/row/keel/differencing.hpp"
#include "core/row/keel/events.hpp"
#include "core/row/keel/state.hpp"

namespace evenkeel::keel {
namespace detail {

// sorted[i]: the i-th rank among those in place p. sorted: [gpus + 1].
template <class Lanes>
HD void ranks_in_place(const Lanes& lanes, const State& s, int p, const DifferencingScratch& d,
                       Index* sorted) {
  if constexpr (Lanes::width == 1) {
    int n = 0;
    for (int r = 0; r < s.slots; ++r) {  // no branch
      sorted[n] = static_cast<Index>(r);
      n += s.place[r] == p ? 1 : 0;
    }
    return;
  }
  for_each_index(lanes, s.gpus, [&](int g) { d.keys[g] = Key{s.rank_at(g, p)} << 32; });
  lanes.sync();
  const Key* found = sort_keys(lanes, d.keys, d.spare, s.gpus);
  for_each_index(lanes, s.gpus, [&](int i) { sorted[i] = static_cast<Index>(found[i] >> 32); });
  lanes.sync();
}

}  // namespace detail

// Two cycles with up to three places per GPU, three with four, none with more. ranks, order: [gpus + 1].
template <class Lanes>
HD void rematch(const Lanes& lanes, const State& s, const DifferencingScratch& d, Index* ranks,
                Index* order) {
  const int cycles = s.places > 4 ? 0 : s.places == 4 ? 3 : 2;
  for (int step = 0; step < cycles * s.places; ++step) {
    const int p = s.places - 1 - step % s.places;
    detail::ranks_in_place(lanes, s, p, d, ranks);
    for_each_index(lanes, s.gpus,
                   [&](int g) { d.next[g] = s.gpu_load[g] - s.weight[s.rank_at(g, p)]; });
    lanes.sync();
    detail::sort_sums(lanes, d.next, s.gpus, d, order);
    for_each_index(lanes, s.gpus, [&](int i) {
      const int g = order[s.gpus - 1 - i];
      put(s, ranks[i], g, p);
      s.gpu_load[g] = d.next[g] + s.weight[ranks[i]];
    });
    lanes.sync();
  }
  if (cycles > 0) tell(lanes, Rematched{s});
}

}  // namespace evenkeel::keel
