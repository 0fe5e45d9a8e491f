// The kernel of the back end, and its launch.
#pragma once

#include <cuda_runtime.h>

#include <cstddef>

#include "core/base/status.hpp"
#include "core/model/rules.hpp"
#include "cuda/device_rows.hpp"

namespace evenkeel {

struct Device {
  int processors = 0;
  int shared_bytes = 0;  // the maximum per block
};

// The device to use: the first one. The error says why there is none. Starts the driver and checks that the
// kernel can be loaded.
Status find_device(Device& out);

// The launch of the kernel, with as many warps as the device can hold at a time.
struct Launch {
  int blocks = 0;
  int warps = 0;                  // per block
  int resident = 0;               // warps per multiprocessor
  std::size_t scratch = 0;        // bytes per warp
  bool in_shared_memory = false;  // the location of scratch
  bool plain = false;             // default rules

  std::size_t global_bytes() const {
    return in_shared_memory
               ? 0
               : scratch * static_cast<std::size_t>(blocks) * static_cast<std::size_t>(warps);
  }
};

Status plan_launch(const Device& device, const RowNeeds& needs, const Rules& rules, Launch& out);

// Enqueues the kernel with the plan for these rules. global: launch.global_bytes() of
// device memory, or nullptr. The plan must cover at least the needs of the batch.
Status launch_rows(const Launch& launch, const DeviceBatch& batch, const Rules& rules,
                   std::byte* global, cudaStream_t stream);

}  // namespace evenkeel
