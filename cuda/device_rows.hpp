// A warp's share of a batch: the core's loop over rows, with scratch in shared or in global memory.
#pragma once

#include <cstddef>
#include <cstdint>

#include "core/batch/batch_rows.hpp"
#include "core/model/rules.hpp"

namespace evenkeel {

// A batch whose arrays are in device memory; placements in 16 bits.
using DeviceBatch = BasicBatch<Index>;

// Bytes of scratch a warp needs, a multiple of 16.
template <class Lanes>
std::size_t scratch_bytes(const RowNeeds& needs) {
  return (RowMemory<Index>::bytes<Lanes>(needs) + 15) / 16 * 16;
}

// Every `warps`-th row from `warp` on. balances: else the placement is read. scratch: this warp's.
template <class Lanes>
HD_INLINE void run_share(const Lanes& lanes, const DeviceBatch& batch, const Rules& rules,
                         bool balances, std::byte* scratch, std::int64_t warp, std::int64_t warps) {
  const Rules* wanted = balances ? &rules : nullptr;
  Carver carver(scratch);
  const auto memory = RowMemory<Index>::carve<Lanes>(carver, RowNeeds::of(batch, wanted));
  run_rows(lanes, batch, wanted, memory, warp, batch.rows, warps);
}

}  // namespace evenkeel
