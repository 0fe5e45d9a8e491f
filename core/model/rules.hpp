// A strategy as data: one rule per stage.
//
//   replicate   how many copies each expert of a node gets        replicate.hpp, water_filling.hpp
//   tail        the rule for the last tenth of the extra copies   tail.hpp
//   fixup       moves a copy to another expert afterwards         fixup.hpp
//   pack        groups to nodes, then slots to GPUs               pack.hpp, pack_experts.hpp
//   refine      swaps after each packing                          refine.hpp and refine_*.hpp
//   apart       copies of an expert to different GPUs             apart.hpp
//
// The code of all stages is in core/row/stages; core/row/balance.hpp calls it.
//
// The comment of each enumerator has the same five entries: what it does, steps, cost, guarantee, source.
// Letters: e experts and r slots of one node, x = r - e extra copies, n items, B bins. The average of an
// expert is its load v divided by the number q of its copies. Sources are named as in strategies.cpp.
//
// The names of the quotients. If q counts all copies of an expert, assigning the next copy by the largest
// v / q is Adams' method of apportionment. It minimises the largest average: an allocation with a lower
// largest average would have to give every picked expert at least one copy more, so no assigned copy can
// be saved. The published strategies count only the extra copies, q - 1. By that count v / q is D'Hondt's
// method and v / (2q - 1) is Sainte-Lague's, while v / sqrt(q (q + 1)) is Huntington-Hill's method on all
// copies. The names here are those of the published strategies.
#pragma once

#include <cstdint>

namespace evenkeel {

// Decides how many copies each expert of a node gets.
enum class Replication : std::uint8_t {
  // What:      one copy for each expert; each of the x extra copies goes to the largest average.
  // Steps:     argmax of load / copies, lowest index on ties; the average of that expert is updated.
  // Cost:      O(e + x log e).
  // Guarantee: the largest average is the minimum for r copies (up to binary32 rounding).
  // Source:    DeepSeek EPLB, replicate_experts. Adams' method on all copies; see above.
  highest_load,
  // What:      the lowest level t for which r copies keep all averages at or below t.
  // Steps:     40 bisections of t between 0 and the largest load (at least 1) for
  //            sum of max(1, ceil(load / t)) <= r; remaining copies go to the highest averages, one each.
  // Cost:      O(40 e + e log e). With loads below about 1e-9 most copies remain: up to O(x log e).
  // Guarantee: the same largest average as highest_load, up to rounding, for loads above about 1e-9.
  // Source:    k2, replicate_experts_waterfill. Slots are in the order of experts.
  water_filling,
  // What:      the extra copies go to experts 0, 1, 2, ... in turn; loads are ignored.
  // Steps:     slot s holds expert s mod e.
  // Cost:      O(r).
  // Guarantee: counts differ by at most one.
  // Source:    the placement with which vLLM and SGLang start, before they have measured loads.
  round_robin,
  // What:      each extra copy goes to a random expert.
  // Steps:     x draws from the random generator of the row.
  // Cost:      O(r).
  // Guarantee: none; equal seeds give equal copies.
  // Source:    the usual baseline of placement studies.
  random,
};

// The rule for the last copies of highest_load: a tenth of the extra copies, rounded up.
enum class Tail : std::uint8_t {
  // What:      no tail: highest_load assigns all copies.
  // Steps:     none.
  // Cost:      none.
  // Guarantee: highest_load's.
  // Source:    deepseek.
  none,
  // What:      the copy goes to the largest v / (2q - 1).
  // Steps:     argmax, lowest expert on ties.
  // Cost:      O(e) once, O(log e) a copy.
  // Guarantee: none; the largest average is that of highest_load or larger.
  // Source:    ref.
  sainte_lague,
  // What:      of the picks by v / q and by v / (2q - 1), the one with the lower predicted peak.
  // Steps:     a pick's peak is the larger of its new average and the current second-highest average.
  //            The first pick wins if its peak is lower by more than 1e-12, or if the peaks are equal
  //            within 1e-12 and the smaller of the two numbers is not larger than the second pick's;
  //            otherwise the second pick wins.
  // Cost:      O(e) once, O(log e) a copy.
  // Guarantee: none. In exact arithmetic the second pick wins whenever the two differ: it has fewer
  //            copies, so its new average is no larger than the first's, and neither is above the
  //            second-highest average. It differs from sainte_lague only by rounding and the 1e-12.
  // Source:    ada.
  lower_peak,
  // What:      the same choice between the picks by v / (2q - 1) and v / sqrt(q (q + 1)).
  // Steps:     as lower_peak with these two picks; among equal quotients the smaller average wins, then
  //            the lowest index.
  // Cost:      O(e) once, O(log e) a copy.
  // Guarantee: none. Here the first pick wins, so this equals sainte_lague except for ties and
  //            rounding.
  // Source:    tie.
  tie_aware,
  // What:      the best of the picks by all three quotients.
  // Steps:     the smallest (predicted peak, new average, copies) of the picks by v / q, v / (2q - 1)
  //            and v / sqrt(q (q + 1)), in this order; the earlier pick wins full ties.
  // Cost:      O(e) once, O(log e) a copy.
  // Guarantee: none; equals sainte_lague except for rounding.
  // Source:    div.
  three_quotients,
};

// Whether the tail uses the pick by Huntington-Hill; every tail uses the pick by Sainte-Lague.
constexpr bool uses_huntington_hill(Tail tail) {
  return tail == Tail::tie_aware || tail == Tail::three_quotients;
}

// Moves a copy after all copies are assigned: from a donor with a high average to a receiver with a low
// average, if the predicted peak falls.
//
// All rules except second_donor never fire, whatever the copies are. Proof: the peak is m = max(load /
// copies). If a donor with load / copies = m loses a copy, its average becomes load / (copies - 1). That is
// larger than m by at least a 4096th, far more than the rounding of m to binary32 can hide; for subnormal m,
// where rounding could hide it, the margin of the rules is larger than all averages. For any other donor, the
// rules that allow one include m itself in the prediction. So the predicted peak is at least m, and no rule
// accepts the move. The rules are here as documentation of their strategies; balance_row skips them
// (never_fires), and a test runs them.
enum class Fixup : std::uint8_t {
  // What:      copies stay as assigned.
  // Steps:     none.
  // Cost:      none.
  // Guarantee: nothing changes.
  // Source:    deepseek.
  none,
  // What:      one copy from the highest to the lowest average.
  // Steps:     all averages are recomputed in binary32; accepted if the highest falls by more than
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
  // Steps:     the peak is predicted as max(highest average except the donor's, both new averages), in
  //            binary64; the lowest wins, if it falls by more than 1e-12.
  // Cost:      O(e).
  // Guarantee: never fires.
  // Source:    ada.
  best_of_four,
  // What:      as best_of_four, with a second criterion for ties.
  // Steps:     as best_of_four; among peaks equal within 1e-12 the move wins for which the
  //            second-highest of the three numbers is lower.
  // Cost:      O(e).
  // Guarantee: never fires.
  // Source:    tie.
  best_of_four_second,
  // What:      as best_of_four, but with the second-highest expert as donor the prediction leaves out
  //            the highest expert.
  // Steps:     the peak is predicted as max(second-highest, both new averages) for both donors, in
  //            binary64; the lowest wins, if it falls by more than 1e-12. A second move follows if the
  //            peak is still above 0.9 of the old peak; its receivers are not looked up again.
  // Cost:      O(e + r).
  // Guarantee: none. It fires only for the second donor: the average of that expert rises, and the peak
  //            does not fall. This is a defect of the published strategy and part of its results. (With
  //            two experts the receiver may be the expert with the peak; then the peak falls.)
  // Source:    div.
  second_donor,
};

// Assigns items to bins: groups to nodes, slots to GPUs. Every bin gets exactly n / B items. With one item
// per bin, all rules except random keep the order.
enum class Packing : std::uint8_t {
  // What:      the heaviest remaining item goes to the lightest bin that has room.
  // Steps:     items in descending order of weight; bins in ascending order of load; the lowest
  //            index on ties; loads are added up in binary32.
  // Cost:      O(n log n + n log B).
  // Guarantee: exactly n / B items per bin. For the balance, each result has a lower bound.
  // Source:    DeepSeek EPLB, balanced_packing; Graham's longest-processing-time rule with a
  //            limit on the items per bin.
  greedy,
  // What:      greedy with loads added up in binary64.
  // Steps:     as greedy.
  // Cost:      as greedy.
  // Guarantee: as greedy.
  // Source:    tie, and k2 for groups.
  greedy_binary64,
  // What:      greedy; among GPUs whose loads are equal within 1e-6 of the mean weight, the one that
  //            holds fewer copies of the same expert.
  // Steps:     a scan of the bins in ascending order. A bin that is lighter by more than 1e-6 of the
  //            mean weight replaces the choice; a bin that is equal within it does so only if it holds
  //            fewer copies of the expert, and never for groups. Loads are in binary64.
  // Cost:      O(n log n + n log B) where loads differ; O(B + copies of the expert) per item where
  //            they tie.
  // Guarantee: as greedy.
  // Source:    div.
  near_tie,
  // What:      the GPU that holds the fewest copies of the same expert, whatever its load; among those
  //            the lightest.
  // Steps:     bins in the order (copies of that expert, load, items, index); loads are in binary64.
  //            Groups have no copies: for them it is greedy_binary64.
  // Cost:      O(n log n + n log B), plus O(B) for each extra copy whose expert is on the lightest bin
  //            already; where experts of equal weight alternate, plus O(copies of the expert) per item.
  // Guarantee: as greedy. Before refinement, a GPU gets a second copy of an expert only if all open
  //            GPUs hold one.
  // Source:    k2, pack_diverse_heap.
  copies_apart,
  // What:      the first n / B items go to bin 0, the next to bin 1, and so on.
  // Steps:     bin i / (n / B), place i mod (n / B).
  // Cost:      O(n).
  // Guarantee: exactly n / B items per bin.
  // Source:    the placement with which vLLM and SGLang start, before they have measured loads.
  in_order,
  // What:      a random permutation of the items, dealt in order.
  // Steps:     Fisher-Yates with the random generator of the row.
  // Cost:      O(n).
  // Guarantee: exactly n / B items per bin; equal seeds give equal placements.
  // Source:    the usual baseline of placement studies.
  random,
};

// Swaps items between a heavy and a light bin after packing, so every bin keeps n / B items. With one item
// per bin a swap cannot help, and nothing is done. h is the heaviest bin, l the lightest, d the difference of
// their loads; w_a (from h) and w_b (from l) are the swapped weights. Loads and weights are binary32, so
// "closer together" holds up to rounding.
enum class Refinement : std::uint8_t {
  // What:      the packing stays.
  // Steps:     none.
  // Cost:      none.
  // Guarantee: nothing changes.
  // Source:    deepseek.
  none,
  // What:      each item of h with the two items of l whose swap would bring h and l closest together.
  // Steps:     1 for groups, 2 for slots; the swap with the smallest |d - 2 (w_a - w_b)|, accepted if
  //            that is less than d - 1e-9; loads are added up again each time.
  // Cost:      O(n + c log c) per step, c = n / B.
  // Guarantee: each swap brings h and l closer together.
  // Source:    ref, ada.
  nearest_difference,
  // What:      the two heaviest items of h with the two lightest items of each of the two lightest
  //            bins.
  // Steps:     1 for groups, 2 for slots; the smallest |d - 2 (w_a - w_b)|, if less than d - 1e-9, with
  //            d to that light bin; no second step if the first leaves at most 0.8 d. At the end the
  //            places in every bin are renumbered in the order of items.
  // Cost:      O(n) per step.
  // Guarantee: each swap brings h and that light bin closer together.
  // Source:    tie.
  two_lights,
  // What:      the swaps of two_lights, or both of the two heaviest items of h for both of the two
  //            lightest items of l.
  // Steps:     2, or 3 if the spread of loads exceeds 0.12 of their mean. A single swap as in two_lights,
  //            or the pair if it leaves a difference smaller by more than 1e-12; either is accepted if it
  //            reduces d by more than 1e-12. The pair is computed in binary64.
  // Cost:      O(n) per step.
  // Guarantee: each exchange brings its two bins closer together.
  // Source:    div.
  two_for_two,
  // What:      one swap between the two heaviest items of h and the two lightest of l: the one that
  //            reduces the spread over all bins the most. Slots only. It ignores experts, so copies
  //            that were packed apart may meet on a GPU again.
  // Steps:     1, accepted if the spread falls by more than 1e-9; loads are in binary64.
  // Cost:      O(n).
  // Guarantee: max load - min load does not grow.
  // Source:    k2.
  least_spread,
};

// Puts the copies of an expert on different GPUs. G is the number of GPUs of a node: copies stay on their node.
enum class Apart : std::uint8_t {
  // What:      copies stay where packing and refinement put them.
  // Steps:     none.
  // Cost:      none.
  // Guarantee: none.
  // Source:    all published strategies.
  none,
  // What:      no expert has more than G copies; copies that share a GPU are exchanged with copies of similar
  //            load. Slots only.
  // Steps:     before packing, the last copy of an expert with more than G copies, the one with the lowest
  //            average, goes to the highest average of those with fewer than G, until there is no donor or no
  //            receiver; lowest index on ties. After refinement, the copies are ranked by weight (descending),
  //            expert and copy number. In this order, each copy that shares its GPU with another copy of its
  //            expert is exchanged with one whose GPU does not hold its expert and whose expert is not on its own
  //            GPU: of the nearest such rank above and below, the one with the smaller difference in weight
  //            (binary32); the heavier on ties. If a copy has no such partner and more copies share a GPU than
  //            must, ranks are dealt round the GPUs instead: rank r to GPU r mod G.
  // Cost:      O(r); with copies that share, O(e log e + r n / B), and O(n / B) for each rank that is tried. O(r)
  //            for each copy that another expert gets.
  // Guarantee: no two copies of an expert are on one GPU if r <= e G. Otherwise r - e G copies share a GPU with
  //            another copy, the fewest possible: a GPU holds at most e distinct experts. Proof for the deal:
  //            copies of an expert have successive ranks, so c of them are on min(c, G) GPUs.
  // Source:    vllm-ascend's loader needs it (issue 1116 there).
  exchange,
};

// The kicks of keel:max, and the most that a name may ask for.
inline constexpr std::int32_t kMaxEffort = 300;
inline constexpr std::int32_t kMostKicks = 100000;

// Whether a row is balanced by stages or by the search of keel (core/row/keel).
enum class Search : std::uint8_t {
  none,  // by the stages
  fast,  // keel with exchanges of one copy for one alone
  full,  // keel
};

// The rules of all stages of one strategy, as a value that host code, wasm and kernels can share.
struct Rules {
  Replication replication = Replication::highest_load;
  Tail tail = Tail::none;
  Fixup fixup = Fixup::none;
  Packing packing = Packing::greedy;  // of groups and of slots
  Refinement refinement = Refinement::none;
  Apart apart = Apart::none;     // of slots
  Search search = Search::none;  // if not none, the stages above are not used
  std::int32_t kicks = 0;  // of keel; 0: few, and only for rows that stay far above their bound
  std::uint64_t seed = 0;  // of the random rules and of kicks

  // Whether a row passes through the stages.
  constexpr bool has_stages() const { return search == Search::none; }

  friend bool operator==(const Rules&, const Rules&) = default;
};

}  // namespace evenkeel
