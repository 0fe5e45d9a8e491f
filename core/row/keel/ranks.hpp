// The order of the copies by weight.
#pragma once

#include <cstdint>

#include "core/lanes/lanes.hpp"
#include "core/lanes/order.hpp"
#include "core/lanes/select.hpp"
#include "core/lanes/sort.hpp"
#include "core/row/keel/apportion.hpp"
#include "core/row/keel/state.hpp"

namespace evenkeel::keel {
namespace detail {

// The order of experts by weight of a copy, then by load.
HD inline Key weight_key(const State& s, int x) { return largest_first(s.worth[x], x); }

// One lane: the few experts with several copies are sorted and merged with the others, which are sorted already.
template <class Lanes>
HD void first_ranks_of_one_lane(const Lanes& lanes, const State& s, Key* keys, Key* spare) {
  const int candidates = most_split(s.experts, s.slots);
  int split = 0;
  for (int x = 0; x < candidates; ++x) {
    if (s.count[x] > 1) keys[split++] = weight_key(s, x);
  }
  const Key* sorted = split < 2 ? keys : sort_keys(lanes, keys, spare, split);
  int next = 0;  // of the experts with one copy
  int rank = 0;
  for (int i = 0; i < split; ++i) {
    const int x = index_of(sorted[i]);
    for (; next < s.experts; ++next) {
      if (s.count[next] > 1) continue;
      if (sorted[i] < weight_key(s, next)) break;
      s.first[next] = static_cast<Index>(rank++);
    }
    s.first[x] = static_cast<Index>(rank);
    rank += s.count[x];
  }
  for (; next < s.experts && next < candidates; ++next) {
    if (s.count[next] == 1) s.first[next] = static_cast<Index>(rank++);
  }
  const int shift = rank - next;
  for (int x = next; x < s.experts; ++x) s.first[x] = static_cast<Index>(x + shift);
}

// Several lanes: the experts that may have several copies are sorted; each finds its rank by bisection.
template <class Lanes>
HD void first_ranks(const Lanes& lanes, const State& s, Key* keys, Key* spare) {
  if constexpr (Lanes::width == 1) return first_ranks_of_one_lane(lanes, s, keys, spare);
  const int candidates = most_split(s.experts, s.slots);
  for_each_index(lanes, candidates, [&](int x) { keys[x] = weight_key(s, x); });
  lanes.sync();
  if (candidates > 1) sort_keys(lanes, keys, spare, candidates);
  // Before each of them: the copies of those before it, and the others before it.
  if (lanes.rank() == 0) {
    int copies = 0;
    for (int i = 0; i < candidates; ++i) {
      s.first[index_of(keys[i])] = static_cast<Index>(copies);
      copies += s.count[index_of(keys[i])];
    }
  }
  lanes.sync();
  const auto others_before = [&](Key key) {
    return partition_point(candidates, s.experts, [&](int i) { return weight_key(s, i) < key; }) -
           candidates;
  };
  for_each_index(lanes, s.experts - candidates, [&](int i) {
    const int x = candidates + i;
    const Key key = weight_key(s, x);
    const int sorted = partition_point(0, candidates, [&](int j) { return keys[j] < key; });
    const int last = sorted == 0 ? 0 : index_of(keys[sorted - 1]);
    const int before = sorted == 0 ? 0 : s.first[last] + s.count[last];
    s.first[x] = static_cast<Index>(i + before);
  });
  lanes.sync();
  for_each_index(lanes, candidates, [&](int i) {
    const int x = index_of(keys[i]);
    s.first[x] = static_cast<Index>(s.first[x] + others_before(keys[i]));
  });
}

}  // namespace detail

// Fills weight and expert by rank from count, first and worth.
template <class Lanes>
HD void write_ranks(const Lanes& lanes, const State& s) {
  for_each_index(lanes, s.experts, [&](int x) {
    const int first = s.first[x];
    s.weight[first] = s.worth[x];
    s.expert[first] = static_cast<Index>(x);
    if (s.count[x] == 1) return;
    for (int r = first + 1; r < first + s.count[x]; ++r) {
      s.weight[r] = s.worth[x];
      s.expert[r] = static_cast<Index>(x);
    }
  });
  for_each_index(lanes, kBlock, [&](int i) { s.weight[s.slots + i] = 0; });
  lanes.sync();
}

// From counts to ranks. keys: [experts], spare: [sort_spare(experts)].
template <class Lanes>
HD void rank_copies(const Lanes& lanes, const State& s, Key* keys, Key* spare) {
  const int candidates = most_split(s.experts, s.slots);
  for_each_index(lanes, candidates, [&](int x) { s.worth[x] = fixed_point(s, x, s.count[x]); });
  for_each_index(lanes, s.experts - candidates, [&](int i) {
    s.worth[candidates + i] =
        static_cast<std::int32_t>(static_cast<double>(s.load[candidates + i]) * s.scale + 0.5);
  });
  lanes.sync();
  detail::first_ranks(lanes, s, keys, spare);
  lanes.sync();
  write_ranks(lanes, s);
}

}  // namespace evenkeel::keel
