// Rows on a device: what a kernel is given, and the loop of each warp. The algorithms are the core's; only
// where scratch lives is decided here.
#pragma once

#include <cstddef>
#include <cstdint>

#include "core/balance.hpp"
#include "core/metrics.hpp"
#include "cuda/lanes_warp.hpp"

namespace evenkeel {

// A chunk of a batch's rows in device memory; arrays as in Batch. Row i is layer first_layer +
// (first_row + i) % shape.layers of the model.
struct DeviceRows {
  Shape shape;
  std::int64_t first_row = 0;
  std::int32_t rows = 0;
  std::int32_t first_layer = 0;
  const float* loads = nullptr;
  std::int32_t* phy2log = nullptr;
  std::int32_t* logcnt = nullptr;
  std::int32_t* log2phy = nullptr;
  LayerMetrics* metrics = nullptr;                 // nullptr: not wanted
  const std::int32_t* previous_phy2log = nullptr;  // nullptr: none
  std::int32_t previous_slots = 0;
};

// Where a warp's scratch is: `global` + warp * bytes, or, when that is nullptr, the block's shared memory.
struct DeviceScratch {
  std::byte* global = nullptr;
  std::size_t bytes = 0;  // of one warp, a multiple of 16; balancing and measuring take turns in it
};

inline constexpr int kWarpsPerBlock = 4;

// Bytes of scratch a warp needs.
inline std::size_t warp_scratch_bytes(const Shape& shape) {
  const std::size_t balance = Scratch::bytes(shape);
  const std::size_t measure = MetricScratch::bytes(shape);
  return ((balance > measure ? balance : measure) + 15) / 16 * 16;
}

// One warp's share of the rows: every `warps`-th from `warp` on. balances: else the placement is read.
template <class Lanes>
HD void run_rows(const Lanes& lanes, const DeviceRows& rows, const Rules& rules, bool balances,
                 std::byte* scratch, std::int64_t warp, std::int64_t warps) {
  const Shape& shape = rows.shape;
  for (std::int64_t i = warp; i < rows.rows; i += warps) {
    const auto layer = static_cast<std::int32_t>((rows.first_row + i) % shape.layers);
    const Row row = {rows.loads + i * shape.experts, rows.first_layer + layer};
    const RowPlacement placement = {rows.phy2log + i * shape.slots, rows.logcnt + i * shape.experts,
                                    rows.log2phy + i * shape.slots};
    if (balances) {
      Carver carver(scratch);
      balance_row(lanes, row, shape, rules, Scratch::carve(carver, shape), placement);
    }
    if (rows.metrics != nullptr) {
      PreviousRow previous;
      if (rows.previous_phy2log != nullptr) {
        previous = {rows.previous_phy2log + i * rows.previous_slots, rows.previous_slots};
      }
      Carver carver(scratch);
      measure_row(lanes, row.loads, shape, placement, previous, MetricScratch::carve(carver, shape),
                  rows.metrics[i]);
    }
    lanes.sync();  // all lanes are done with the scratch
  }
}

}  // namespace evenkeel
