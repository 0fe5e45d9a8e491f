// How many copies each expert gets: Adams' method of apportionment, which minimises the largest load per copy.
#pragma once

#include <cstdint>

#include "core/lanes/lanes.hpp"
#include "core/lanes/order.hpp"
#include "core/lanes/sort.hpp"
#include "core/lanes/tournament.hpp"
#include "core/row/keel/counting_sort.hpp"
#include "core/row/keel/events.hpp"
#include "core/row/keel/high_bits_sort.hpp"
#include "core/row/keel/state.hpp"

namespace evenkeel::keel {

// The experts that can get a second copy: each extra copy goes to the largest average, so the first extra
// copies go to the heaviest experts.
HD inline int most_split(int experts, int slots) {
  return slots - experts < experts ? slots - experts : experts;
}

// One lane sorts up to this many loads by counting.
inline constexpr int kShortSort = 64;

// Sorts the keys of loads; they are then in `keys` or in `spare`.
template <class Lanes>
HD const Key* sort_loads(const Lanes& lanes, Key* keys, Key* spare, int experts) {
  if constexpr (Lanes::width == 1) {
    if (experts <= kHighBitsLimit) {
      sort_by_high_bits(keys, spare, experts);
      return keys;
    }
  }
  return sort_keys(lanes, keys, spare, experts);
}

// order[x]: the expert with the x-th largest load. keys: [experts], spare: [sort_spare(experts)].
template <class Lanes>
HD void sort_by_load(const Lanes& lanes, const float* loads, int experts, Key* keys, Key* spare,
                     Index* order) {
  if constexpr (Lanes::width == 1) {
    if (experts <= kShortSort) {
      std::int32_t bits[kShortSort] = {};
      std::int32_t larger[kShortSort];
      for (int i = 0; i < experts; ++i) bits[i] = static_cast<std::int32_t>(ordered_bits(loads[i]));
      return counting_sort(bits, experts, larger, order);
    }
  }
  for_each_index(lanes, experts, [&](int i) { keys[i] = heaviest_first(loads[i], i); });
  lanes.sync();
  const Key* sorted = sort_loads(lanes, keys, spare, experts);
  for_each_index(lanes, experts,
                 [&](int x) { order[x] = static_cast<Index>(index_of(sorted[x])); });
  lanes.sync();
}

// Fills count[x] for experts with descending load(x); `fewest` to `most` copies each. tournament: [space(experts)].
template <class Lanes, class Load>
HD void apportion(const Lanes& lanes, int experts, int slots, int fewest, int most, Key* tournament,
                  Load load, Index* count) {
  for_each_index(lanes, experts, [&](int x) { count[x] = static_cast<Index>(fewest); });
  lanes.sync();
  tell(lanes, CountsBegin{});
  const int split = most_split(experts, slots);
  if (split == 0) return;
  const auto key_of = [&](int x, int copies) {
    return copies == most ? kNever : heaviest_first(load(x) / static_cast<float>(copies), x);
  };
  Tournament<Lanes> highest(lanes, tournament, split, [&](int x) { return key_of(x, fewest); });
  for (int slot = experts * fewest; slot < slots; ++slot) {
    const int x = index_of(highest.best());
    if (!highest.owns(x)) continue;  // only the owner reads and writes count[x]
    ++count[x];
    highest.replace(x, key_of(x, count[x]));
    tell(lanes, CountGrown{x});
  }
  lanes.sync();
}

// The largest load per copy.
template <class Lanes, class Load>
HD double largest_copy(const Lanes& lanes, int experts, int slots, Load load, const Index* count) {
  const int split = most_split(experts, slots);
  const int n = split < experts ? split + 1 : experts;
  double mine = 0;
  for_each_index(lanes, n, [&](int x) {
    const double copy = static_cast<double>(load(x)) / count[x];
    mine = copy > mine ? copy : mine;
  });
  return __builtin_bit_cast(double, ~lanes.min(~ordered_bits(mine)));
}

}  // namespace evenkeel::keel
