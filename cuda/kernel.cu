#include "cuda/kernel.hpp"

#include <algorithm>
#include <string>
#include <utility>

#include "cuda/device_memory.hpp"
#include "cuda/lanes_warp.hpp"

namespace evenkeel {
namespace {

constexpr int kMostWarps = 8;  // per block
// If fewer warps fit on a multiprocessor, scratch in (cached) global memory is tried.
constexpr int kFewWarps = 4;

using Kernel = void (*)(DeviceBatch, Rules, std::byte*, std::size_t);

// The number of blocks of kMostWarps per multiprocessor, which limits registers: 24 and 16 warps.
constexpr int blocks_wanted(bool plain) { return plain ? 3 : 2; }

// in_shared_memory: the location of scratch, so that the compiler knows the address space. plain: rows are
// balanced with the default rules (deepseek), which gives small code.
template <bool in_shared_memory, bool plain>
__global__ void __launch_bounds__(kMostWarps* WarpLanes::width, blocks_wanted(plain))
    rows_kernel(const __grid_constant__ DeviceBatch batch, const __grid_constant__ Rules rules,
                std::byte* global, std::size_t scratch) {
  extern __shared__ uint4 shared[];
  const auto warps = static_cast<std::int64_t>(blockDim.x / WarpLanes::width);
  const auto in_block = static_cast<std::int64_t>(threadIdx.x / WarpLanes::width);
  const std::int64_t warp = blockIdx.x * warps + in_block;
  std::byte* mine;
  if constexpr (in_shared_memory) {
    mine = reinterpret_cast<std::byte*>(shared) + in_block * static_cast<std::int64_t>(scratch);
  } else {
    mine = global + warp * static_cast<std::int64_t>(scratch);
  }
  RowWork work = batch.work;
  if constexpr (plain) {  // placements stay in device memory
    work = measures(work) ? RowWork::place_and_measure : RowWork::place;
  }
  run_share(WarpLanes{}, batch, work, plain ? Rules() : rules, mine, warp, gridDim.x * warps);
}

bool is_plain(const RowNeeds& needs, const Rules& rules) {
  if (!needs.places) return false;
  Rules without_seed = rules;  // deepseek draws no random numbers
  without_seed.seed = 0;
  return without_seed == Rules();
}

Kernel kernel_for(bool in_shared_memory, bool plain) {
  if (in_shared_memory) return plain ? rows_kernel<true, true> : rows_kernel<true, false>;
  return plain ? rows_kernel<false, true> : rows_kernel<false, false>;
}

// Allows a kernel this many bytes of shared memory per block; the rest is used as cache.
Status allow_shared(Kernel kernel, std::size_t bytes) {
  const Status status =
      cuda_status(cudaFuncSetAttribute(kernel, cudaFuncAttributeMaxDynamicSharedMemorySize,
                                       static_cast<int>(bytes)),
                  "asking for " + std::to_string(bytes) + " bytes of shared memory");
  if (!status.ok()) return status;
  return cuda_status(cudaFuncSetAttribute(kernel, cudaFuncAttributePreferredSharedMemoryCarveout,
                                          bytes > 0 ? int{cudaSharedmemCarveoutMaxShared}
                                                    : int{cudaSharedmemCarveoutMaxL1}),
                     "asking for caches");
}

// The number of blocks that fit on one multiprocessor, with the given warps and bytes of shared memory each.
Status resident_blocks(int warps, std::size_t shared, bool plain, int& out) {
  const Kernel kernel = kernel_for(shared > 0, plain);
  if (Status s = allow_shared(kernel, shared); !s.ok()) return s;
  return cuda_status(
      cudaOccupancyMaxActiveBlocksPerMultiprocessor(&out, kernel, warps * WarpLanes::width, shared),
      "planning the kernel");
}

}  // namespace

Status find_device(Device& out) {
  int count = 0;
  if (Status s = cuda_status(cudaGetDeviceCount(&count), "looking for a device"); !s.ok()) return s;
  if (count == 0) return Status::not_present("CUDA: no device");
  int major = 0;
  for (const auto& [attribute, value] :
       {std::pair{cudaDevAttrComputeCapabilityMajor, &major},
        std::pair{cudaDevAttrMultiProcessorCount, &out.processors},
        std::pair{cudaDevAttrMaxSharedMemoryPerBlockOptin, &out.shared_bytes}}) {
    Status s = cuda_status(cudaDeviceGetAttribute(value, attribute, 0), "asking the device");
    if (!s.ok()) return s;
  }
  if (major < 8) {
    return Status::not_present("CUDA: the device has compute capability " + std::to_string(major) +
                               "; 8.0 or newer is needed");
  }
  // Detects here, and not in the middle of the work, that a device is busy, full or reserved.
  cudaFuncAttributes attributes;
  if (Status s = cuda_status(cudaFree(nullptr), "opening the device"); !s.ok()) return s;
  return cuda_status(cudaFuncGetAttributes(&attributes, kernel_for(true, true)),
                     "loading the kernel");
}

Status plan_launch(const Device& device, const RowNeeds& needs, const Rules& rules, Launch& out) {
  out = {};
  out.plain = is_plain(needs, rules);
  out.scratch = scratch_bytes<WarpLanes>(needs);
  for (int warps = kMostWarps; warps >= 1; warps /= 2) {
    const std::size_t shared = out.scratch * static_cast<std::size_t>(warps);
    if (shared > static_cast<std::size_t>(device.shared_bytes)) continue;
    int blocks = 0;
    if (Status s = resident_blocks(warps, shared, out.plain, blocks); !s.ok()) return s;
    if (blocks * warps <= out.resident) continue;
    out.in_shared_memory = true;
    out.warps = warps;
    out.resident = blocks * warps;
  }
  if (out.resident < kFewWarps) {
    int blocks = 0;
    if (Status s = resident_blocks(kMostWarps, 0, out.plain, blocks); !s.ok()) return s;
    out.in_shared_memory = false;
    out.warps = kMostWarps;
    out.resident = std::max(blocks, 1) * kMostWarps;
  }
  out.blocks = out.resident / out.warps * device.processors;
  return {};
}

Status launch_rows(const Launch& launch, const DeviceBatch& batch, const Rules& rules,
                   std::byte* global, cudaStream_t stream) {
  const std::size_t shared =
      launch.in_shared_memory ? launch.scratch * static_cast<std::size_t>(launch.warps) : 0;
  int resident = 0;  // another plan may have changed the limits of the kernel
  if (Status s = resident_blocks(launch.warps, shared, launch.plain, resident); !s.ok()) return s;
  kernel_for(
      launch.in_shared_memory,
      launch.plain)<<<static_cast<unsigned>(launch.blocks),
                      static_cast<unsigned>(launch.warps * WarpLanes::width), shared, stream>>>(
      batch, rules, global, launch.scratch);
  return cuda_status(cudaGetLastError(), "starting the kernel");
}

}  // namespace evenkeel
