// The first placement: heaviest first into the lightest GPU (Graham's LPT with a limit on the copies per GPU).
#pragma once

#include <cstdint>

#include "core/lanes/lanes.hpp"
#include "core/lanes/order.hpp"
#include "core/lanes/tournament.hpp"
#include "core/row/keel/events.hpp"
#include "core/row/keel/state.hpp"

namespace evenkeel::keel {

// Fills load_at from gpu_load.
template <class Lanes>
HD void spread_loads(const Lanes& lanes, const State& s) {
  for_each_index(lanes, s.slots, [&](int r) { s.load_at[r] = s.gpu_load[s.gpu[r]]; });
  for_each_index(lanes, kBlock, [&](int i) { s.load_at[s.slots + i] = kFull; });
  lanes.sync();
}

// Derives the rest from gpu and place.
template <class Lanes>
HD void index_places(const Lanes& lanes, const State& s) {
  for_each_index(lanes, s.slots,
                 [&](int r) { s.rank_at(s.gpu[r], s.place[r]) = static_cast<Index>(r); });
  lanes.sync();
  for_each_index(lanes, s.gpus, [&](int g) {
    std::int32_t sum = 0;
    for (int p = 0; p < s.places; ++p) sum += s.weight[s.rank_at(g, p)];
    s.gpu_load[g] = sum;
  });
  lanes.sync();
  spread_loads(lanes, s);
}

// Deals the ranks like cards: copies of an expert come to different GPUs.
template <class Lanes>
HD void deal(const Lanes& lanes, const State& s) {
  for_each_index(lanes, s.gpus, [&](int g) {
    for (int p = 0; p < s.places; ++p) put(s, p * s.gpus + g, g, p);
  });
  lanes.sync();
  index_places(lanes, s);
  tell(lanes, Started{s, Start::deal});
}

// tournament: [space(gpus)].
template <class Lanes>
HD void place_heaviest_first(const Lanes& lanes, const State& s, Key* tournament) {
  // gpu_load counts the copies on the GPU until the end.
  for_each_index(lanes, s.gpus, [&](int g) {
    put(s, g, g, 0);
    s.gpu_load[g] = 1;
  });
  lanes.sync();
  Tournament<Lanes> lightest(lanes, tournament, s.gpus,
                             [&](int g) { return smallest_first(s.weight[g], g); });
  for (int r = s.gpus; r < s.slots; ++r) {
    const Key best = lightest.best();
    const int g = index_of(best);
    if (!lightest.owns(g)) continue;  // only the owner reads and writes gpu_load[g]
    const int p = s.gpu_load[g]++;
    put(s, r, g, p);
    lightest.replace(
        g, p + 1 == s.places ? kNever : smallest_first(small_value(best) + s.weight[r], g));
  }
  lanes.sync();
  index_places(lanes, s);
  tell(lanes, Started{s, Start::heaviest_first});
}

}  // namespace evenkeel::keel
