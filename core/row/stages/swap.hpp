// What the refinements share: loads of bins, the members of a bin, one swap, and places afterwards.
#pragma once

#include "core/lanes/lanes.hpp"
#include "core/lanes/order.hpp"
#include "core/lanes/select.hpp"
#include "core/lanes/sort.hpp"
#include "core/row/scratch.hpp"
#include "core/row/stages/items.hpp"

namespace evenkeel {

// s.bin_load[b] = the weights of bin b's items, added up in binary32 by ascending item. Each bin belongs
// to one lane, which passes over all items: the order of additions is that of one lane.
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

// The two heaviest, the two lightest items of a bin; the lowest item on ties.
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

// Writes key_of(item) of the bin's room() items to keys, by ascending item. All lanes see them.
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

// Numbers the places of a bin anew: by the rank each item had, in the bin it came from, then by item.
template <class Lanes>
HD void rank_again(const Lanes& lanes, const Items& items, const Packed& packed, int bin,
                   const PackScratch& s) {
  list_members(lanes, items, packed, bin, s.keys,
               [&](int i) { return Key{packed.rank[i]} << 32 | static_cast<Key>(i); });
  const Key* sorted = sort_keys(lanes, s.keys, s.spare, items.room());
  for_each_index(lanes, items.room(), [&](int place) {
    packed.rank[index_of(sorted[place])] = static_cast<Index>(place);
  });
  lanes.sync();
}

// One item of the heavy bin for one of the light bin.
struct Swap {
  int heavy_item = -1;  // -1: none
  int light_item = -1;
  int light_bin = -1;
  double remains = 0;  // what would be left of the difference of the two loads
  double difference = 0;
};

// Items change bins; ranks stay as they are.
template <class Lanes>
HD void exchange(const Lanes& lanes, const Packed& packed, int heavy_bin, const Swap& swap) {
  lanes.sync();  // all lanes have read the bins
  if (lanes.rank() == 0) {
    packed.bin[swap.heavy_item] = static_cast<Index>(swap.light_bin);
    packed.bin[swap.light_item] = static_cast<Index>(heavy_bin);
  }
  lanes.sync();
}

// The same, and the loads of both bins follow, two roundings each.
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
