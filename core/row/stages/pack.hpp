// Stage 2: assigns items to bins. Groups are packed onto nodes, slots onto GPUs.
//
// This file has the rules that use only weights. pack_experts.hpp has the rules that also use the expert of
// each slot.
#pragma once

#include "core/lanes/lanes.hpp"
#include "core/lanes/order.hpp"
#include "core/lanes/random.hpp"
#include "core/lanes/tournament.hpp"
#include "core/model/rules.hpp"
#include "core/row/events.hpp"
#include "core/row/scratch.hpp"
#include "core/row/stages/items.hpp"
#include "core/row/stages/pack_experts.hpp"

namespace evenkeel {

// Packing::greedy and greedy_binary64. Load: the number type in which bin loads are added up; K: its key.
template <class Load, class K, class Lanes>
HD void pack_greedy(const Lanes& lanes, const Items& items, K* space, const PackScratch& s,
                    const Packed& out) {
  const Key* heaviest = sort_heaviest_first(lanes, items, s);
  Tournament<Lanes, K> lightest(lanes, space, items.bins,
                                [](int b) { return lightest_first(Load{0}, b); });
  for (int i = 0; i < items.count; ++i) {
    const Key item = heaviest[i];
    const K best = lightest.best();
    const int bin = index_of(best);
    if (!lightest.owns(bin)) continue;  // only the owner reads and writes filled[bin]
    const int place = s.filled[bin];
    put(index_of(item), bin, place, s, out);
    tell(lanes, ItemPlaced{index_of(item)});
    const Load load = light_value(best) + static_cast<Load>(heavy_value(item));
    lightest.replace(bin, place + 1 == items.room(bin) ? worst(K{}) : lightest_first(load, bin));
  }
  lanes.sync();
}

// Packing::in_order.
template <class Lanes>
HD void pack_in_order(const Lanes& lanes, const Items& items, const Packed& out) {
  for_each_index(lanes, items.bins, [&](int bin) {
    const int start = items.start(bin);
    for (int rank = 0; rank < items.room(bin); ++rank) {
      out.bin[start + rank] = static_cast<Index>(bin);
      out.rank[start + rank] = static_cast<Index>(rank);
    }
  });
  lanes.sync();
  tell(lanes, AllPlaced{});
}

// The bin that has a place. Bins have at most items.most places, so the search begins at or before it, and with
// equal bins at it.
HD inline int bin_of_place(const Items& items, int place) {
  int bin = place / items.most;
  while (items.start(bin + 1) <= place) ++bin;
  return bin;
}

// Packing::random. Random draws are sequential, so one lane makes them.
template <class Lanes>
HD void pack_random(const Lanes& lanes, const Items& items, Random& random, const Packed& out) {
  if (lanes.rank() == 0) {
    for (int i = 0; i < items.count; ++i) out.rank[i] = static_cast<Index>(i);
    shuffle(random, out.rank, items.count);
    for (int i = 0; i < items.count; ++i) {
      const int bin = bin_of_place(items, out.rank[i]);
      out.bin[i] = static_cast<Index>(bin);
      out.rank[i] = static_cast<Index>(out.rank[i] - items.start(bin));
    }
  }
  lanes.sync();
  tell(lanes, AllPlaced{});
}

// All lanes see the result.
template <class Lanes>
HD void pack(const Lanes& lanes, Packing rule, const Items& items, Random& random,
             const PackScratch& s, const Packed& out) {
  // With one item per bin all packings are equally good: all strategies keep the order.
  if (items.most == 1 && rule != Packing::random) rule = Packing::in_order;
  if (rule == Packing::copies_apart && items.are_groups()) rule = Packing::greedy_binary64;
  switch (rule) {
    case Packing::greedy:
      return pack_greedy<float>(lanes, items, s.tournament, s, out);
    case Packing::greedy_binary64:
      return pack_greedy<double>(lanes, items, s.wide_tournament, s, out);
    case Packing::near_tie:
      return pack_near_tie(lanes, items, s, out);
    case Packing::copies_apart:
      return pack_copies_apart(lanes, items, s, out);
    case Packing::in_order:
      return pack_in_order(lanes, items, out);
    case Packing::random:
      return pack_random(lanes, items, random, out);
  }
}

}  // namespace evenkeel
