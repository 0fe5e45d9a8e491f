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

// Gives the slots whose expert is twice on their GPU to experts that the GPU lacks. The placement in force may have such
// slots, if another strategy has made it.
template <class Lanes>
HD void part_copies(const Lanes& lanes, State& s, Score& now, const PlanScratch& k) {
  for (int slot = 0; slot < s.slots; ++slot) {
    if (s.copies_on(s.expert[slot], s.gpu_slots.gpu_of(slot)) < 2) continue;
    lanes.sync();  // all lanes have read the placement
    overwrite(lanes, s, slot, true, now, k.overwrite);
  }
}

// Improves the placement at the GPUs that have changed, in a circle, until none is left.
template <class Lanes>
HD void improve(const Lanes& lanes, State& s, bool overwrites, Score& now, const PlanScratch& k) {
  int same = 0;  // so many GPUs in a row have not changed
  for (int g = 0; same < s.gpus; g = g + 1 == s.gpus ? 0 : g + 1) {
    ++same;
    if (s.changed[g] == 0) continue;
    same = 0;
    lanes.sync();  // all lanes have read it
    if (lanes.rank() == 0) s.changed[g] = 0;
    lanes.sync();
    swap_with_others(lanes, s, g, now, k.swap);
    for (int slot = s.gpu_slots.first(g); overwrites && slot < s.gpu_slots.end(g); ++slot) {
      overwrite(lanes, s, slot, false, now, k.overwrite);
    }
  }
}

// Improves the placement until no swap and no overwrite helps.
template <class Lanes>
HD void improve_all(const Lanes& lanes, State& s, Score& now, const PlanScratch& k) {
  Score last = 0;
  do {
    last = now;
    lanes.sync();
    for_each_index(lanes, s.gpus, [&](int g) { s.changed[g] = 1; });
    lanes.sync();
    improve(lanes, s, true, now, k);
  } while (now < last);
}

// One to three random changes, a quarter of them overwrites; those that are not allowed are left out. Returns whether
// there was an overwrite.
template <class Lanes>
HD bool kick(const Lanes& lanes, State& s, Random& random) {
  const int number = 1 + static_cast<int>(random.below(3));
  bool overwrites = false;
  for (int i = 0; i < number; ++i) {
    const int slot = static_cast<int>(random.below(static_cast<std::uint32_t>(s.slots)));
    const int x = s.expert[slot];
    const int g = s.gpu_slots.gpu_of(slot);
    if (random.below(4) == 0) {
      const int y = static_cast<int>(random.below(static_cast<std::uint32_t>(s.experts)));
      if (y == x || s.count[x] < 2 || s.node[y] != s.node[x] || !may_leave(s, x, g) ||
          !may_come(s, y, g)) {
        continue;
      }
      lanes.sync();
      take_out(lanes, s, slot);
      put_in(lanes, s, slot, y);
      mark(lanes, s, x);
      mark(lanes, s, y);
      overwrites = true;
      continue;
    }
    const int other = static_cast<int>(random.below(static_cast<std::uint32_t>(s.slots)));
    const int y = s.expert[other];
    const int h = s.gpu_slots.gpu_of(other);
    if (y == x || h == g || s.node[y] != s.node[x] || !may_swap(s, x, g, y, h)) continue;
    swap_slots(lanes, s, slot, other);
  }
  return overwrites;
}

template <class Lanes>
HD void search(const Lanes& lanes, State& s, int kicks, std::uint64_t seed, const PlanScratch& k) {
  Score now = score(lanes, s, k.swap.rest);
  part_copies(lanes, s, now, k);
  improve_all(lanes, s, now, k);
  Random random(seed);
  for (int i = 0; i < kicks; ++i) {
    lanes.sync();
    for_each_index(lanes, s.slots, [&](int slot) { k.best[slot] = s.expert[slot]; });
    lanes.sync();
    const Score best = now;
    const bool overwrites = kick(lanes, s, random);
    now = score(lanes, s, k.swap.rest);
    improve(lanes, s, overwrites, now, k);
    if (now < best) continue;
    lanes.sync();
    for_each_index(lanes, s.slots, [&](int slot) { s.expert[slot] = k.best[slot]; });
    lanes.sync();
    read_slots(lanes, s, k.count);
    now = best;
  }
}

}  // namespace evenkeel::mean_of_max
