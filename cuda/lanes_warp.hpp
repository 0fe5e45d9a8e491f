// The lanes of one warp, which execute a row on a device.
//
// Compiles with nvcc, and with clang without an SDK, which has its own names for the instructions
// (check_device_text.sh).
#pragma once

#include <cstdint>

namespace evenkeel {

struct WarpLanes {
  static constexpr int width = 32;

#if defined(__NVCC__)
  __device__ int rank() const { return static_cast<int>(threadIdx.x % width); }
  __device__ void sync() const { __syncwarp(); }
#else
  __attribute__((device)) int rank() const { return __nvvm_read_ptx_sreg_tid_x() % width; }
  __attribute__((device)) void sync() const { __nvvm_bar_warp_sync(kAll); }
#endif

  // nvcc: one instruction for each half: first the smallest upper half, then the smallest lower half among
  // those. Otherwise a butterfly.
  __attribute__((device)) std::uint64_t min(std::uint64_t value) const {
#if defined(__NVCC__) && __CUDA_ARCH__ >= 800
    const auto high = static_cast<unsigned>(value >> 32);
    const auto low = static_cast<unsigned>(value);
    const unsigned least_high = __reduce_min_sync(kAll, high);
    const unsigned least_low = __reduce_min_sync(kAll, high == least_high ? low : ~0u);
    return std::uint64_t{least_high} << 32 | least_low;
#else
    for (int distance = 1; distance < width; distance *= 2) {
      const std::uint64_t high = exchange(static_cast<unsigned>(value >> 32), distance);
      const std::uint64_t other = high << 32 | exchange(static_cast<unsigned>(value), distance);
      value = other < value ? other : value;
    }
    return value;
#endif
  }

  __attribute__((device)) std::int32_t sum_before(std::int32_t value) const {
    std::int32_t before = 0;
    auto total = static_cast<unsigned>(value);
    for (int distance = 1; distance < width; distance *= 2) {
      const unsigned other = exchange(total, distance);
      if ((rank() & distance) != 0) before += static_cast<std::int32_t>(other);
      total += other;
    }
    return before;
  }

 private:
  static constexpr unsigned kAll = ~0u;

  // The value of the lane whose number differs in the bit `distance`.
  __attribute__((device)) static unsigned exchange(unsigned value, int distance) {
#if defined(__NVCC__)
    return __shfl_xor_sync(kAll, value, distance);
#else
    return static_cast<unsigned>(
        __nvvm_shfl_sync_bfly_i32(kAll, static_cast<int>(value), distance, width - 1));
#endif
  }
};

}  // namespace evenkeel
