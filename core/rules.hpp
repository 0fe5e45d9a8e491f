// A strategy as a row of data: which rule each stage follows.
//
// Every enumerator says alike: what it does, its steps, its cost, what it guarantees, and its
// source. Letters: e experts and r slots of one node, x = r - e extra copies, n items, B bins.
#pragma once

#include <cstdint>

namespace evenkeel {

// How many copies each expert of a node gets.
enum class Replication : std::uint8_t {
  // What:      one copy each, then x times one more for the expert with the largest load per copy.
  // Steps:     argmax of w / copies, lowest expert on ties; its load per copy is divided anew.
  // Cost:      O(e + x log e).
  // Guarantee: the largest load per copy is the least possible with r copies (up to binary32
  //            rounding): an exchange argument, since w / copies falls with every copy.
  // Source:    DeepSeek EPLB, replicate_experts. Among voting methods this is Adams' on all copies
  //            and D'Hondt's on the extra ones.
  highest_load,
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

// Which bin each item goes to: groups to nodes, slots to GPUs. Every bin gets exactly n / B items.
enum class Packing : std::uint8_t {
  // What:      the heaviest item left goes to the lightest bin that has room.
  // Steps:     items in descending order of weight; bins in ascending order of load; the lowest
  //            index on ties; loads are added up in binary32.
  // Cost:      O(n log n + n log B).
  // Guarantee: exactly n / B items a bin. For balance see the lower bound beside each result.
  // Source:    DeepSeek EPLB, balanced_packing; Graham's longest-processing-time rule with a
  //            limit on items a bin.
  greedy,
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

// All stages of one strategy, by value: the same rules drive the host loop, wasm and a kernel.
struct Rules {
  Replication replication = Replication::highest_load;
  Packing group_packing = Packing::greedy;
  Packing slot_packing = Packing::greedy;
  std::uint64_t seed = 0;  // of the random rules

  friend bool operator==(const Rules&, const Rules&) = default;
};

}  // namespace evenkeel
