// The loop over rows that every back end runs, and its memory per row.
#pragma once

#include <cstddef>
#include <cstdint>

#include "core/batch/batch.hpp"
#include "core/batch/raw_steps.hpp"
#include "core/lanes/lanes.hpp"
#include "core/row/balance.hpp"
#include "core/row/measure.hpp"
#include "core/row/scratch.hpp"

namespace evenkeel {

// The kind of work on a batch; it determines the memory per row.
struct RowNeeds {
  Shape shape;
  ScratchNeeds balance;
  bool places = false;
  bool measures = false;
  bool sums_windows = false;
  bool hides_placement = false;  // the placement is not an output

  // work: that of the batch, which a device may know as a constant.
  template <class Number>
  HD static RowNeeds of(const BasicBatch<Number>& batch, RowWork work, const Rules& rules) {
    RowNeeds needs;
    needs.shape = batch.shape;
    needs.places = evenkeel::places(work);
    if (needs.places) needs.balance = ScratchNeeds::of(rules);
    needs.measures = evenkeel::measures(work);
    needs.sums_windows = batch.in.raw.data != nullptr;
    needs.hides_placement = work == RowWork::measure_placed;
    return needs;
  }
};

// Balancing and measuring use the same memory one after the other.
template <class Number>
struct RowMemory {
  float* loads;                    // [E] sums of the row's window
  RowPlacement<Number> placement;  // used if it is not an output
  Scratch balance;
  MetricScratch measure;

  // Lanes: the type of the lanes that will use it.
  template <class Lanes>
  HD static RowMemory carve(Carver& carver, const RowNeeds& needs) {
    const Shape& shape = needs.shape;
    RowMemory memory;
    memory.loads = carver.take<float>(needs.sums_windows ? shape.experts : 0);
    memory.placement.phy2log = carver.take<Number>(needs.hides_placement ? shape.slots : 0);
    memory.placement.logcnt = carver.take<Number>(needs.hides_placement ? shape.experts : 0);
    memory.placement.log2phy = carver.take<Number>(needs.hides_placement ? shape.slots : 0);
    const std::size_t shared = carver.used();
    if (needs.places) memory.balance = Scratch::carve<Lanes>(carver, shape, needs.balance);
    const std::size_t end = carver.used();
    carver.go_back_to(shared);
    if (needs.measures) memory.measure = MetricScratch::carve<Lanes>(carver, shape);
    carver.go_back_to(carver.used() > end ? carver.used() : end);
    return memory;
  }
  template <class Lanes>
  HD static std::size_t bytes(const RowNeeds& needs) {
    Carver measure(nullptr);
    carve<Lanes>(measure, needs);
    return measure.used();
  }
};

// Processes rows begin, begin + stride, ... below end. work: as in RowNeeds::of. A row with an invalid load
// in its window is marked and skipped. All lanes see the results.
template <class Lanes, class Number>
HD_INLINE void run_rows(const Lanes& lanes, const BasicBatch<Number>& batch, RowWork work,
                        const Rules& rules, const RowMemory<Number>& memory, std::int64_t begin,
                        std::int64_t end, std::int64_t stride) {
  const Shape& shape = batch.shape;
  for (std::int64_t i = begin; i < end; i += stride) {
    const std::int32_t layer = batch.layer(i);
    Row<Number> row = {memory.loads, batch.first_layer + layer, batch.previous(i)};
    if (!kHasRawSteps || batch.in.raw.data == nullptr) {
      row.loads = batch.in.loads + i * shape.experts;
    } else {
      const bool good = sum_window(lanes, batch.in.raw, batch.window(i), layer, memory.loads);
      if (lanes.rank() == 0) batch.out.faults[i] = good ? 0 : 1;
      if (!good) {
        lanes.sync();  // all lanes have read the loads
        continue;
      }
    }
    RowPlacement<const Number> placement;
    if (places(work)) {
      const RowPlacement<Number> placed = work == RowWork::measure_placed
                                              ? memory.placement
                                              : batch.placement(batch.out.placement, i);
      balance_row(lanes, row, shape, batch.gpu_slots, rules, memory.balance, placed);
      placement = placed.read_only();
    } else {
      placement = batch.placement(batch.in.placement, i);
    }
    if (measures(work)) {
      measure_row(lanes, row, shape, batch.gpu_slots, placement, memory.measure,
                  batch.out.metrics[i]);
    }
    lanes.sync();  // before the next row reuses the memory
  }
}

}  // namespace evenkeel
