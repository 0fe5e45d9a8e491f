// The search: swaps and overwrites as long as one helps, then kicks.
#pragma once

#include <cstdint>

#include "core/lanes/lanes.hpp"
#include "core/lanes/random.hpp"
#include "core/row/mean_of_max/overwrite.hpp"
#include "core/row/mean_of_max/place.hpp"
#include "core/row/mean_of_max/score.hpp"
#include "core/row/mean_of_max/scratch.hpp"
#include "core/row/mean_of_max/state.hpp"
#include "core/row/mean_of_max/swap.hpp"

namespace evenkeel::mean_of_max {

// Improves the placement by swaps and overwrites at the GPUs that have changed.
template <class Lanes>
HD void improve(const Lanes& lanes, State& s, Now& now, const PlanScratch& k) {
  int clean = 0;
  for (int g = 0; clean < s.gpus; g = g + 1 == s.gpus ? 0 : g + 1) {
    if (s.dirty[g] == 0) {
      ++clean;
      continue;
    }
    clean = 0;
    lanes.sync();
    if (lanes.rank() == 0) s.dirty[g] = 0;
    lanes.sync();
    swap_with_others(lanes, s, g, now, k.swap);
    for (int slot = s.gpu_slots.first(g); slot < s.gpu_slots.end(g); ++slot) {
      overwrite(lanes, s, slot, false, now, k.overwrite);
    }
  }
}

HD inline int draw(Random& random, int n) {
  return static_cast<int>((random.next() >> 32) * static_cast<std::uint64_t>(n) >> 32);
}

// A few random swaps and overwrites.
template <class Lanes>
HD void kick(const Lanes& lanes, State& s, Random& random) {
  const int number = 1 + draw(random, 3);
  for (int i = 0; i < number; ++i) {
    const int slot = draw(random, s.slots);
    const int x = s.expert[slot];
    const int g = s.gpu_slots.gpu_of(slot);
    if (draw(random, 4) == 0 && s.slots > s.experts) {
      const int y = draw(random, s.experts);
      if (y == x || s.count[x] < 2 || s.node[y] != s.node[x] || !may_come(s, y, g) ||
          !may_leave(s, x, g))
        continue;
      take_out(lanes, s, slot);
      put_in(lanes, s, slot, y);
      mark(lanes, s, x);
      mark(lanes, s, y);
      continue;
    }
    const int other = draw(random, s.slots);
    const int y = s.expert[other];
    const int h = s.gpu_slots.gpu_of(other);
    if (y == x || g == h || s.node[y] != s.node[x] || !may_come(s, x, h) || !may_come(s, y, g) ||
        !may_leave(s, x, g) || !may_leave(s, y, h))
      continue;
    swap_slots(lanes, s, slot, other);
  }
}

template <class Lanes>
HD void search(const Lanes& lanes, State& s, int kicks, std::uint64_t seed, const PlanScratch& k) {
  Now now = score(lanes, s, k.swap.rest);
  // A placement in force may have two copies of an expert on a GPU that lacks another one.
  for (int slot = 0; slot < s.slots; ++slot) {
    if (s.copies_on(s.expert[slot], s.gpu_slots.gpu_of(slot)) < 2) continue;
    lanes.sync();
    overwrite(lanes, s, slot, true, now, k.overwrite);
  }
  const auto all_dirty = [&] {
    lanes.sync();
    for_each_index(lanes, s.gpus, [&](int g) { s.dirty[g] = 1; });
    lanes.sync();
  };
  for (Score last = now.score + 1; now.score < last;) {
    last = now.score;
    all_dirty();
    improve(lanes, s, now, k);
  }
  Random random(seed);
  for (int i = 0; i < kicks; ++i) {
    lanes.sync();
    for_each_index(lanes, s.slots, [&](int slot) { k.best[slot] = s.expert[slot]; });
    lanes.sync();
    const Now best = now;
    kick(lanes, s, random);
    now = score(lanes, s, k.swap.rest);
    improve(lanes, s, now, k);
    if (now.score >= best.score) {
      lanes.sync();
      for_each_index(lanes, s.slots, [&](int slot) { s.expert[slot] = k.best[slot]; });
      lanes.sync();
      read_slots(lanes, s, k.count);
      now = best;
    }
  }
}

}  // namespace evenkeel::mean_of_max
