// Measures the placement of one row: computes the figures of core/model/metrics.hpp on any lanes.
#pragma once

#include <cstdint>

#include "core/lanes/lanes.hpp"
#include "core/lanes/order.hpp"
#include "core/lanes/select.hpp"
#include "core/model/gpu_slots.hpp"
#include "core/model/metrics.hpp"
#include "core/model/types.hpp"
#include "core/row/bound.hpp"
#include "core/row/gpu_set.hpp"
#include "core/row/row.hpp"
#include "core/row/scratch.hpp"

namespace evenkeel {

struct MetricScratch {
  double* gpu_load;   // [G]
  Index* first_copy;  // [E] in this placement's log2phy
  BoundScratch bound;

  template <class Lanes>
  HD static MetricScratch carve(Carver& carver, const Shape& shape) {
    MetricScratch s;
    s.bound = BoundScratch::carve<Lanes>(carver, shape);
    s.gpu_load = carver.take<double>(shape.gpus);
    s.first_copy = carver.take<Index>(shape.experts);
    return s;
  }
};

// Slots minus distinct experts on a GPU, for the experts of this lane.
template <class Lanes, class Number>
HD std::int32_t same_gpu_copies_of_lane(const Lanes& lanes, const Shape& shape,
                                        const GpuSlots& gpu_slots,
                                        const RowPlacement<const Number>& placement,
                                        const Index* first_copy) {
  std::int32_t wasted = 0;
  for_each_index(lanes, shape.experts, [&](int x) {
    const int count = placement.logcnt[x];
    if (count == 1) return;
    GpuSet seen;
    for (int k = 0; k < count; ++k) {
      const int gpu = gpu_slots.gpu_of(placement.log2phy[first_copy[x] + k]);
      wasted += seen.holds(gpu) ? 1 : 0;
      seen.add(gpu);
    }
  });
  return wasted;
}

// The number of this lane's slots whose expert was not on their GPU before.
template <class Lanes, class Number>
HD std::int32_t moved_slots_of_lane(const Lanes& lanes, const Shape& shape,
                                    const GpuSlots& gpu_slots, const Number* phy2log,
                                    const PreviousRow<Number>& previous) {
  std::int32_t moved = 0;
  for_each_index(lanes, shape.slots, [&](int slot) {
    const int gpu = gpu_slots.gpu_of(slot);
    const int end = previous.slots.end(gpu);
    bool stayed = false;
    for (int k = previous.slots.first(gpu); k < end; ++k) {
      stayed |= previous.phy2log[k] == phy2log[slot];
    }
    moved += stayed ? 0 : 1;
  });
  return moved;
}

// The sum of all lanes' numbers; valid only on the last lane, which writes the row's metrics.
template <class Lanes>
HD std::int32_t sum_on_last(const Lanes& lanes, std::int32_t mine) {
  return lanes.sum_before(mine) + mine;
}

// The metrics of one row's placement. `s` must have been carved for this shape and lanes. The last lane
// writes them.
template <class Lanes, class Number>
HD void measure_row(const Lanes& lanes, const Row<Number>& row, const Shape& shape,
                    const GpuSlots& gpu_slots, const RowPlacement<const Number>& placement,
                    const MetricScratch& s, LayerMetrics& out) {
  const float* loads = row.loads;
  sums_before(lanes, placement.logcnt, shape.experts, s.first_copy);
  WideKey mine;
  for_each_index(lanes, shape.gpus, [&](int gpu) {
    double load = 0;
    const int end = gpu_slots.end(gpu);
    for (int slot = gpu_slots.first(gpu); slot < end; ++slot) {
      const std::int32_t x = placement.phy2log[slot];
      load += static_cast<double>(loads[x]) / placement.logcnt[x];
    }
    s.gpu_load[gpu] = load;
    const WideKey key = heaviest_first(load, gpu);
    mine = key < mine ? key : mine;
  });
  lanes.sync();
  const WideKey hottest = least(lanes, mine);
  const double max = heavy_value(hottest);
  const double mean = mean_gpu_load(lanes, loads, shape, s.bound);
  const double bound = lower_bound_row(lanes, loads, shape, mean, s.bound);
  const std::int32_t wasted =
      sum_on_last(lanes, same_gpu_copies_of_lane(lanes, shape, gpu_slots, placement, s.first_copy));
  std::int32_t moved = -1;
  if (row.previous.phy2log != nullptr) {
    moved = sum_on_last(
        lanes, moved_slots_of_lane(lanes, shape, gpu_slots, placement.phy2log, row.previous));
  }
  if (lanes.rank() == Lanes::width - 1) {
    // The mean of equal loads can exceed each of them by a rounding error.
    out.mean_load = mean < max ? mean : max;
    out.max_load = max;
    out.lower_bound = bound < max ? bound : max;
    out.hottest_gpu = index_of(hottest);
    out.same_gpu_copies = wasted;
    out.moved_slots = moved;
  }
  lanes.sync();
}

}  // namespace evenkeel
