// The rows of one warp: the core's loop over rows, with scratch in shared or global memory.
#pragma once

#include <cstddef>
#include <cstdint>

#include "core/batch/batch_rows.hpp"
#include "core/model/rules.hpp"

namespace evenkeel {

// A batch whose arrays are in device memory; placements in 16 bits.
using DeviceBatch = BasicBatch<Index>;

// The bytes of scratch per warp, a multiple of 16.
template <class Lanes>
std::size_t scratch_bytes(const RowNeeds& needs) {
  return (RowMemory<Index>::bytes<Lanes>(needs) + 15) / 16 * 16;
}

// Processes every `warps`-th row from `warp` on. work: that of the batch, as a constant if the kernel knows
// it. scratch: that of this warp.
template <class Lanes>
HD_INLINE void run_share(const Lanes& lanes, const DeviceBatch& batch, RowWork work,
                         const Rules& rules, std::byte* scratch, std::int64_t warp,
                         std::int64_t warps) {
  Carver carver(scratch);
  const auto memory = RowMemory<Index>::carve<Lanes>(carver, RowNeeds::of(batch, work, rules));
  run_rows(lanes, batch, work, rules, memory, warp, batch.rows, warps);
}

}  // namespace evenkeel
