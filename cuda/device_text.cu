// The core's text as device code. Nothing runs here: the kernels below make a compiler turn every
// stage into PTX, once with one lane a row and once with the lanes of a warp, so that text which a
// device cannot take, and any fused multiply-add, are found on machines without a device.
//
// It compiles with nvcc, and with clang without any SDK (check_device_text.sh). The kernels that run are in
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
