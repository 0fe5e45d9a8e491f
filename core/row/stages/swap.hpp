// Shared by the refinements: loads of bins, members of a bin, one swap, and renumbering of places.
#pragma once

#include "core/lanes/lanes.hpp"
#include "core/lanes/order.hpp"
#include "core/lanes/select.hpp"
#include "core/lanes/sort.hpp"
#include "core/row/events.hpp"
#include "core/row/scratch.hpp"
#include "core/row/stages/items.hpp"

namespace evenkeel {

// s.bin_load[b] = the sum of the weights of bin b's items, added in binary32 in ascending order of items.
// Each bin belongs to one lane, which scans all items, so the order of additions does not depend on the
// number of lanes.
template <class Lanes>
HD void add_up_bins(const Lanes& lanes, const Items& items, const Packed& packed,
                    const PackScratch& s) {
  for_each_index(lanes, items.bins, [&](int b) { s.bin_load[b] = 0; });
  for (int i = 0; i < items.count; ++i) {
    const int bin = packed.bin[i];
    if (bin % Lanes::width == lanes.rank()) s.bin_load[bin] += items.weights[i];
  }
  lanes.sync();
}

template <class Lanes>
HD int heaviest_bin(const Lanes& lanes, const Items& items, const PackScratch& s) {
  return index_of(
      least_of(lanes, items.bins, [&](int b) { return heaviest_first(s.bin_load[b], b); }));
}

// The two heaviest and the two lightest items of a bin; the lowest index wins ties.
template <class Lanes>
HD TwoKeys two_heaviest(const Lanes& lanes, const Items& items, const Packed& packed, int bin) {
  return two_least_of(lanes, items.count, [&](int i) {
    return packed.bin[i] == bin ? heaviest_first(items.weights[i], i) : kNever;
  });
}
template <class Lanes>
HD TwoKeys two_lightest(const Lanes& lanes, const Items& items, const Packed& packed, int bin) {
  return two_least_of(lanes, items.count, [&](int i) {
    return packed.bin[i] == bin ? lightest_first(items.weights[i], i) : kNever;
  });
}

// Writes key_of(item) for each item of the bin to `keys`, in ascending order of items. All lanes
// see them.
template <class Lanes, class KeyOf>
HD void list_members(const Lanes& lanes, const Items& items, const Packed& packed, int bin,
                     Key* keys, KeyOf key_of) {
  const int share = (items.count + Lanes::width - 1) / Lanes::width;
  const int begin = lanes.rank() * share < items.count ? lanes.rank() * share : items.count;
  const int end = begin + share < items.count ? begin + share : items.count;
  int mine = 0;
  for (int i = begin; i < end; ++i) mine += packed.bin[i] == bin ? 1 : 0;
  int place = lanes.sum_before(mine);
  for (int i = begin; i < end; ++i) {
    if (packed.bin[i] == bin) keys[place++] = key_of(i);
  }
  lanes.sync();
}

// Renumbers the places of a bin: by each item's rank in the bin from which it came, then by item.
template <class Lanes>
HD void rank_again(const Lanes& lanes, const Items& items, const Packed& packed, int bin,
                   const PackScratch& s) {
  list_members(lanes, items, packed, bin, s.keys,
               [&](int i) { return Key{packed.rank[i]} << 32 | static_cast<Key>(i); });
  const int room = items.room(bin);
  const Key* sorted = sort_keys(lanes, s.keys, s.spare, room);
  for_each_index(lanes, room, [&](int place) {
    packed.rank[index_of(sorted[place])] = static_cast<Index>(place);
  });
  lanes.sync();
  tell(lanes, PlacesRenumbered{});
}

// A swap of one item of the heavy bin with one item of the light bin.
struct Swap {
  int heavy_item = -1;  // -1: none
  int light_item = -1;
  int light_bin = -1;
  double remains = 0;     // the difference of the two loads after the swap
  double difference = 0;  // and before it
};

// Swaps the bins of the two items; ranks do not change.
template <class Lanes>
HD void exchange(const Lanes& lanes, const Packed& packed, int heavy_bin, const Swap& swap) {
  lanes.sync();  // all lanes have read the bins
  if (lanes.rank() == 0) {
    packed.bin[swap.heavy_item] = static_cast<Index>(swap.light_bin);
    packed.bin[swap.light_item] = static_cast<Index>(heavy_bin);
  }
  lanes.sync();
  tell(lanes, ItemsSwapped{swap.heavy_item, swap.light_item});
}

// The same, and updates the loads of both bins with two rounded operations each.
template <class Lanes>
HD void exchange_with_loads(const Lanes& lanes, const Items& items, const Packed& packed,
                            int heavy_bin, const Swap& swap, const PackScratch& s) {
  const float a = items.weights[swap.heavy_item];
  const float b = items.weights[swap.light_item];
  exchange(lanes, packed, heavy_bin, swap);
  if (lanes.rank() == 0) {
    s.bin_load[heavy_bin] = s.bin_load[heavy_bin] - a + b;
    s.bin_load[swap.light_bin] = s.bin_load[swap.light_bin] - b + a;
  }
  lanes.sync();
}

}  // namespace evenkeel
