// Who executes an algorithm: a few lanes that co-operate on one row.
//
// Every algorithm of the core is one template over a Lanes object. OneLane below is the CPU and
// wasm; lanes_emulated.hpp runs the same co-operative text on any host; a CUDA warp is another.
//
// A Lanes type has
//   width          compile-time number of lanes
//   rank()         this lane, 0 .. width-1
//   sync()         all lanes arrive before any goes on; memory written before is visible after
//   min(v)         the least of all lanes' 64-bit values, on every lane
//   sum_before(v)  the sum of the values of the lanes of lower rank (integers: no rounding)
// All lanes make the same calls in the same order. Only sync() orders memory: min and sum_before carry
// their values and nothing else, as a warp's shuffles do. Both collectives give a result that the number
// of lanes cannot change, provided that each element is offered by exactly one lane and that keys
// are total orders ending in the index (order.hpp). There is no floating-point collective, on
// purpose: its result would depend on the number of lanes.
//
// This is the only file of the core that knows of CUDA.
#pragma once

#include <cstdint>

#if defined(__CUDACC__) || defined(__CUDA__)
#define HD __attribute__((host)) __attribute__((device))
// For the few large functions between a kernel and the stages: only when they are one text does a compiler
// know which addresses are in shared memory, and which rules cannot occur.
#define HD_INLINE HD inline __attribute__((always_inline))
#else
#define HD
#define HD_INLINE inline
#endif

namespace evenkeel {

struct OneLane {
  static constexpr int width = 1;
  HD constexpr int rank() const { return 0; }
  HD constexpr void sync() const {}
  HD constexpr std::uint64_t min(std::uint64_t value) const { return value; }
  HD constexpr std::int32_t sum_before(std::int32_t) const { return 0; }
};

// Calls f(i) for each i of 0 .. n-1 on exactly one lane. No order between items, no barrier behind.
template <class Lanes, class F>
HD void for_each_index(const Lanes& lanes, int n, F f) {
  for (int i = lanes.rank(); i < n; i += Lanes::width) f(i);
}

}  // namespace evenkeel
