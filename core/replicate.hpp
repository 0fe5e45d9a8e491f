// Stage 1: how many copies does each expert of a node get, and in which order are they laid out?
#pragma once

#include "core/lanes.hpp"
#include "core/order.hpp"
#include "core/random.hpp"
#include "core/rules.hpp"
#include "core/scratch.hpp"
#include "core/tournament.hpp"

namespace evenkeel {

// The copies of one node's experts.
struct Copies {
  Index* owner;  // [slots] the expert in each preliminary slot
  Index* copy;   // [slots] which of its copies that is, 0 .. count-1
  Index* count;  // [experts] copies of each expert, at least 1
};

// All rules append: slots 0 .. e-1 hold experts 0 .. e-1 once, each extra copy takes the next slot.
template <class Lanes>
HD void one_copy_each(const Lanes& lanes, int experts, const Copies& out) {
  for_each_index(lanes, experts, [&](int i) {
    out.owner[i] = static_cast<Index>(i);
    out.copy[i] = 0;
    out.count[i] = 1;
  });
  lanes.sync();
}

// Appends one copy of `expert` in slot `slot`. For one lane only.
HD inline void append_copy(int slot, int expert, const Copies& out) {
  out.owner[slot] = static_cast<Index>(expert);
  out.copy[slot] = out.count[expert]++;
}

// Replication::highest_load. loads: [experts] binary32. space: the tournament's.
template <class Lanes>
HD void replicate_highest_load(const Lanes& lanes, const float* loads, int experts, int slots,
                               Key* space, const Copies& out) {
  Tournament<Lanes> most_loaded(lanes, space, experts,
                                [&](int i) { return heaviest_first(loads[i], i); });
  for (int slot = experts; slot < slots; ++slot) {
    const int expert = index_of(most_loaded.best());
    const int count = out.count[expert] + 1;
    lanes.sync();  // all lanes have read the count
    if (lanes.rank() == 0) append_copy(slot, expert, out);
    most_loaded.replace(expert, heaviest_first(loads[expert] / static_cast<float>(count), expert));
    lanes.sync();  // and see the new one
  }
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

// Replication::random. Drawing is sequential, so one lane does it.
template <class Lanes>
HD void replicate_random(const Lanes& lanes, int experts, int slots, Random& random,
                         const Copies& out) {
  if (lanes.rank() == 0) {
    for (int slot = experts; slot < slots; ++slot) {
      append_copy(slot, static_cast<int>(random.below(static_cast<std::uint32_t>(experts))), out);
    }
  }
  lanes.sync();
}

// loads: [experts] of one node; slots >= experts. All lanes see the result.
template <class Lanes>
HD void replicate(const Lanes& lanes, Replication rule, const float* loads, int experts, int slots,
                  Random& random, Key* space, const Copies& out) {
  one_copy_each(lanes, experts, out);
  switch (rule) {
    case Replication::highest_load:
      replicate_highest_load(lanes, loads, experts, slots, space, out);
      break;
    case Replication::round_robin:
      replicate_round_robin(lanes, experts, slots, out);
      break;
    case Replication::random:
      replicate_random(lanes, experts, slots, random, out);
      break;
  }
}

}  // namespace evenkeel
