// The core as device code. Nothing runs here: the kernels below make a compiler translate every stage to PTX,
// once with one lane per row and once with the lanes of a warp. So code that is invalid on a device, and any
// fused multiply-add, are found on machines without a device.
//
// It compiles with nvcc, and with clang without an SDK (check_device_text.sh). The real kernels are in
// kernel.cu, around the same loop.

#include "core/lanes/lanes.hpp"
#include "cuda/device_rows.hpp"
#include "cuda/lanes_warp.hpp"

#define KERNEL __attribute__((global))

namespace evenkeel {

extern "C" KERNEL void evenkeel_row_one_lane(DeviceBatch batch, Rules rules, std::byte* scratch) {
  run_share(OneLane{}, batch, batch.work, rules, scratch, 0, 1);
}

extern "C" KERNEL void evenkeel_row_warp(DeviceBatch batch, Rules rules, std::byte* scratch) {
  run_share(WarpLanes{}, batch, batch.work, rules, scratch, 0, 1);
}

}  // namespace evenkeel
