// The core's text as device code. Nothing runs here: the kernels below make a compiler turn every
// stage into PTX, once with one lane a row and once with the lanes of a warp, so that text which a
// device cannot take, and any fused multiply-add, are found on machines without a device.
//
// It compiles with nvcc, and with clang without any SDK (check_device_text.sh).

#include "core/balance.hpp"
#include "core/lanes.hpp"
#include "core/metrics.hpp"

#define DEVICE __attribute__((device))
#define KERNEL __attribute__((global))

namespace evenkeel {
namespace {

#if defined(__NVCC__)
DEVICE inline int thread_in_block() { return static_cast<int>(threadIdx.x); }
DEVICE inline void barrier() { __syncwarp(); }
DEVICE inline unsigned exchange(unsigned value, int lane) {
  return __shfl_xor_sync(~0u, value, lane);
}
#else
DEVICE inline int thread_in_block() { return __nvvm_read_ptx_sreg_tid_x(); }
DEVICE inline void barrier() { __nvvm_bar_warp_sync(~0u); }
DEVICE inline unsigned exchange(unsigned value, int lane) {
  return static_cast<unsigned>(__nvvm_shfl_sync_bfly_i32(~0u, static_cast<int>(value), lane, 31));
}
#endif

// The lanes of one warp, in their plainest form.
struct PlainWarpLanes {
  static constexpr int width = 32;
  DEVICE int rank() const { return thread_in_block() % width; }
  DEVICE void sync() const { barrier(); }
  DEVICE std::uint64_t min(std::uint64_t value) const {
    for (int distance = 1; distance < width; distance *= 2) {
      const std::uint64_t other = get(value, distance);
      value = other < value ? other : value;
    }
    return value;
  }
  DEVICE std::int32_t sum_before(std::int32_t value) const {
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
  DEVICE static std::uint64_t get(std::uint64_t value, int distance) {
    const std::uint64_t high = exchange(static_cast<unsigned>(value >> 32), distance);
    return high << 32 | exchange(static_cast<unsigned>(value), distance);
  }
};

}  // namespace

template <class Lanes>
DEVICE void whole_row(const Lanes& lanes, const float* loads, Shape shape, Rules rules,
                      std::byte* memory, std::byte* metric_memory, RowPlacement out,
                      PreviousRow previous, LayerMetrics* metrics) {
  Carver carver(memory);
  balance_row(lanes, Row{loads, 0}, shape, rules, Scratch::carve(carver, shape), out);
  Carver metric_carver(metric_memory);
  measure_row(lanes, loads, shape, out, previous, MetricScratch::carve(metric_carver, shape),
              *metrics);
}

extern "C" KERNEL void evenkeel_row_one_lane(const float* loads, Shape shape, Rules rules,
                                             std::byte* memory, std::byte* metric_memory,
                                             RowPlacement out, PreviousRow previous,
                                             LayerMetrics* metrics) {
  whole_row(OneLane{}, loads, shape, rules, memory, metric_memory, out, previous, metrics);
}

extern "C" KERNEL void evenkeel_row_warp(const float* loads, Shape shape, Rules rules,
                                         std::byte* memory, std::byte* metric_memory,
                                         RowPlacement out, PreviousRow previous,
                                         LayerMetrics* metrics) {
  whole_row(PlainWarpLanes{}, loads, shape, rules, memory, metric_memory, out, previous, metrics);
}

}  // namespace evenkeel
