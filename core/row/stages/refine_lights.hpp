// Refinement::two_lights and two_for_two: the heaviest bin against the lightest and second-lightest.
#pragma once

#include "core/lanes/lanes.hpp"
#include "core/lanes/order.hpp"
#include "core/lanes/select.hpp"
#include "core/lanes/sum.hpp"
#include "core/row/events.hpp"
#include "core/row/scratch.hpp"
#include "core/row/stages/items.hpp"
#include "core/row/stages/refine_nearest.hpp"
#include "core/row/stages/swap.hpp"

namespace evenkeel {
namespace detail {

HD inline double abs_difference(float difference, float heavy, float light) {
  return static_cast<double>(magnitude(difference - 2 * (heavy - light)));
}

// The best swap of one of the two heaviest items for one of the two lightest items of one light bin, in
// binary32. Ties: the earlier heavy item, then the earlier light item. No swap if the loads differ by `equal`
// or less.
template <class Lanes>
HD Swap best_of_four(const Lanes& lanes, const Items& items, const Packed& packed,
                     const PackScratch& s, int heavy, const TwoKeys& heaviest, int light,
                     double equal) {
  Swap best;
  const float difference = s.bin_load[heavy] - s.bin_load[light];
  if (static_cast<double>(difference) <= equal) return best;
  const TwoKeys lightest = two_lightest(lanes, items, packed, light);
  for (const Key a : {heaviest.first, heaviest.second}) {
    for (const Key b : {lightest.first, lightest.second}) {
      const double remains = abs_difference(difference, heavy_value(a), light_value(b));
      if (best.heavy_item >= 0 && !(remains < best.remains)) continue;
      best = {index_of(a), index_of(b), light, remains, static_cast<double>(difference)};
    }
  }
  return best;
}

// The better swap of both light bins; the first bin wins a tie.
template <class Lanes>
HD Swap best_of_two_lights(const Lanes& lanes, const Items& items, const Packed& packed,
                           const PackScratch& s, int heavy, const TwoKeys& heaviest,
                           const int lights[2], double equal) {
  Swap best;
  for (int k = 0; k < 2; ++k) {
    if (lights[k] < 0 || lights[k] == heavy) continue;
    const Swap swap = best_of_four(lanes, items, packed, s, heavy, heaviest, lights[k], equal);
    if (swap.heavy_item < 0) continue;
    if (best.heavy_item < 0 || swap.remains < best.remains) best = swap;
  }
  return best;
}

}  // namespace detail

// Refinement::two_lights. A single bin has no partner, but its places are renumbered all the same.
template <class Lanes>
HD void refine_two_lights(const Lanes& lanes, const Items& items, const PackScratch& s,
                          const Packed& packed) {
  add_up_bins(lanes, items, packed, s);
  const int steps = items.are_groups() ? 1 : 2;
  for (int step = 0; step < steps; ++step) {
    const int heavy = heaviest_bin(lanes, items, s);
    const TwoKeys light = two_least_of(lanes, items.bins, [&](int b) {
      return b == heavy ? kNever : lightest_first(s.bin_load[b], b);
    });
    const int lights[2] = {items.bins > 1 ? index_of(light.first) : -1,
                           items.bins > 2 ? index_of(light.second) : -1};
    const TwoKeys heaviest = two_heaviest(lanes, items, packed, heavy);
    const Swap best =
        detail::best_of_two_lights(lanes, items, packed, s, heavy, heaviest, lights, 1e-9);
    if (best.heavy_item < 0 || !(best.remains < best.difference - 1e-9)) break;
    exchange_with_loads(lanes, items, packed, heavy, best, s);
    if (best.remains <= 0.8 * best.difference) break;
  }
  // Places follow the order of items. Each bin belongs to one lane, which counts its places.
  for_each_index(lanes, items.bins, [&](int b) { s.filled[b] = 0; });
  for (int i = 0; i < items.count; ++i) {
    const int bin = packed.bin[i];
    if (bin % Lanes::width == lanes.rank()) packed.rank[i] = s.filled[bin]++;
  }
  lanes.sync();
  tell(lanes, PlacesRenumbered{});
}

// Refinement::two_for_two.
template <class Lanes>
HD void refine_two_for_two(const Lanes& lanes, const Items& items, const PackScratch& s,
                           const Packed& packed) {
  add_up_bins(lanes, items, packed, s);
  const auto lightest_bins = [&] {
    return two_least_of(lanes, items.bins, [&](int b) { return lightest_first(s.bin_load[b], b); });
  };
  const float most = s.bin_load[heaviest_bin(lanes, items, s)];
  const double spread = static_cast<double>(most - light_value(lightest_bins().first));
  const double mean =
      static_cast<double>(specified_sum(s.bin_load, items.bins) / static_cast<float>(items.bins));
  const int rounds = mean > 0 && spread / (mean > 1e-12 ? mean : 1e-12) > 0.12 ? 3 : 2;
  for (int round = 0; round < rounds; ++round) {
    const int heavy = heaviest_bin(lanes, items, s);
    const TwoKeys light = lightest_bins();  // includes the heaviest bin where all are equal
    const int lightest = index_of(light.first);
    const int second = items.bins > 2 ? index_of(light.second) : -1;
    const int lights[2] = {lightest, second == heavy ? -1 : second};
    const TwoKeys heaviest = two_heaviest(lanes, items, packed, heavy);
    const Swap one =
        detail::best_of_two_lights(lanes, items, packed, s, heavy, heaviest, lights, 1e-12);
    if (one.heavy_item < 0) return;

    bool both = false;
    TwoKeys partners;
    if (lightest != heavy) {
      partners = two_lightest(lanes, items, packed, lightest);
      const float gain = (heavy_value(heaviest.first) + heavy_value(heaviest.second)) -
                         (light_value(partners.first) + light_value(partners.second));
      const float difference = s.bin_load[heavy] - s.bin_load[lightest];
      const double remains =
          detail::magnitude(static_cast<double>(difference) - 2 * static_cast<double>(gain));
      both = remains + 1e-12 < one.remains && remains + 1e-12 < one.difference;
    }
    if (!both && !(one.remains + 1e-12 < one.difference)) return;
    const int other = both ? lightest : one.light_bin;
    if (both) {
      const Swap first = {index_of(heaviest.first), index_of(partners.first), other, 0, 0};
      const Swap last = {index_of(heaviest.second), index_of(partners.second), other, 0, 0};
      exchange_with_loads(lanes, items, packed, heavy, first, s);
      exchange_with_loads(lanes, items, packed, heavy, last, s);
    } else {
      exchange_with_loads(lanes, items, packed, heavy, one, s);
    }
    rank_again(lanes, items, packed, heavy, s);
    rank_again(lanes, items, packed, other, s);
  }
}

}  // namespace evenkeel
