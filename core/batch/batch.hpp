// Rows to balance or to measure, on any back end.
#pragma once

#include <cstdint>

#include "core/batch/raw_steps.hpp"
#include "core/lanes/lanes.hpp"
#include "core/model/gpu_slots.hpp"
#include "core/model/metrics.hpp"
#include "core/model/types.hpp"
#include "core/row/row.hpp"

namespace evenkeel {

// The work on each row.
enum class RowWork : std::uint8_t {
  place,              // balances the loads; writes the placement
  place_and_measure,  // also writes its metrics
  measure_placed,     // balances the loads; writes only the metrics
  measure_given,      // writes the metrics of the placement in the input
};
HD constexpr bool places(RowWork work) { return work != RowWork::measure_given; }
HD constexpr bool measures(RowWork work) { return work != RowWork::place; }
HD constexpr bool writes_placements(RowWork work) {
  return work == RowWork::place || work == RowWork::place_and_measure;
}

// The inputs of a batch. Shapes and loads have been checked. Number: the integer type of placements:
// std::int32_t for callers, Index for transfers to and from a device.
template <class Number>
struct BatchInput {
  // Loads of each row; or recorded steps and one range of steps per window.
  const float* loads = nullptr;  // [rows, E]
  RawSteps raw;
  const StepRange* windows = nullptr;

  RowPlacement<const Number> placement;  // [rows] of them, for measure_given

  // The current placement, or nullptr. With it, metrics count moved slots. GPUs of equal number are the same; the
  // others are new, or gone.
  const Number* previous_phy2log = nullptr;  // [rows, previous_slots]
  std::int32_t previous_slots = 0;
  std::int32_t previous_gpus = 0;  // can_share_slots must hold
};

// The outputs of a batch that its work writes.
template <class Number>
struct BatchOutput {
  RowPlacement<Number> placement;   // [rows] of them
  LayerMetrics* metrics = nullptr;  // [rows]
  std::uint8_t* faults =
      nullptr;  // [rows] with raw: 1 if sum_window finds an invalid load, otherwise 0
};

// Called repeatedly, in any of the batch's threads; true ends the work with a stopped status.
struct StopQuestion {
  bool (*ask)(void* context) = nullptr;  // nullptr: it cannot be stopped
  void* context = nullptr;               // passed to ask

  bool stopped() const { return ask != nullptr && ask(context); }
};

// All arrays belong to the caller. Row i is layer first_layer + (first_row + i) % shape.layers of the model, of
// window (first_row + i) / shape.layers.
template <class Number>
struct BasicBatch {
  Shape shape;
  std::int64_t rows = 0;
  std::int64_t first_row = 0;    // nonzero if the batch is a part of another batch
  std::int32_t first_layer = 0;  // of the model, for random rules
  RowWork work = RowWork::place;
  BatchInput<Number> in;
  BatchOutput<Number> out;
  int threads = 0;  // 0: all cores; back ends without threads ignore it
  StopQuestion stop;

  // The slots of each GPU, now and in the current placement (there of as many GPUs as now, or more). Backend::run
  // sets them.
  GpuSlots gpu_slots;
  GpuSlots previous_gpu_slots;

  HD std::int32_t layer(std::int64_t i) const {
    return static_cast<std::int32_t>((first_row + i) % shape.layers);
  }
  HD const StepRange& window(std::int64_t i) const {
    return in.windows[(first_row + i) / shape.layers];
  }
  // Of the placements in `all`, row i's.
  template <class N>
  HD RowPlacement<N> placement(const RowPlacement<N>& all, std::int64_t i) const {
    return {all.phy2log + i * shape.slots, all.logcnt + i * shape.experts,
            all.log2phy + i * shape.slots};
  }
  HD PreviousRow<Number> previous(std::int64_t i) const {
    if (in.previous_phy2log == nullptr) return {};
    return {in.previous_phy2log + i * in.previous_slots, previous_gpu_slots};
  }
};

using Batch = BasicBatch<std::int32_t>;

}  // namespace evenkeel
