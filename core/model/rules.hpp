// A strategy as a row of data: which rule each of its stages follows.
//
//   replicate   how many copies each expert of a node gets      replicate.hpp, water_filling.hpp
//   tail        by which rule the last tenth of them is given   tail.hpp
//   fixup       whether a copy changes hands afterwards         fixup.hpp
//   pack        groups to nodes, then slots to GPUs             pack.hpp, pack_experts.hpp
//   refine      swaps after each packing                        refine.hpp and refine_*.hpp
//
// All of them are in core/row/stages; core/row/balance.hpp calls them.
//
// Each enumerator says alike: what it does, its steps, its cost, what it guarantees, and its source.
// Letters: e experts and r slots of one node, x = r - e extra copies, n items, B bins. "The average"
// of an expert is its load divided by its copies. Names of sources are those of strategies.cpp.
//
// On names. With q the copies an expert has, all counted, giving the next copy to the largest v / q is
// Adams' method of apportionment. It ends with the least possible largest average: an allocation with a
// lower one must give the expert that was picked a further copy, at every pick, so none that was given
// could have been spared. The seeds count the extra copies alone, q - 1, and by that count v / q is
// D'Hondt's method, v / (2q - 1) Sainte-Lague's, while v / sqrt(q (q + 1)) is Huntington-Hill's on all
// copies. The names here are the seeds'.
#pragma once

#include <cstdint>

namespace evenkeel {

// How many copies each expert of a node gets.
enum class Replication : std::uint8_t {
  // What:      one copy each, then x times one more for the expert with the largest average.
  // Steps:     argmax of load / copies, lowest expert on ties; its average is computed anew.
  // Cost:      O(e + x log e).
  // Guarantee: the largest average is the least possible with r copies (up to binary32 rounding).
  // Source:    DeepSeek EPLB, replicate_experts. Adams' method on all copies; see above.
  highest_load,
  // What:      the lowest level at which copies filled up to it suffice, then the rest to the highest.
  // Steps:     40 bisections of the level t between 0 and the largest load (at least 1) for the sum
  //            of max(1, ceil(load / t)) <= r; what is left goes to the highest averages, one each.
  // Cost:      O(40 e + e log e); loads below about 1e-9 leave most copies to the rest, up to
  //            O(x log e).
  // Guarantee: the largest average is highest_load's up to rounding, where loads are above about 1e-9.
  // Source:    k2, replicate_experts_waterfill. Slots are laid out expert by expert.
  water_filling,
  // What:      the extra copies go to experts 0, 1, 2, ... in turn, whatever the loads.
  // Steps:     slot s holds expert s mod e.
  // Cost:      O(r).
  // Guarantee: counts differ by at most one.
  // Source:    the placement engines start with before any load is known.
  round_robin,
  // What:      each extra copy goes to a random expert.
  // Steps:     x draws from the row's own generator.
  // Cost:      O(r).
  // Guarantee: none; equal seeds give equal copies.
  // Source:    the usual baseline of placement studies.
  random,
};

// By which rule highest_load gives its last copies: a tenth of the extra ones, rounded up.
enum class Tail : std::uint8_t {
  // What:      no tail: highest_load to the end.
  // Steps:     none.
  // Cost:      none.
  // Guarantee: highest_load's.
  // Source:    deepseek.
  none,
  // What:      the copy goes to the largest v / (2q - 1).
  // Steps:     argmax, lowest expert on ties.
  // Cost:      O(e) once, O(log e) a copy.
  // Guarantee: none; the largest average stays or rises against highest_load.
  // Source:    ref.
  sainte_lague,
  // What:      of the picks by v / q and by v / (2q - 1), the one with the lower predicted peak.
  // Steps:     a pick's peak is the larger of its new average and the second-highest average now. The
  //            first pick wins if its peak is lower by more than 1e-12, or equal within 1e-12 and the
  //            smaller of those two numbers is not larger than the other pick's; else the second.
  // Cost:      O(e) once, O(log e) a copy.
  // Guarantee: none. In exact arithmetic the second pick wins whenever the two differ: it has fewer
  //            copies, so its new average is no larger than the first's, and neither is above the
  //            second-highest average. Only rounding and the 1e-12 tell it from sainte_lague.
  // Source:    ada.
  lower_peak,
  // What:      the same choice between the picks by v / (2q - 1) and v / sqrt(q (q + 1)).
  // Steps:     as lower_peak with these two; among equal quotients the smaller average wins, then the
  //            lowest expert.
  // Cost:      O(e) once, O(log e) a copy.
  // Guarantee: none. Here it is the first pick that wins, so this is sainte_lague but for ties and
  //            rounding.
  // Source:    tie.
  tie_aware,
  // What:      the best of the picks by all three quotients.
  // Steps:     the least (predicted peak, new average, copies) of the picks by v / q, v / (2q - 1) and
  //            v / sqrt(q (q + 1)), in this order; the earlier one wins full ties.
  // Cost:      O(e) once, O(log e) a copy.
  // Guarantee: none; ends with sainte_lague but for rounding.
  // Source:    div.
  three_quotients,
};

// Every tail looks at the pick by Sainte-Lague; these at the one by Huntington-Hill too.
constexpr bool uses_huntington_hill(Tail tail) {
  return tail == Tail::tie_aware || tail == Tail::three_quotients;
}

// A copy that changes hands once all are given: from a donor with a high average to a receiver with a
// low one, if the predicted peak falls.
//
// All but second_donor never fire, whatever the copies. Proof: the peak is m = max(load / copies).
// A donor with load / copies = m that loses a copy has load / (copies - 1) instead, more than m by a 4096th
// at least, which is far above what rounding m to binary32 can hide; below the least normal number, where
// it is not, the rules' own margin is larger than all. For any other donor the rules that have one count
// m itself, whether or not it would stay. So the predicted peak is at least m, and no rule accepts it.
// They stand here to be looked at; balance_row skips them (never_fires), and a test runs them.
enum class Fixup : std::uint8_t {
  // What:      copies stay as they were given.
  // Steps:     none.
  // Cost:      none.
  // Guarantee: nothing changes.
  // Source:    deepseek.
  none,
  // What:      one copy from the highest to the lowest average.
  // Steps:     all averages are computed anew, in binary32; accepted if the highest falls by more than
  //            1e-9.
  // Cost:      O(e).
  // Guarantee: never fires.
  // Source:    k2.
  measured_move,
  // What:      one copy from the highest to the lowest average.
  // Steps:     the peak is predicted as max(second-highest, both new averages), in binary32; accepted
  //            if it falls by more than 1e-12.
  // Cost:      O(e).
  // Guarantee: never fires.
  // Source:    ref.
  predicted_move,
  // What:      one copy, the best of two donors x two receivers.
  // Steps:     the peak is predicted as max(highest average but the donor's, both new averages), in
  //            binary64; the lowest wins, if it falls by more than 1e-12.
  // Cost:      O(e).
  // Guarantee: never fires.
  // Source:    ada.
  best_of_four,
  // What:      the same, with a tie break of second order.
  // Steps:     as best_of_four; among peaks equal within 1e-12 the lower second-highest of the three
  //            numbers.
  // Cost:      O(e).
  // Guarantee: never fires.
  // Source:    tie.
  best_of_four_second,
  // What:      the same, but when the second-highest expert gives, the prediction forgets the highest.
  // Steps:     the peak is predicted as max(second-highest, both new averages) for both donors, in
  //            binary64; the lowest wins, if it falls by more than 1e-12. Once more if 0.9 of the old
  //            peak is still exceeded, with the receivers as they were.
  // Cost:      O(e + r).
  // Guarantee: none. It fires only for the second donor, whose copies get heavier while the peak
  //            stays: a defect of the strategy, and part of its result. (With two experts the receiver
  //            may be the one with the peak, which then falls.)
  // Source:    div.
  second_donor,
};

// Which bin each item goes to: groups to nodes, slots to GPUs. Every bin gets exactly n / B items;
// with one item a bin all rules but random keep the order.
enum class Packing : std::uint8_t {
  // What:      the heaviest item left goes to the lightest bin that has room.
  // Steps:     items in descending order of weight; bins in ascending order of load; the lowest
  //            index on ties; loads are added up in binary32.
  // Cost:      O(n log n + n log B).
  // Guarantee: exactly n / B items a bin. For balance see the lower bound beside each result.
  // Source:    DeepSeek EPLB, balanced_packing; Graham's longest-processing-time rule with a
  //            limit on items a bin.
  greedy,
  // What:      greedy with loads added up in binary64.
  // Steps:     as greedy.
  // Cost:      as greedy.
  // Guarantee: as greedy.
  // Source:    tie, and k2 for groups.
  greedy_binary64,
  // What:      greedy; among GPUs whose loads are equal within 1e-6 of the mean weight, the one that
  //            holds fewer copies of the same expert.
  // Steps:     bins in ascending order; one lighter by more than that replaces the choice, one
  //            within it only if it holds fewer such copies. Groups have none: there a bin that is
  //            lighter by less does not replace an earlier one. Loads are in binary64.
  // Cost:      O(n log n + n log B) where loads differ; where they tie, O(B + copies of the expert) an
  //            item.
  // Guarantee: as greedy.
  // Source:    div.
  near_tie,
  // What:      the GPU that holds the fewest copies of the same expert, whatever its load; among those
  //            the lightest.
  // Steps:     bins by (copies of that expert, load, items, index); loads are in binary64. Groups
  //            have no copies: there it is greedy_binary64.
  // Cost:      O(n log n + n log B), and O(B) an extra copy whose lightest bin holds the expert; where
  //            experts of equal weight alternate, O(copies of the expert) an item more.
  // Guarantee: as greedy; as packed, copies of one expert meet on a GPU only when all open ones hold it.
  // Source:    k2, pack_diverse_heap.
  copies_apart,
  // What:      the first n / B items go to bin 0, the next to bin 1, and so on.
  // Steps:     bin i / (n / B), place i mod (n / B).
  // Cost:      O(n).
  // Guarantee: exactly n / B items a bin.
  // Source:    the placement engines start with before any load is known.
  in_order,
  // What:      a random permutation of the items, dealt in order.
  // Steps:     Fisher-Yates from the row's own generator.
  // Cost:      O(n).
  // Guarantee: exactly n / B items a bin; equal seeds give equal placements.
  // Source:    the usual baseline of placement studies.
  random,
};

// Swaps between a heavy and a light bin after packing. Equal numbers change sides, so every bin keeps
// n / B items; with one item a bin there is nothing to gain and nothing is done. h is the heaviest
// bin, l the lightest, d the difference of their loads; w_a and w_b are the weights that change sides.
// Loads and weights are binary32, so "closer together" holds up to their rounding.
enum class Refinement : std::uint8_t {
  // What:      the packing stays.
  // Steps:     none.
  // Cost:      none.
  // Guarantee: nothing changes.
  // Source:    deepseek.
  none,
  // What:      each item of h against the two items of l nearest to making the loads equal.
  // Steps:     1 for groups, 2 for slots; the swap with the smallest |d - 2 (w_a - w_b)|, taken if
  //            that is below d by 1e-9; loads are added up anew each time.
  // Cost:      O(n + c log c) a step, c = n / B.
  // Guarantee: each swap brings h and l closer together.
  // Source:    ref, ada.
  nearest_difference,
  // What:      the two heaviest items of h against the two lightest of the lightest and of the
  //            second-lightest bin.
  // Steps:     1 for groups, 2 for slots; the smallest |d - 2 (w_a - w_b)|, if below its d by 1e-9;
  //            no second step after one that leaves at most 0.8 d. At the end places in a bin follow
  //            the order of items, swapped or not.
  // Cost:      O(n) a step.
  // Guarantee: each swap brings h and that bin closer together.
  // Source:    tie.
  two_lights,
  // What:      the same swaps, or the two heaviest items of h for the two lightest of l at once.
  // Steps:     2, or 3 where the spread of loads exceeds 0.12 of their mean. One swap as in two_lights,
  //            the pair where it leaves less by more than 1e-12; either is taken if it leaves less than
  //            d by more than 1e-12. The pair is judged in binary64.
  // Cost:      O(n) a step.
  // Guarantee: each exchange brings its two bins closer together.
  // Source:    div.
  two_for_two,
  // What:      one swap between the two heaviest items of h and the two lightest of l that lessens the
  //            spread over all bins the most. Slots only. It asks for no experts, so copies that were
  //            packed apart may meet again.
  // Steps:     1, taken if the spread falls by more than 1e-9; loads in binary64.
  // Cost:      O(n).
  // Guarantee: max load - min load falls or stays.
  // Source:    k2.
  least_spread,
};

// All stages of one strategy, by value: the same rules drive the host loop, wasm and a kernel.
struct Rules {
  Replication replication = Replication::highest_load;
  Tail tail = Tail::none;
  Fixup fixup = Fixup::none;
  Packing packing = Packing::greedy;  // of groups and of slots
  Refinement refinement = Refinement::none;
  std::uint64_t seed = 0;  // of the random rules

  friend bool operator==(const Rules&, const Rules&) = default;
};

}  // namespace evenkeel
