// Refinement::least_spread: the one swap between the heaviest and the lightest GPU that gives the smallest
// spread (maximum minus minimum load) over all GPUs.
#pragma once

#include "core/lanes/lanes.hpp"
#include "core/lanes/order.hpp"
#include "core/lanes/select.hpp"
#include "core/row/scratch.hpp"
#include "core/row/stages/items.hpp"
#include "core/row/stages/swap.hpp"

namespace evenkeel {
namespace detail {

// s.load[b] = the sum of the weights of bin b in binary64, added in the order of its places, which is the
// order in which the packer added them.
template <class Lanes>
HD void add_up_places(const Lanes& lanes, const Items& items, const Packed& packed,
                      const PackScratch& s) {
  for_each_index(lanes, items.count, [&](int i) {
    s.item_at[items.start(packed.bin[i]) + packed.rank[i]] = static_cast<Index>(i);
  });
  lanes.sync();
  for_each_index(lanes, items.bins, [&](int b) {
    const Index* item_at = s.item_at + items.start(b);
    double load = 0;
    for (int place = 0; place < items.room(b); ++place) {
      load += static_cast<double>(items.weights[item_at[place]]);
    }
    s.load[b] = load;
  });
  lanes.sync();
}

HD inline double larger(double a, double b) { return a > b ? a : b; }
HD inline double smaller(double a, double b) { return a < b ? a : b; }

}  // namespace detail

template <class Lanes>
HD void refine_least_spread(const Lanes& lanes, const Items& items, const PackScratch& s,
                            const Packed& packed) {
  using detail::larger;
  using detail::smaller;
  detail::add_up_places(lanes, items, packed, s);
  const int heavy =
      index_of(least_of(lanes, items.bins, [&](int b) { return heaviest_first(s.load[b], b); }));
  const int light =
      index_of(least_of(lanes, items.bins, [&](int b) { return lightest_first(s.load[b], b); }));
  const double now = s.load[heavy] - s.load[light];
  if (!(now > 0)) return;

  // The other bins limit how small the spread can get; without other bins there is no limit.
  constexpr double kInfinity = __builtin_huge_val();
  double most = -kInfinity;
  double least = kInfinity;
  if (items.bins > 2) {
    const auto is_other = [&](int b) { return b != heavy && b != light; };
    most = heavy_value(least_of(lanes, items.bins, [&](int b) {
      return is_other(b) ? heaviest_first(s.load[b], b) : WideKey{};
    }));
    least = light_value(least_of(lanes, items.bins, [&](int b) {
      return is_other(b) ? lightest_first(s.load[b], b) : WideKey{};
    }));
  }
  const TwoKeys heaviest = two_heaviest(lanes, items, packed, heavy);
  const TwoKeys lightest = two_lightest(lanes, items, packed, light);
  Swap best;
  for (const Key a : {heaviest.first, heaviest.second}) {
    for (const Key b : {lightest.first, lightest.second}) {
      const auto heavy_weight = static_cast<double>(heavy_value(a));
      const auto light_weight = static_cast<double>(light_value(b));
      const double new_heavy = s.load[heavy] - heavy_weight + light_weight;
      const double new_light = s.load[light] - light_weight + heavy_weight;
      const double spread = larger(larger(new_heavy, new_light), most) -
                            smaller(smaller(new_heavy, new_light), least);
      if (!(spread + 1e-9 < now) || (best.heavy_item >= 0 && !(spread < best.remains))) continue;
      best = {index_of(a), index_of(b), light, spread, now};
    }
  }
  if (best.heavy_item < 0) return;
  exchange(lanes, packed, heavy, best);
  if (lanes.rank() == 0) {  // the two items also swap places
    const Index rank = packed.rank[best.heavy_item];
    packed.rank[best.heavy_item] = packed.rank[best.light_item];
    packed.rank[best.light_item] = rank;
  }
  lanes.sync();
}

}  // namespace evenkeel
