// How good is a placement? The figures of one layer, defined once for every back end.
//
// All figures are binary64 from the binary32 loads of the window. A copy carries w / count; a GPU's
// load is the sum over its slots in slot order; the mean is the sum over GPUs in order, divided by
// the number of GPUs.
#pragma once

#include <cstdint>

#include "core/balance.hpp"
#include "core/bound.hpp"
#include "core/lanes.hpp"
#include "core/order.hpp"
#include "core/scratch.hpp"
#include "core/select.hpp"
#include "core/types.hpp"

namespace evenkeel {

// Loads are in tokens of the window.
struct LayerMetrics {
  double mean_load = 0;          // of a GPU
  double max_load = 0;           // of the hottest GPU
  double lower_bound = 0;        // no placement has a smaller max_load (bound.hpp)
  std::int32_t hottest_gpu = 0;  // the first GPU with max_load
  std::int32_t same_gpu_copies =
      0;                          // slots minus distinct experts, summed over GPUs: copies wasted
  std::int32_t moved_slots = -1;  // slots whose expert was not on that GPU before; -1: no before

  // mean / max: 1 is perfect, also for a layer without load.
  HD double balancedness() const { return max_load > 0 ? mean_load / max_load : 1.0; }
  // (max - mean) / mean: 0 is perfect.
  HD double imbalance() const { return mean_load > 0 ? (max_load - mean_load) / mean_load : 0.0; }
  // max / lower bound - 1: at most so much above what is possible.
  HD double gap() const { return lower_bound > 0 ? max_load / lower_bound - 1 : 0.0; }
};

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

// The placement that a row's experts had before: one layer's phy2log of as many GPUs.
template <class Number>
struct PreviousRow {
  const Number* phy2log = nullptr;  // [slots]; nullptr: there is none
  std::int32_t slots = 0;           // a multiple of the GPUs
};

// One bit a GPU: which GPUs hold an expert.
class GpuSet {
 public:
  HD bool holds(int gpu) const { return (words_[gpu / 64] >> (gpu % 64) & 1) != 0; }
  HD void add(int gpu) { words_[gpu / 64] |= std::uint64_t{1} << (gpu % 64); }

 private:
  std::uint64_t words_[kMaxGpus / 64] = {};
};

// Slots minus distinct experts on a GPU, over the experts of this lane.
template <class Lanes, class Number>
HD std::int32_t same_gpu_copies_of_lane(const Lanes& lanes, const Shape& shape,
                                        const RowPlacement<Number>& placement,
                                        const Index* first_copy) {
  std::int32_t wasted = 0;
  for_each_index(lanes, shape.experts, [&](int x) {
    const int count = placement.logcnt[x];
    if (count == 1) return;
    GpuSet seen;
    for (int k = 0; k < count; ++k) {
      const int gpu = placement.log2phy[first_copy[x] + k] / shape.slots_per_gpu();
      wasted += seen.holds(gpu) ? 1 : 0;
      seen.add(gpu);
    }
  });
  return wasted;
}

// Slots of this lane whose expert was not on their GPU before.
template <class Lanes, class Number>
HD std::int32_t moved_slots_of_lane(const Lanes& lanes, const Shape& shape, const Number* phy2log,
                                    const PreviousRow<Number>& previous) {
  const int before = previous.slots / shape.gpus;
  std::int32_t moved = 0;
  for_each_index(lanes, shape.slots, [&](int slot) {
    const Number* there = previous.phy2log + slot / shape.slots_per_gpu() * before;
    bool stayed = false;
    for (int k = 0; k < before; ++k) stayed |= there[k] == phy2log[slot];
    moved += stayed ? 0 : 1;
  });
  return moved;
}

// The sum of all lanes' numbers on the last lane, which is the one that writes a row's metrics.
template <class Lanes>
HD std::int32_t sum_on_last(const Lanes& lanes, std::int32_t mine) {
  return lanes.sum_before(mine) + mine;
}

// The metrics of one row's placement. s was carved for this shape and lanes. Written by the last lane.
template <class Lanes, class Number>
HD void measure_row(const Lanes& lanes, const float* loads, const Shape& shape,
                    const RowPlacement<Number>& placement, const PreviousRow<Number>& previous,
                    const MetricScratch& s, LayerMetrics& out) {
  sums_before(lanes, placement.logcnt, shape.experts, s.first_copy);
  const int room = shape.slots_per_gpu();
  WideKey mine;
  for_each_index(lanes, shape.gpus, [&](int gpu) {
    double load = 0;
    for (int slot = gpu * room; slot < (gpu + 1) * room; ++slot) {
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
  double mean = 0;
  for (int gpu = 0; gpu < shape.gpus; ++gpu) mean += s.gpu_load[gpu];
  mean /= shape.gpus;
  mean = mean < max ? mean : max;  // rounding may lift a sum of equal loads past the largest

  const double bound = lower_bound_row(lanes, loads, shape, mean, s.bound);
  const std::int32_t wasted =
      sum_on_last(lanes, same_gpu_copies_of_lane(lanes, shape, placement, s.first_copy));
  std::int32_t moved = -1;
  if (previous.phy2log != nullptr) {
    moved = sum_on_last(lanes, moved_slots_of_lane(lanes, shape, placement.phy2log, previous));
  }
  if (lanes.rank() == Lanes::width - 1) {
    out.mean_load = mean;
    out.max_load = max;
    out.lower_bound = bound < max ? bound : max;  // likewise
    out.hottest_gpu = index_of(hottest);
    out.same_gpu_copies = wasted;
    out.moved_slots = moved;
  }
  lanes.sync();
}

}  // namespace evenkeel
