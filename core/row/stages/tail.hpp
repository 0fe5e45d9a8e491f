// Assigns the last copies of highest_load by another quotient or by the best of several picks. rules.hpp
// describes the rules and explains their names.
#pragma once

#include <cstdint>

#include "core/lanes/lanes.hpp"
#include "core/lanes/order.hpp"
#include "core/lanes/tournament.hpp"
#include "core/model/rules.hpp"
#include "core/row/scratch.hpp"
#include "core/row/stages/copies.hpp"

namespace evenkeel {

// A tenth of the extra copies of a node, rounded up.
HD constexpr int tail_length(int extra) { return (extra + 9) / 10; }

HD inline float sainte_lague(float load, int copies) {
  return load / (2 * static_cast<float>(copies) - 1);
}
HD inline float huntington_hill(float load, int copies) {
  const float q = static_cast<float>(copies);
  return load / __builtin_sqrtf(q * (q + 1));
}

namespace detail {

// Order: the largest quotient; for tie_aware then the smallest average; then the lowest index.
HD inline WideKey largest_quotient(Tail tail, float quotient, float load, int copies, int index) {
  WideKey key = {std::uint64_t{~ordered_bits(quotient)} << 32, static_cast<std::uint64_t>(index)};
  if (tail == Tail::tie_aware) key.value |= ordered_bits(average(load, copies));
  return key;
}

// The state in which the next copy is assigned.
struct TailView {
  const float* loads;
  const Index* count;
  float second;  // the second-highest average

  HD float average_after(int pick) const { return average(loads[pick], count[pick] + 1); }
  HD float peak_after(int pick) const {
    const float after = average_after(pick);
    return after > second ? after : second;
  }
  // The smaller of the two numbers whose larger is the peak.
  HD float other_after(int pick) const {
    const float after = average_after(pick);
    return after < second ? after : second;
  }
};

// The pick with the lower peak. If the peaks are equal within 1e-12, the first pick wins if its other number
// is not larger than that of the second pick. All operations are in binary32.
HD inline int lower_peak(const TailView& view, int first, int second) {
  constexpr float kEqual = 1e-12f;
  const float a = view.peak_after(first);
  const float b = view.peak_after(second);
  if (a + kEqual < b) return first;
  const float difference = a - b;
  const bool equal = (difference < 0 ? -difference : difference) <= kEqual;
  return equal && view.other_after(first) <= view.other_after(second) ? first : second;
}

// Whether `b` is better than `a` by (peak, new average, copies). `a`, the earlier pick, wins a full tie.
HD inline bool better_pick(const TailView& view, int a, int b) {
  if (view.peak_after(a) != view.peak_after(b)) return view.peak_after(b) < view.peak_after(a);
  if (view.average_after(a) != view.average_after(b)) {
    return view.average_after(b) < view.average_after(a);
  }
  return view.count[b] < view.count[a];
}

// by_average, by_sainte_lague, by_huntington_hill: the picks by the three quotients. Picks that the rule does
// not use are ignored.
HD inline int choose_pick(Tail tail, const TailView& view, int by_average, int by_sainte_lague,
                          int by_huntington_hill) {
  switch (tail) {
    case Tail::lower_peak:
      return lower_peak(view, by_average, by_sainte_lague);
    case Tail::tie_aware:
      return lower_peak(view, by_sainte_lague, by_huntington_hill);
    case Tail::three_quotients: {
      int best = by_average;
      if (better_pick(view, best, by_sainte_lague)) best = by_sainte_lague;
      if (better_pick(view, best, by_huntington_hill)) best = by_huntington_hill;
      return best;
    }
    case Tail::none:
    case Tail::sainte_lague:
      break;
  }
  return by_sainte_lague;
}

}  // namespace detail

// Fills slots begin .. slots-1. by_average: the tournament of averages that assigned the earlier copies.
template <class Lanes>
HD void append_tail(const Lanes& lanes, Tail tail, const float* loads, int experts, int begin,
                    int slots, Tournament<Lanes>& by_average, const CopyScratch& s,
                    const Copies& out) {
  const auto sainte_lague_key = [&](int i, int copies) {
    return detail::largest_quotient(tail, sainte_lague(loads[i], copies), loads[i], copies, i);
  };
  const auto huntington_hill_key = [&](int i, int copies) {
    return detail::largest_quotient(tail, huntington_hill(loads[i], copies), loads[i], copies, i);
  };
  using Quotients = Tournament<Lanes, WideKey>;
  Quotients by_sainte_lague(lanes, s.quotients[0], experts,
                            [&](int i) { return sainte_lague_key(i, out.count[i]); });
  // A tournament needs at least one entry, even if the rule does not use it.
  const bool three = uses_huntington_hill(tail);
  Quotients by_huntington_hill(lanes, s.quotients[1], three ? experts : 1,
                               [&](int i) { return huntington_hill_key(i, out.count[i]); });
  for (int slot = begin; slot < slots; ++slot) {
    const Key highest = by_average.best();
    const Key second = experts > 1 ? by_average.second() : highest;
    const int expert =
        detail::choose_pick(tail, {loads, out.count, heavy_value(second)}, index_of(highest),
                            index_of(by_sainte_lague.best()), index_of(by_huntington_hill.best()));
    const int count = out.count[expert] + 1;
    lanes.sync();  // all lanes have read the counts
    if (lanes.rank() == 0) append_copy(slot, expert, out);
    by_average.replace(expert, heaviest_first(average(loads[expert], count), expert));
    by_sainte_lague.replace(expert, sainte_lague_key(expert, count));
    if (three) by_huntington_hill.replace(expert, huntington_hill_key(expert, count));
    lanes.sync();  // all lanes see the new count
  }
}

}  // namespace evenkeel
