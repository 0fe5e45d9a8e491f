// The kernel of the back end, and how it is started.
#pragma once

#include <cuda_runtime.h>

#include <cstddef>

#include "core/base/status.hpp"
#include "core/model/rules.hpp"
#include "cuda/device_rows.hpp"

namespace evenkeel {

struct Device {
  int processors = 0;
  int shared_bytes = 0;  // the most a block may have
};

// The device that will be used: the first one. An error says why there is none. Starts the driver; the kernel
// can be loaded there.
Status find_device(Device& out);

// How the kernel is started: as many warps as the device holds at a time.
struct Launch {
  int blocks = 0;
  int warps = 0;                  // of a block
  int resident = 0;               // warps of one multiprocessor
  std::size_t scratch = 0;        // bytes of a warp
  bool in_shared_memory = false;  // where they are
  bool plain = false;             // by the default rules

  std::size_t global_bytes() const {
    return in_shared_memory
               ? 0
               : scratch * static_cast<std::size_t>(blocks) * static_cast<std::size_t>(warps);
  }
};

Status plan_launch(const Device& device, const RowNeeds& needs, const Rules& rules, Launch& out);

// Queues the kernel, by the plan for these rules. global: launch.global_bytes() of
// device memory, or nullptr. The plan must be for what the batch needs, or more.
Status launch_rows(const Launch& launch, const DeviceBatch& batch, const Rules& rules,
                   std::byte* global, cudaStream_t stream);

}  // namespace evenkeel
