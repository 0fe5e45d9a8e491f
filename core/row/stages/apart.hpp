// Stage 4: copies of an expert on different GPUs. rules.hpp describes the rule.
//
// keel has its own (keel/apart.hpp), because it has ranks and refines afterwards: there the nearest rank is enough, here
// the nearest weight is needed (native/RESULTS.md).
//
// It works at two points: limit_copies before packing, so that packing knows the final weights; then keep_apart on
// the packed and refined slots.
#pragma once

#include "core/lanes/lanes.hpp"
#include "core/lanes/order.hpp"
#include "core/lanes/select.hpp"
#include "core/lanes/sort.hpp"
#include "core/model/rules.hpp"
#include "core/row/events.hpp"
#include "core/row/gpu_set.hpp"
#include "core/row/scratch.hpp"
#include "core/row/stages/copies.hpp"
#include "core/row/stages/fixup.hpp"
#include "core/row/stages/items.hpp"

namespace evenkeel {

// Gives copies of experts that have more than `gpus` to experts that have fewer. loads: [experts].
template <class Lanes>
HD void limit_copies(const Lanes& lanes, const float* loads, int experts, int slots, int gpus,
                     const Copies& copies) {
  if (slots - experts < gpus) return;  // no expert has more copies than that
  const auto load_per_copy = [&](int x) { return average(loads[x], copies.count[x]); };
  for (;;) {
    const Key donor = least_of(lanes, experts, [&](int x) {
      return copies.count[x] > gpus ? lightest_first(load_per_copy(x), x) : kNever;
    });
    if (donor == kNever) return;
    const Key receiver = least_of(lanes, experts, [&](int x) {
      return copies.count[x] < gpus ? heaviest_first(load_per_copy(x), x) : kNever;
    });
    if (receiver == kNever) return;
    detail::Move move;
    move.donor = index_of(donor);
    move.receiver = index_of(receiver);
    detail::apply_move(lanes, move, slots, copies);
  }
}

namespace detail {

// The copies of one node's experts in a row, so that copies of one expert are successive: by expert, then by weight.
template <class Lanes>
class RankedCopies {
 public:
  HD RankedCopies(const Lanes& lanes, const Items& items, const Copies& copies,
                  const PackScratch& s, const Packed& packed)
      : lanes_(lanes), items_(items), copies_(copies), s_(s), packed_(packed) {
    sums_before(lanes, copies.count, items.experts, s.first_copy);
    list_copies();
  }

  // The number of copies beyond the first of their expert on their GPU.
  HD int sharing() const {
    std::int32_t mine = 0;
    for_each_index(lanes_, items_.experts, [&](int x) {
      if (copies_.count[x] == 1) return;
      GpuSet seen;
      for (int k = 0; k < copies_.count[x]; ++k) {
        const int gpu = packed_.bin[item_at_rank(s_.first_copy[x] + k)];
        mine += seen.holds(gpu) ? 1 : 0;
        seen.add(gpu);
      }
    });
    return sum_of(lanes_, mine);
  }

  // From now on in the order of weight, expert, copy number.
  HD void sort_by_weight() const {
    for_each_index(lanes_, items_.experts, [&](int x) {
      s_.keys[x] = heaviest_first(items_.weights[item_at_rank(s_.first_copy[x])], x);
    });
    for_each_index(lanes_, items_.count, [&](int i) {
      s_.item_at[items_.start(packed_.bin[i]) + packed_.rank[i]] = static_cast<Index>(i);
    });
    lanes_.sync();
    const Key* sorted = sort_keys(lanes_, s_.keys, s_.spare, items_.experts);
    sums_before_each(
        lanes_, items_.experts, [&](int j) { return copies_.count[index_of(sorted[j])]; },
        [&](int j, int sum) { s_.first_copy[index_of(sorted[j])] = static_cast<Index>(sum); });
    list_copies();
  }

  // Exchanges copies until sharing() has fallen by `wanted`. Returns false if one has no partner.
  HD bool exchange_copies(int wanted) const {
    for (int rank = 0; wanted > 0; ++rank) {
      rank = first_of(lanes_, rank, items_.count, [&](int r) { return shares(item_at_rank(r)); });
      if (rank == items_.count) return false;
      const int partner = nearest_partner(rank);
      if (partner < 0) return false;
      wanted -= shares(partner) ? 2 : 1;
      exchange(item_at_rank(rank), partner);
    }
    return true;
  }

  // Rank by rank to the next GPU that has room. With equal GPUs, copies of an expert are on as many GPUs as possible.
  HD void deal() const {
    lanes_.sync();  // all lanes have read the bins
    if (lanes_.rank() == 0) {
      int place = 0;
      int bin = -1;
      for (int rank = 0; rank < items_.count; ++rank) {
        do {
          if (++bin == items_.bins) {
            bin = 0;
            ++place;
          }
        } while (place >= items_.room(bin));
        packed_.bin[item_at_rank(rank)] = static_cast<Index>(bin);
        packed_.rank[item_at_rank(rank)] = static_cast<Index>(place);
      }
    }
    lanes_.sync();
    tell(lanes_, ItemsDealt{});
  }

 private:
  HD int item_at_rank(int rank) const { return s_.item_at_rank[rank]; }

  // After the first rank of each expert is known.
  HD void list_copies() const {
    for_each_index(lanes_, items_.count, [&](int i) {
      s_.item_at_rank[s_.first_copy[items_.expert[i]] + copies_.copy[i]] = static_cast<Index>(i);
    });
    lanes_.sync();
  }

  // Whether the GPU has a slot with this expert, other than that of `except`.
  HD bool holds(int bin, int expert, int except = -1) const {
    const Index* item = s_.item_at + items_.start(bin);
    bool found = false;
    for (int place = 0; place < items_.room(bin); ++place) {
      found |= items_.expert[item[place]] == expert && item[place] != except;
    }
    return found;
  }
  HD bool shares(int item) const {
    const int expert = items_.expert[item];
    return copies_.count[expert] > 1 && holds(packed_.bin[item], expert, item);
  }

  // The item to exchange the one of this rank with; -1 if there is none.
  HD int nearest_partner(int rank) const {
    const int item = item_at_rank(rank);
    const int gpu = packed_.bin[item];
    const int expert = items_.expert[item];
    GpuSet holders;
    for (int k = 0; k < copies_.count[expert]; ++k) {
      holders.add(packed_.bin[item_at_rank(s_.first_copy[expert] + k)]);
    }
    const auto fits = [&](int there) {
      const int partner = item_at_rank(there);
      const int other = items_.expert[partner];
      return !holders.holds(packed_.bin[partner]) &&
             (copies_.count[other] == 1 || !holds(gpu, other));
    };
    const int heavier = rank - 1 - first_of(lanes_, 0, rank, [&](int steps) {
                          return fits(rank - 1 - steps);
                        });  // -1 if there is none
    const int lighter = first_of(lanes_, rank + 1, items_.count, fits);
    if (lighter == items_.count) return heavier < 0 ? -1 : item_at_rank(heavier);
    if (heavier < 0) return item_at_rank(lighter);
    const float weight = items_.weights[item];
    const float more = items_.weights[item_at_rank(heavier)] - weight;
    const float less = weight - items_.weights[item_at_rank(lighter)];
    return item_at_rank(more <= less ? heavier : lighter);
  }

  HD void exchange(int a, int b) const {
    lanes_.sync();  // all lanes have read the bins
    if (lanes_.rank() == 0) {
      swap_values(packed_.bin[a], packed_.bin[b]);
      swap_values(packed_.rank[a], packed_.rank[b]);
      s_.item_at[items_.start(packed_.bin[a]) + packed_.rank[a]] = static_cast<Index>(a);
      s_.item_at[items_.start(packed_.bin[b]) + packed_.rank[b]] = static_cast<Index>(b);
    }
    lanes_.sync();
    tell(lanes_, ItemsSwapped{a, b});
  }
  HD static void swap_values(Index& a, Index& b) {
    const Index value = a;
    a = b;
    b = value;
  }

  const Lanes& lanes_;
  const Items& items_;
  const Copies& copies_;
  const PackScratch& s_;
  const Packed& packed_;
};

}  // namespace detail

// After limit_copies, packing and refinement. items: the slots of one node; copies: their copies. All lanes see the
// result.
template <class Lanes>
HD void keep_apart(const Lanes& lanes, const Items& items, const Copies& copies,
                   const PackScratch& s, const Packed& packed) {
  if (items.most == 1 || items.count == items.experts) return;
  const detail::RankedCopies<Lanes> ranked(lanes, items, copies, s, packed);
  const int distinct = items.experts * items.bins;  // at most
  const int unavoidable = items.count > distinct ? items.count - distinct : 0;
  const int wanted = ranked.sharing() - unavoidable;
  if (wanted == 0) return;
  ranked.sort_by_weight();
  if (!ranked.exchange_copies(wanted)) ranked.deal();
}

}  // namespace evenkeel
