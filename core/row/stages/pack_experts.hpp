// Packing rules that depend on the experts that a GPU already holds: near_tie and copies_apart.
#pragma once

#include <cstdint>

#include "core/lanes/lanes.hpp"
#include "core/lanes/order.hpp"
#include "core/lanes/select.hpp"
#include "core/lanes/sort.hpp"
#include "core/lanes/sum.hpp"
#include "core/lanes/tournament.hpp"
#include "core/row/events.hpp"
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

// The experts in each bin, by place, and what is known of each expert's fewest copies in a bin. For executors with one
// lane: looking into the few places of a bin is faster there than counting an expert's copies in all bins, which
// ExpertCounts does whenever the expert changes.
class HeldExperts {
 public:
  // space: [4 * count] of Index, count >= bins and experts; nullptr if nothing else is called.
  HD HeldExperts(const Items& items, const PackScratch& s, Index* space) : items_(items), s_(s) {
    if (items.expert == nullptr || space == nullptr) return;
    expert_at_ = space;
    known_ = space + items.count;
    since_ = space + 2 * items.count;
    for (int x = 0; x < items.experts; ++x) known_[x] = since_[x] = 0;
  }

  HD void add(int item, int bin, int place) {
    if (items_.expert != nullptr) expert_at_[items_.start(bin) + place] = items_.expert[item];
  }

  // A bin and its number of copies of an expert.
  struct Found {
    int bin = -1;
    int same = 0x7fffffff;
  };
  // The first of the tied bins that has the fewest copies of the item's expert. The search begins at bin `begin`, and
  // ends early at a bin with `known` copies, if no tied bin can have fewer.
  template <class IsTied>
  HD Found fewest(int item, int begin, int known, IsTied is_tied) const {
    Found found;
    for (int b = begin; b < items_.bins; ++b) {
      if (!is_tied(b)) continue;
      const int same = count(items_.expert[item], b);
      if (same >= found.same) continue;
      found = {b, same};
      if (same <= known) break;
    }
    return found;
  }

  // The fewest copies of the item's expert in any bin, as far as known in this epoch; 0: not known.
  HD int known(int item, Index epoch) const {
    const Index x = items_.expert[item];
    return since_[x] == epoch ? known_[x] : 0;
  }
  HD void learn(int item, Index epoch, int fewest) {
    const Index x = items_.expert[item];
    since_[x] = epoch;
    known_[x] = static_cast<Index>(fewest);
  }

 private:
  HD int count(Index expert, int bin) const {
    const Index* held = expert_at_ + items_.start(bin);
    const int filled = s_.filled[bin];
    int same = 0;
    for (int place = 0; place < filled; ++place) same += held[place] == expert ? 1 : 0;
    return same;
  }

  const Items& items_;
  const PackScratch& s_;
  Index* expert_at_ = nullptr;  // [count]
  Index* known_ = nullptr;      // [experts]
  Index* since_ = nullptr;      // [experts] the epoch in which it was learnt
};

// Whether HeldExperts is faster: one lane, and a bin has fewer places than there are bins.
template <class Lanes>
HD bool looks_into_bins(const Items& items) {
  return Lanes::width == 1 && items.most < items.bins;
}

// The buffer that sorting does not need any more.
HD inline Index* unused_keys(const PackScratch& s, const Key* sorted) {
  static_assert(sizeof(Key) == 4 * sizeof(Index));
  return reinterpret_cast<Index*>(sorted == s.keys ? s.spare : s.keys);
}

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
  tell(lanes, ItemPlaced{item});
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

// Packing::near_tie. Some cases have a known result and need no scan. (1) All other open bins are heavier than the
// lightest by at least 2 * near: the lightest bin. (2) There are empty bins, and all other bins are heavier by more
// than `near`: the first empty bin. (3) Every other open bin is either exactly as light as the lightest or heavier by at
// least 2 * near: of the lightest, the first that has the fewest copies of the expert. Case 3 goes on until a bin gets a
// load between the two. Without HeldExperts, case 3 is used for the first copy of an expert only.
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
  const bool looks = looks_into_bins<Lanes>(items);
  HeldExperts held(items, s, looks ? unused_keys(s, heaviest) : nullptr);
  double tied_at = -1;  // case 3 is known to hold while the lightest bin has this load
  Index epoch = 0;
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
      const bool known = looks && least == tied_at;
      const bool tie = known || ((looks || counts.is_first(item)) &&
                                 !detail::any_between(s.load, items.bins, least, least + 2 * near));
      if (tie && !known) {
        tied_at = least;
        ++epoch;
      }
      if (looks && tie && !counts.is_first(item)) {
        const auto found = held.fewest(item, bin, held.known(item, epoch),
                                       [&](int b) { return s.load[b] == least; });
        held.learn(item, epoch, found.same);
        bin = found.bin;
      }
      if (lanes.rank() == 0 && !tie) {
        counts.turn_to(item);
        const int scanned = detail::scan_near_tie(items, counts, near, s);
        if (scanned >= 0) bin = scanned;
      }
      bin = broadcast(lanes, bin, 0);
    }
    if (looks) held.add(item, bin, s.filled[bin]);
    put_in_bin(lanes, items, item, bin, s, out, counts, lightest,
               [&](double load, int) { return lightest_first(load, bin); });
    if (looks && s.load[bin] > tied_at && s.load[bin] < tied_at + 2 * near) tied_at = -1;
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
  const bool looks = looks_into_bins<Lanes>(items);
  HeldExperts held(items, s, looks ? unused_keys(s, heaviest) : nullptr);
  for (int i = 0; i < items.count; ++i) {
    const int item = index_of(heaviest[i]);
    int bin = bin_of(lightest.best());
    bool is_first = counts.is_first(item);
    if (looks && !is_first) {
      // Of the bins that are tied with the lightest, one has as few copies as any bin can have.
      const int known = held.known(item, 0);
      const auto found = held.fewest(item, bin, known, [&, first = bin](int b) {
        return s.load[b] == s.load[first] && s.filled[b] == s.filled[first];
      });
      if (found.same == known) bin = found.bin;
      is_first = found.same == known;
    }
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
      if (looks) held.learn(item, 0, fewest);
      bin = bin_of(least_of(lanes, items.bins, [&](int b) {
        return is_open(b) && counts.same(b) == fewest ? key_of(s.load[b], s.filled[b], b)
                                                      : WideKey{};
      }));
    }
    if (looks) held.add(item, bin, s.filled[bin]);
    put_in_bin(lanes, items, item, bin, s, out, counts, lightest,
               [&](double load, int filled) { return key_of(load, filled, bin); });
  }
}

}  // namespace evenkeel
