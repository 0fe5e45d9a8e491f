// Stage 2: which bin does each item go to? Groups are packed onto nodes, slots onto GPUs.
#pragma once

#include "core/lanes.hpp"
#include "core/order.hpp"
#include "core/random.hpp"
#include "core/rules.hpp"
#include "core/scratch.hpp"
#include "core/sort.hpp"
#include "core/tournament.hpp"

namespace evenkeel {

// Where each item went. Every bin holds exactly items / bins of them.
struct Packed {
  Index* bin;   // [items]
  Index* rank;  // [items] the place in the bin, 0 .. items/bins - 1
};

// Packing::greedy. weights: [items] binary32; bins divides items.
template <class Lanes>
HD void pack_greedy(const Lanes& lanes, const float* weights, int items, int bins,
                    const PackScratch& s, const Packed& out) {
  for_each_index(lanes, items, [&](int i) { s.keys[i] = heaviest_first(weights[i], i); });
  for_each_index(lanes, bins, [&](int b) { s.filled[b] = 0; });
  lanes.sync();
  const Key* heaviest = sort_keys(lanes, s.keys, s.spare, items);

  const int room = items / bins;
  Tournament<Lanes> lightest(lanes, s.tournament, bins,
                             [](int b) { return lightest_first(0.0f, b); });
  for (int i = 0; i < items; ++i) {
    const int item = index_of(heaviest[i]);
    const Key best = lightest.best();
    const int bin = index_of(best);
    const int place = s.filled[bin];
    lanes.sync();  // all lanes have read the place
    if (lanes.rank() == 0) {
      out.bin[item] = static_cast<Index>(bin);
      out.rank[item] = static_cast<Index>(place);
      s.filled[bin] = static_cast<Index>(place + 1);
    }
    const float load = light_value(best) + weights[item];
    lightest.replace(bin, place + 1 == room ? kNever : lightest_first(load, bin));
    lanes.sync();  // and see the next one
  }
}

// Packing::in_order.
template <class Lanes>
HD void pack_in_order(const Lanes& lanes, int items, int bins, const Packed& out) {
  const int room = items / bins;
  for_each_index(lanes, bins, [&](int bin) {
    for (int rank = 0; rank < room; ++rank) {
      out.bin[bin * room + rank] = static_cast<Index>(bin);
      out.rank[bin * room + rank] = static_cast<Index>(rank);
    }
  });
  lanes.sync();
}

// Packing::random. Drawing is sequential, so one lane does it.
template <class Lanes>
HD void pack_random(const Lanes& lanes, int items, int bins, Random& random, const Packed& out) {
  if (lanes.rank() == 0) {
    const int room = items / bins;
    for (int i = 0; i < items; ++i) out.rank[i] = static_cast<Index>(i);
    shuffle(random, out.rank, items);
    for (int i = 0; i < items; ++i) {
      out.bin[i] = static_cast<Index>(out.rank[i] / room);
      out.rank[i] = static_cast<Index>(out.rank[i] % room);
    }
  }
  lanes.sync();
}

// weights: [items]; bins divides items. All lanes see the result.
template <class Lanes>
HD void pack(const Lanes& lanes, Packing rule, const float* weights, int items, int bins,
             Random& random, const PackScratch& s, const Packed& out) {
  if (rule == Packing::random) {
    pack_random(lanes, items, bins, random, out);
  } else if (rule == Packing::in_order || items == bins) {
    // With one item a bin every packing is as good as any other: all strategies keep the order.
    pack_in_order(lanes, items, bins, out);
  } else {
    pack_greedy(lanes, weights, items, bins, s, out);
  }
}

}  // namespace evenkeel
