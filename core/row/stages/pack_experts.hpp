// Packing rules that depend on the experts that a GPU already holds: near_tie and copies_apart.
#pragma once

#include <cstdint>

#include "core/lanes/lanes.hpp"
#include "core/lanes/order.hpp"
#include "core/lanes/select.hpp"
#include "core/lanes/sort.hpp"
#include "core/lanes/sum.hpp"
#include "core/lanes/tournament.hpp"
#include "core/row/scratch.hpp"
#include "core/row/stages/items.hpp"

namespace evenkeel {

// The order in which all greedy rules take the items; ties by index. Also empties the bins.
template <class Lanes>
HD const Key* sort_heaviest_first(const Lanes& lanes, const Items& items, const PackScratch& s) {
  for_each_index(lanes, items.count,
                 [&](int i) { s.keys[i] = heaviest_first(items.weights[i], i); });
  for_each_index(lanes, items.bins, [&](int b) { s.filled[b] = 0; });
  lanes.sync();
  return sort_keys(lanes, s.keys, s.spare, items.count);
}

// Puts an item into a bin. Only one lane may call it.
HD inline void put(int item, int bin, int place, const PackScratch& s, const Packed& out) {
  out.bin[item] = static_cast<Index>(bin);
  out.rank[item] = static_cast<Index>(place);
  s.filled[bin] = static_cast<Index>(place + 1);
}

// The number of copies of one expert in each bin. It is counted on demand, for one expert at a time, along a
// linked list from each copy to the copy placed before it. Copies of an expert have the same weight, so they
// are mostly placed one after another and the list is walked once per expert.
//
// Only one lane may change it: call sync() between a change and same() on another lane.
class ExpertCounts {
 public:
  template <class Lanes>
  HD ExpertCounts(const Lanes& lanes, const Items& items, const PackScratch& s, const Index* bin_of)
      : expert_(items.expert), s_(s), bin_of_(bin_of) {
    for_each_index(lanes, items.bins, [&](int b) { s.same[b] = 0; });
    if (expert_ != nullptr) {
      for_each_index(lanes, items.experts, [&](int x) { s.newest[x] = kNone; });
    }
    lanes.sync();
  }

  // Whether this is the first copy of its expert, or a group. same() would be 0 for every bin.
  HD bool is_first(int item) const {
    return expert_ == nullptr || s_.newest[expert_[item]] == kNone;
  }

  // From now on same() counts copies of this item's expert.
  HD void turn_to(int item) {
    if (expert_ == nullptr || expert_[item] == current_) return;
    if (current_ != kNone) walk(current_, [&](int bin) { s_.same[bin] = 0; });
    current_ = expert_[item];
    walk(current_, [&](int bin) { ++s_.same[bin]; });
  }
  HD int same(int bin) const { return s_.same[bin]; }

  HD void add(int item, int bin) {
    if (expert_ == nullptr) return;
    const Index expert = expert_[item];
    s_.older[item] = s_.newest[expert];
    s_.newest[expert] = static_cast<Index>(item);
    if (expert == current_) ++s_.same[bin];
  }

 private:
  static constexpr Index kNone = 0xffff;  // no item, no expert

  template <class Visit>
  HD void walk(Index expert, Visit visit) const {
    for (Index item = s_.newest[expert]; item != kNone; item = s_.older[item]) {
      visit(bin_of_[item]);
    }
  }

  const Index* expert_;
  const PackScratch& s_;
  const Index* bin_of_;
  Index current_ = kNone;
};

// Puts an item into a bin whose load is kept in binary64 and updates the bin's key; a full bin gets the worst
// key. key_of(load, items in the bin) makes the key.
template <class Lanes, class KeyOf>
HD void put_in_bin(const Lanes& lanes, const Items& items, int item, int bin, const PackScratch& s,
                   const Packed& out, ExpertCounts& counts, Tournament<Lanes, WideKey>& lightest,
                   KeyOf key_of) {
  const int place = s.filled[bin];
  const bool is_full = place + 1 == items.room(bin);
  const double load = s.load[bin] + static_cast<double>(items.weights[item]);
  lanes.sync();  // all lanes have read the bin
  if (lanes.rank() == 0) {
    counts.add(item, bin);
    put(item, bin, place, s, out);
    s.load[bin] = is_full ? __builtin_huge_val() : load;
  }
  lightest.replace(bin, is_full ? WideKey{} : key_of(load, place + 1));
  lanes.sync();  // all lanes see the updated bin
}

namespace detail {

// The bin of near_tie by its definition: a scan of the open bins in ascending order. Returns -1 (no bin) only
// if weights are so large that their mean is not a finite number.
HD inline int scan_near_tie(const Items& items, const ExpertCounts& counts, double near,
                            const PackScratch& s) {
  constexpr double kInfinity = __builtin_huge_val();
  int chosen = -1;
  double load = kInfinity;
  int same = 0x7fffffff;
  for (int b = 0; b < items.bins; ++b) {
    if (s.filled[b] == items.room(b)) continue;
    const double apart = s.load[b] < load ? load - s.load[b] : s.load[b] - load;
    const bool lighter = s.load[b] + near < load;
    if (lighter || (!items.are_groups() && apart <= near && counts.same(b) < same)) {
      chosen = b;
      load = s.load[b];
      same = counts.same(b);
    }
  }
  return chosen;
}

// Whether the load of any bin is in the open interval (low, high). Full bins have infinite load. No branches,
// so that the compiler can vectorise it.
HD inline bool any_between(const double* loads, int bins, double low, double high) {
  int found = 0;
  for (int b = 0; b < bins; ++b) found |= (loads[b] > low) & (loads[b] < high);
  return found != 0;
}

}  // namespace detail

// Packing::near_tie. Three cases have a known result and need no scan. (1) All other open bins are heavier
// than the lightest by at least 2 * near: the lightest bin. (2) There are empty bins, and all other bins are
// heavier by more than `near`: the first empty bin. (3) The first copy of an expert, where every other open
// bin is either exactly as light as the lightest or heavier by at least 2 * near: the first of the lightest.
template <class Lanes>
HD void pack_near_tie(const Lanes& lanes, const Items& items, const PackScratch& s,
                      const Packed& out) {
  const Key* heaviest = sort_heaviest_first(lanes, items, s);
  const float mean = specified_sum(items.weights, items.count) / static_cast<float>(items.count);
  const double near =
      1e-6 * (static_cast<double>(mean) > 1e-12 ? static_cast<double>(mean) : 1e-12);
  ExpertCounts counts(lanes, items, s, out.bin);
  for_each_index(lanes, items.bins, [&](int b) { s.load[b] = 0; });
  lanes.sync();
  Tournament<Lanes, WideKey> lightest(lanes, s.wide_tournament, items.bins,
                                      [](int b) { return lightest_first(0.0, b); });
  double lightest_so_far = __builtin_huge_val();  // of the items placed
  for (int i = 0; i < items.count; ++i) {
    const int item = index_of(heaviest[i]);
    const WideKey best = lightest.best();
    int bin = index_of(best);
    const bool fills_empty = i < items.bins && lightest_so_far > near;
    // 2 * near is larger than any rounding error, which is at most 1e-16 of 4096 means.
    const std::uint64_t far = ordered_bits(light_value(best) + 2 * near);
    const bool clear = fills_empty || lightest.holds_for_others([far](const WideKey& other) {
      return other.value >= far;
    });
    lightest_so_far = static_cast<double>(items.weights[item]);
    if (!clear) {
      const double least = light_value(best);
      const bool tie = counts.is_first(item) &&
                       !detail::any_between(s.load, items.bins, least, least + 2 * near);
      if (lanes.rank() == 0 && !tie) {
        counts.turn_to(item);
        const int scanned = detail::scan_near_tie(items, counts, near, s);
        if (scanned >= 0) bin = scanned;
      }
      bin = broadcast(lanes, bin, 0);
    }
    put_in_bin(lanes, items, item, bin, s, out, counts, lightest,
               [&](double load, int) { return lightest_first(load, bin); });
  }
}

// Packing::copies_apart, for slots. It scans all bins only if the lightest open bin already holds a copy of
// the expert.
template <class Lanes>
HD void pack_copies_apart(const Lanes& lanes, const Items& items, const PackScratch& s,
                          const Packed& out) {
  const Key* heaviest = sort_heaviest_first(lanes, items, s);
  ExpertCounts counts(lanes, items, s, out.bin);
  // By load, then number of items, then index.
  const auto key_of = [](double load, int filled, int bin) {
    return WideKey{ordered_bits(load), std::uint64_t(filled) << 16 | std::uint64_t(bin)};
  };
  const auto bin_of = [](const WideKey& key) { return static_cast<int>(key.index & 0xffff); };
  for_each_index(lanes, items.bins, [&](int b) { s.load[b] = 0; });
  lanes.sync();
  Tournament<Lanes, WideKey> lightest(lanes, s.wide_tournament, items.bins,
                                      [&](int b) { return key_of(0.0, 0, b); });
  for (int i = 0; i < items.count; ++i) {
    const int item = index_of(heaviest[i]);
    int bin = bin_of(lightest.best());
    const bool is_first = counts.is_first(item);
    if (!is_first) {
      lanes.sync();  // all lanes have read the counts
      if (lanes.rank() == 0) counts.turn_to(item);
      lanes.sync();  // all lanes see the new counts
    }
    if (!is_first && counts.same(bin) > 0) {
      const auto is_open = [&](int b) { return s.filled[b] < items.room(b); };
      const int fewest = index_of(least_of(lanes, items.bins, [&](int b) {
        return is_open(b) ? lightest_first(0.0f, counts.same(b)) : kNever;
      }));
      bin = bin_of(least_of(lanes, items.bins, [&](int b) {
        return is_open(b) && counts.same(b) == fewest ? key_of(s.load[b], s.filled[b], b)
                                                      : WideKey{};
      }));
    }
    put_in_bin(lanes, items, item, bin, s, out, counts, lightest,
               [&](double load, int filled) { return key_of(load, filled, bin); });
  }
}

}  // namespace evenkeel
