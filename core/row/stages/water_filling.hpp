// Replication::water_filling: finds the lowest load per copy (the level) that the slots allow, then counts
// copies.
#pragma once

#include <cstdint>

#include "core/lanes/lanes.hpp"
#include "core/lanes/order.hpp"
#include "core/lanes/select.hpp"
#include "core/lanes/sort.hpp"
#include "core/row/events.hpp"
#include "core/row/scratch.hpp"
#include "core/row/stages/copies.hpp"

namespace evenkeel {
namespace detail {

// The number of copies that keep the load per copy at or below `level`: max(1, ceil(load / level)), in
// binary32. Results above `most` become most + 1: sums stay small, and the comparison with `most` has the
// same result. No branches, so that the compiler can vectorise it.
HD inline std::int32_t copies_needed(float load, float level, std::int32_t most) {
  const float quotient = load / level;
  const float limit = static_cast<float>(most + 1);
  const float capped = quotient < limit ? quotient : limit;
  const std::int32_t whole = static_cast<std::int32_t>(capped);
  const std::int32_t up = whole + (static_cast<float>(whole) < capped ? 1 : 0);
  return up > 1 ? up : 1;
}

template <class Lanes>
HD std::int32_t copies_needed_in_all(const Lanes& lanes, const float* loads, int experts,
                                     float level, int slots) {
  std::int32_t mine = 0;
  for_each_index(lanes, experts, [&](int i) { mine += copies_needed(loads[i], level, slots); });
  return sum_of(lanes, mine);
}

// The lowest level in [0, top] that a bisection of 40 steps accepts. Levels are binary64; they are rounded to
// binary32 for use.
template <class Lanes>
HD float find_level(const Lanes& lanes, const float* loads, int experts, int slots, double top) {
  double low = 0;
  double high = top;
  for (int step = 0; step < 40; ++step) {
    const double middle = 0.5 * (low + high);
    const bool enough =
        copies_needed_in_all(lanes, loads, experts, static_cast<float>(middle), slots) <= slots;
    (enough ? high : low) = middle;
  }
  return static_cast<float>(high);
}

// Assigns the remaining copies to the experts with the highest averages: one each per round.
template <class Lanes>
HD void give_the_rest(const Lanes& lanes, const float* loads, int experts, int slots,
                      const CopyScratch& s, Index* count) {
  std::int32_t mine = 0;
  for_each_index(lanes, experts, [&](int i) { mine += count[i]; });
  for (int left = slots - sum_of(lanes, mine); left > 0; left -= experts) {
    for_each_index(lanes, experts,
                   [&](int i) { s.keys[i] = heaviest_first(average(loads[i], count[i]), i); });
    lanes.sync();
    const Key* highest = sort_keys(lanes, s.keys, s.spare, experts);
    for_each_index(lanes, left < experts ? left : experts, [&](int i) {
      ++count[index_of(highest[i])];
      tell(lanes, CopyAdded{index_of(highest[i])});
    });
    lanes.sync();
  }
}

}  // namespace detail

// Slots are in the order of experts; the copies of an expert are adjacent.
template <class Lanes>
HD void replicate_water_filling(const Lanes& lanes, const float* loads, int experts, int slots,
                                const CopyScratch& s, const Copies& out) {
  const int extra = slots - experts;
  const float most =
      heavy_value(least_of(lanes, experts, [&](int i) { return heaviest_first(loads[i], i); }));
  if (extra == 0 || !(most > 0)) {
    for_each_index(lanes, experts, [&](int i) {
      out.count[i] = static_cast<Index>(1 + extra / experts + (i < extra % experts ? 1 : 0));
    });
    tell(lanes, FirstCopies{});
  } else {
    const float level = detail::find_level(lanes, loads, experts, slots,
                                           most > 1 ? static_cast<double>(most) : 1.0);
    for_each_index(lanes, experts, [&](int i) {
      out.count[i] = static_cast<Index>(detail::copies_needed(loads[i], level, slots));
    });
    lanes.sync();
    tell(lanes, FirstCopies{});
    detail::give_the_rest(lanes, loads, experts, slots, s, out.count);
  }
  lanes.sync();
  sums_before(lanes, out.count, experts, s.first_slot);
  for_each_index(lanes, experts, [&](int i) {
    for (int copy = 0; copy < out.count[i]; ++copy) {
      out.owner[s.first_slot[i] + copy] = static_cast<Index>(i);
      out.copy[s.first_slot[i] + copy] = static_cast<Index>(copy);
    }
  });
  lanes.sync();
}

}  // namespace evenkeel
