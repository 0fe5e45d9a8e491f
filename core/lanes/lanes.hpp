// Execution model: a few lanes work together on one row.
//
// Every algorithm of the core is one template over a Lanes type. OneLane (below) serves the CPU and wasm;
// lanes_emulated.hpp runs the same multi-lane code on any host; on CUDA a row is computed by a warp.
//
// A Lanes type has
//   width          compile-time number of lanes
//   rank()         this lane, 0 .. width-1
//   sync()         barrier: all lanes arrive before any continues; earlier writes are visible afterwards
//   min(v)         the minimum of all lanes' 64-bit values, returned on every lane
//   sum_before(v)  the sum of the values of all lanes of lower rank (integers: no rounding)
// All lanes make the same calls in the same order. Only sync() orders memory: min and sum_before exchange
// their values and nothing else, like warp shuffles. The results of both collectives do not depend on the
// number of lanes, provided that exactly one lane contributes each element and that keys are total orders
// which end in the index (order.hpp). There is deliberately no floating-point collective: its result
// would depend on the number of lanes.
//
// This is the only file of the core that mentions CUDA.
#pragma once

#include <cstdint>

#if defined(__CUDACC__) || defined(__CUDA__)
#define HD __attribute__((host)) __attribute__((device))
// For the few large functions between a kernel and the stages: the compiler must inline them to know which
// addresses are in shared memory and which rules cannot occur.
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

// Calls f(i) for each i in 0 .. n-1, each on exactly one lane, in no particular order. There is no barrier
// afterwards.
template <class Lanes, class F>
HD void for_each_index(const Lanes& lanes, int n, F f) {
  for (int i = lanes.rank(); i < n; i += Lanes::width) f(i);
}

}  // namespace evenkeel
