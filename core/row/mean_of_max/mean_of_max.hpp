// The planner: a placement that keeps the largest GPU load small in each chunk of a history, where a balancer of one
// window only sees their sum. So it learns which experts are hot together. HACKING.md has the idea, and why it is
// deterministic.
//
// START HERE. A row passes through
//   read_history    tokens of chunks to fixed-point loads              history.hpp
//   the start       the placement in force, or keel's of the sum
//   read_slots      copies and loads of the start                      place.hpp
//   search          the best swaps and overwrites, then kicks          search.hpp, swap.hpp, overwrite.hpp
#pragma once

#include <cstdint>

#include "core/lanes/lanes.hpp"
#include "core/lanes/select.hpp"
#include "core/model/gpu_slots.hpp"
#include "core/model/rules.hpp"
#include "core/model/types.hpp"
#include "core/row/balance.hpp"
#include "core/row/mean_of_max/history.hpp"
#include "core/row/mean_of_max/scratch.hpp"
#include "core/row/mean_of_max/search.hpp"
#include "core/row/row.hpp"

namespace evenkeel::mean_of_max {

struct Effort {
  int kicks = 0;  // -1: none, 0: some, by the shape
  std::uint64_t seed = 0;
  double price = 0;
};

// The part of the mean square of loads in the score: it leads the search where the largest loads stay, and prefers
// placements that are even beyond the history.
inline constexpr double kSquares = 0.5;

// Kicks of a row that asks for none, so that a plan takes at most half a millisecond with 40 slots and 20 with 288. With a
// price most pairs of GPUs are given up at once, which leaves time for more.
HD inline int usual_kicks(const State& s) {
  const int most = s.price > 0 ? 20 : 3;
  const int least = s.price > 0 ? 3 : 1;
  const int kicks = s.slots / (s.price > 0 ? 13 : 48);
  return kicks < least ? least : kicks > most ? most : kicks;
}

// The rules of the start.
HD inline Rules start_rules(std::uint64_t seed) {
  Rules rules;
  rules.search = Search::full;
  rules.seed = seed;
  return rules;
}

// Plans one row. previous: [P] the placement in force, or nullptr. All lanes see the result.
template <class Lanes, class Number>
HD void plan_row(const Lanes& lanes, const RowHistory& history, const Number* previous,
                 const Shape& shape, const GpuSlots& gpu_slots, const Effort& effort,
                 const PlanScratch& k, const RowPlacement<Number>& out) {
  State s = k.state;
  s.experts = shape.experts;
  s.slots = shape.slots;
  s.gpus = shape.gpus;
  s.node_gpus = shape.gpus_per_node();
  s.chunks = padded(history.chunks);
  s.gpu_slots = gpu_slots;
  s.crowded = most_slots_per_gpu(shape) > shape.experts_per_node();
  s.priced = false;
  const double even =
      read_history(lanes, history, most_slots_per_gpu(shape), kSquares, s, k.worth, k.mean);
  s.price = 0;
  if (previous == nullptr) {
    sum_history(lanes, s, k.loads);
    balance_row(lanes, Row<Number>{k.loads, 0, {}}, shape, gpu_slots, start_rules(effort.seed),
                k.start, out);
    previous = out.phy2log;
  } else {
    const double price = effort.price * even * (1 << kScoreBits) + 0.5;
    s.priced = true;
    s.price = price < 0x1p40 ? static_cast<std::int64_t>(price) : std::int64_t{1} << 40;
  }
  for_each_index(lanes, s.slots,
                 [&](int slot) { s.expert[slot] = static_cast<Index>(previous[slot]); });
  for_each_index(lanes, s.experts, [&](int x) {
    s.count[x] = 0;
    for (int g = 0; g < s.gpus; ++g) s.was[x * s.gpus + g] = 0;
  });
  lanes.sync();
  if (lanes.rank() == 0) {
    for (int slot = 0; slot < s.slots; ++slot) {
      const int g = gpu_slots.gpu_of(slot);
      s.was[s.expert[slot] * s.gpus + g] = 1;
      s.node[s.expert[slot]] = static_cast<Index>(g / s.node_gpus);
    }
  }
  lanes.sync();
  read_slots(lanes, s, k.count);
  const int kicks = effort.kicks > 0 ? effort.kicks : effort.kicks < 0 ? 0 : usual_kicks(s);
  search(lanes, s, kicks, effort.seed, k);
  for_each_index(lanes, s.slots, [&](int slot) { out.phy2log[slot] = s.expert[slot]; });
  for_each_index(lanes, s.experts, [&](int x) { out.logcnt[x] = s.count[x]; });
  lanes.sync();
  sums_before(lanes, out.logcnt, s.experts, k.count);
  if (lanes.rank() == 0) {
    for (int slot = 0; slot < s.slots; ++slot) {
      out.log2phy[k.count[s.expert[slot]]++] = static_cast<Number>(slot);
    }
  }
  lanes.sync();
}

}  // namespace evenkeel::mean_of_max
