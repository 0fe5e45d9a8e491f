// Stage 1: decides how many copies each expert of a node gets, and their order in the slots.
//
// This file has the rules that append one copy at a time. water_filling.hpp counts first; tail.hpp has other
// rules for the last copies of highest_load; fixup.hpp makes corrections afterwards.
#pragma once

#include "core/lanes/lanes.hpp"
#include "core/lanes/order.hpp"
#include "core/lanes/random.hpp"
#include "core/lanes/tournament.hpp"
#include "core/model/rules.hpp"
#include "core/row/events.hpp"
#include "core/row/scratch.hpp"
#include "core/row/stages/copies.hpp"
#include "core/row/stages/fixup.hpp"
#include "core/row/stages/tail.hpp"
#include "core/row/stages/water_filling.hpp"

namespace evenkeel {

// Replication::highest_load, with its tail.
template <class Lanes>
HD void replicate_highest_load(const Lanes& lanes, Tail tail, const float* loads, int experts,
                               int slots, const CopyScratch& s, const Copies& out) {
  one_copy_each(lanes, experts, out);
  const int last = slots - (tail == Tail::none ? 0 : tail_length(slots - experts));
  Tournament<Lanes> most_loaded(lanes, s.tournament, experts,
                                [&](int i) { return heaviest_first(loads[i], i); });
  for (int slot = experts; slot < last; ++slot) {
    const int expert = index_of(most_loaded.best());
    if (!most_loaded.owns(expert)) continue;  // only the owner reads and writes count[expert]
    const int count = out.count[expert] + 1;
    append_copy(slot, expert, out);
    most_loaded.replace(expert, heaviest_first(average(loads[expert], count), expert));
  }
  lanes.sync();
  if (last < slots) append_tail(lanes, tail, loads, experts, last, slots, most_loaded, s, out);
}

// Replication::round_robin.
template <class Lanes>
HD void replicate_round_robin(const Lanes& lanes, int experts, int slots, const Copies& out) {
  for_each_index(lanes, slots, [&](int slot) {
    out.owner[slot] = static_cast<Index>(slot % experts);
    out.copy[slot] = static_cast<Index>(slot / experts);
  });
  for_each_index(lanes, experts,
                 [&](int i) { out.count[i] = static_cast<Index>((slots - 1 - i) / experts + 1); });
  lanes.sync();
}

// Replication::random. Random draws are sequential, so one lane makes them.
template <class Lanes>
HD void replicate_random(const Lanes& lanes, int experts, int slots, Random& random,
                         const Copies& out) {
  one_copy_each(lanes, experts, out);
  if (lanes.rank() == 0) {
    for (int slot = experts; slot < slots; ++slot) {
      append_copy(slot, static_cast<int>(random.below(static_cast<std::uint32_t>(experts))), out);
    }
  }
  lanes.sync();
}

// loads: [experts] of one node; slots >= experts. All lanes see the result.
template <class Lanes>
HD void replicate(const Lanes& lanes, const Rules& rules, const float* loads, int experts,
                  int slots, Random& random, const CopyScratch& s, const Copies& out) {
  switch (rules.replication) {
    case Replication::highest_load:
      replicate_highest_load(lanes, rules.tail, loads, experts, slots, s, out);
      break;
    case Replication::water_filling:
      replicate_water_filling(lanes, loads, experts, slots, s, out);
      break;
    case Replication::round_robin:
      replicate_round_robin(lanes, experts, slots, out);
      break;
    case Replication::random:
      replicate_random(lanes, experts, slots, random, out);
      break;
  }
  if (rules.replication != Replication::water_filling) tell(lanes, CopiesAppended{});
  if (!never_fires(rules.fixup)) fix_up(lanes, rules.fixup, loads, experts, slots, out);
}

}  // namespace evenkeel
