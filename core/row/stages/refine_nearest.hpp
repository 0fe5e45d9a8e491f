// Refinement::nearest_difference: for each item of the heaviest bin, the two items of the lightest bin whose
// swap would bring the two loads closest together.
#pragma once

#include "core/lanes/lanes.hpp"
#include "core/lanes/order.hpp"
#include "core/lanes/select.hpp"
#include "core/lanes/sort.hpp"
#include "core/row/scratch.hpp"
#include "core/row/stages/items.hpp"
#include "core/row/stages/swap.hpp"

namespace evenkeel {
namespace detail {

HD inline float magnitude(float value) { return value < 0 ? -value : value; }
HD inline double magnitude(double value) { return value < 0 ? -value : value; }

// Among `count` items in ascending order of weight: the position of the first item with a weight of at least
// `target` (choice 0), or of the item before it (choice 1); the nearest end if there is none.
HD inline int near_target(const float* weights, const Key* ascending, int count, float target,
                          int choice) {
  const int first =
      partition_point(0, count, [&](int i) { return weights[index_of(ascending[i])] < target; });
  const int above = first < count ? first : count - 1;
  const int below = above > 0 ? above - 1 : 0;
  return choice == 0 ? above : below;
}

template <class Lanes>
HD Swap find_nearest(const Lanes& lanes, const Items& items, const Packed& packed,
                     const PackScratch& s, int heavy, int light) {
  const int light_room = items.room(light);
  const float difference = s.bin_load[heavy] - s.bin_load[light];
  Swap swap;
  swap.light_bin = light;
  swap.difference = static_cast<double>(difference);
  if (swap.difference <= 1e-9) return swap;

  list_members(lanes, items, packed, light, s.keys,
               [&](int i) { return lightest_first(items.weights[i], i); });
  const Key* ascending = sort_keys(lanes, s.keys, s.spare, light_room);
  Key* members = s.members;
  list_members(lanes, items, packed, heavy, members, [](int i) { return static_cast<Key>(i); });

  const auto partner = [&](int pair) {
    const float target = items.weights[index_of(members[pair / 2])] - difference / 2;
    return index_of(ascending[near_target(items.weights, ascending, light_room, target, pair % 2)]);
  };
  // Pairs are numbered by item of the heavy bin, then by choice; the number breaks ties.
  const int best = index_of(least_of(lanes, 2 * items.room(heavy), [&](int pair) {
    const float gain = items.weights[index_of(members[pair / 2])] - items.weights[partner(pair)];
    return lightest_first(magnitude(difference - 2 * gain), pair);
  }));
  swap.heavy_item = index_of(members[best / 2]);
  swap.light_item = partner(best);
  const double gain = static_cast<double>(items.weights[swap.heavy_item]) -
                      static_cast<double>(items.weights[swap.light_item]);
  swap.remains = magnitude(swap.difference - 2 * gain);
  return swap;
}

}  // namespace detail

template <class Lanes>
HD void refine_nearest_difference(const Lanes& lanes, const Items& items, const PackScratch& s,
                                  const Packed& packed) {
  const int steps = items.are_groups() ? 1 : 2;
  for (int step = 0; step < steps; ++step) {
    add_up_bins(lanes, items, packed, s);
    const int heavy = heaviest_bin(lanes, items, s);
    const int light = index_of(
        least_of(lanes, items.bins, [&](int b) { return lightest_first(s.bin_load[b], b); }));
    const Swap swap = detail::find_nearest(lanes, items, packed, s, heavy, light);
    if (swap.heavy_item < 0 || !(swap.remains < swap.difference - 1e-9)) return;
    exchange(lanes, packed, heavy, swap);
    rank_again(lanes, items, packed, heavy, s);
    rank_again(lanes, items, packed, light, s);
  }
}

}  // namespace evenkeel
