// The loop over rows that every back end runs, and the memory a row needs meanwhile.
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

// What is done with the rows of a batch, as far as their memory goes.
struct RowNeeds {
  Shape shape;
  ScratchNeeds balance;
  bool balances = false;
  bool measures = false;
  bool sums_windows = false;
  bool hides_placement = false;  // nobody wants to see it

  // rules: nullptr where rows are only measured.
  template <class Number>
  HD static RowNeeds of(const BasicBatch<Number>& batch, const Rules* rules) {
    RowNeeds needs;
    needs.shape = batch.shape;
    needs.balances = rules != nullptr;
    if (rules != nullptr) needs.balance = ScratchNeeds::of(*rules);
    needs.measures = batch.metrics != nullptr;
    needs.sums_windows = batch.raw.data != nullptr;
    needs.hides_placement = batch.phy2log == nullptr;
    return needs;
  }
};

// Balancing and measuring take turns in the same memory.
template <class Number>
struct RowMemory {
  float* loads;                    // [E] of a window that is summed here
  RowPlacement<Number> placement;  // where it is hidden
  Scratch balance;
  MetricScratch measure;

  // Lanes: who will use it.
  template <class Lanes>
  HD static RowMemory carve(Carver& carver, const RowNeeds& needs) {
    const Shape& shape = needs.shape;
    RowMemory memory;
    memory.loads = carver.take<float>(needs.sums_windows ? shape.experts : 0);
    memory.placement.phy2log = carver.take<Number>(needs.hides_placement ? shape.slots : 0);
    memory.placement.logcnt = carver.take<Number>(needs.hides_placement ? shape.experts : 0);
    memory.placement.log2phy = carver.take<Number>(needs.hides_placement ? shape.slots : 0);
    const std::size_t shared = carver.used();
    if (needs.balances) memory.balance = Scratch::carve<Lanes>(carver, shape, needs.balance);
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

// Rows begin, begin + stride, ... below end. rules: nullptr to measure placements that are there. A row with
// a fault in its window is marked and left alone. All lanes see the results.
template <class Lanes, class Number>
HD_INLINE void run_rows(const Lanes& lanes, const BasicBatch<Number>& batch, const Rules* rules,
                        const RowMemory<Number>& memory, std::int64_t begin, std::int64_t end,
                        std::int64_t stride) {
  const Shape& shape = batch.shape;
  for (std::int64_t i = begin; i < end; i += stride) {
    const std::int32_t layer = batch.layer(i);
    Row row = {memory.loads, batch.first_layer + layer};
    if (!kHasRawSteps || batch.raw.data == nullptr) {
      row.loads = batch.loads + i * shape.experts;
    } else {
      const bool good = sum_window(lanes, batch.raw, batch.window(i), layer, memory.loads);
      if (lanes.rank() == 0) batch.faults[i] = good ? 0 : 1;
      if (!good) {
        lanes.sync();  // all lanes have read the loads
        continue;
      }
    }
    const RowPlacement<Number> placement =
        batch.phy2log == nullptr ? memory.placement : batch.placement(i);
    if (rules != nullptr) balance_row(lanes, row, shape, *rules, memory.balance, placement);
    if (batch.metrics != nullptr) {
      measure_row(lanes, row.loads, shape, placement, batch.previous(i), memory.measure,
                  batch.metrics[i]);
    }
    lanes.sync();  // the row's memory is used again
  }
}

}  // namespace evenkeel
