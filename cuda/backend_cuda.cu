// The CUDA back end: rows in chunks, two of them under way at a time, so that copies of one overlap the
// kernel of the other. A row is one warp's; the algorithms are the core's own text (rows.hpp).

#include "cuda/backend_cuda.hpp"

#include <algorithm>
#include <mutex>
#include <optional>

#include "core/backend.hpp"
#include "cuda/chunk.hpp"
#include "cuda/device_memory.hpp"
#include "cuda/rows.hpp"

namespace evenkeel {
namespace {

__global__ void rows_kernel(DeviceRows rows, Rules rules, bool balances, DeviceScratch scratch) {
  extern __shared__ uint4 shared[];
  const auto warps = static_cast<std::int64_t>(blockDim.x / WarpLanes::width);
  const auto in_block = static_cast<std::int64_t>(threadIdx.x / WarpLanes::width);
  const std::int64_t warp = blockIdx.x * warps + in_block;
  std::byte* mine = scratch.global != nullptr
                        ? scratch.global + warp * static_cast<std::int64_t>(scratch.bytes)
                        : reinterpret_cast<std::byte*>(shared) +
                              in_block * static_cast<std::int64_t>(scratch.bytes);
  run_rows(WarpLanes{}, rows, rules, balances, mine, warp, gridDim.x * warps);
}

struct Device {
  int processors = 0;
  int shared_bytes = 0;  // the most a block may have
};

Status find_device(Device& out) {
  int count = 0;
  if (Status s = cuda_status(cudaGetDeviceCount(&count), "looking for a device"); !s.ok()) return s;
  if (count == 0) return Status::error("CUDA: no device");
  int major = 0;
  for (const auto& [attribute, value] :
       {std::pair{cudaDevAttrComputeCapabilityMajor, &major},
        std::pair{cudaDevAttrMultiProcessorCount, &out.processors},
        std::pair{cudaDevAttrMaxSharedMemoryPerBlockOptin, &out.shared_bytes}}) {
    Status s = cuda_status(cudaDeviceGetAttribute(value, attribute, 0), "asking the device");
    if (!s.ok()) return s;
  }
  if (major < 8) {
    return Status::error("CUDA: the device has compute capability " + std::to_string(major) +
                         "; 8.0 or newer is needed");
  }
  return {};
}

Status present() {
  Device device;
  return find_device(device);
}

// How the kernel is started for a shape: as many warps as the device holds at a time.
struct Launch {
  unsigned blocks = 0;
  unsigned threads = 0;
  std::size_t shared = 0;   // bytes of a block
  std::size_t scratch = 0;  // bytes of a warp
};

Status plan_launch(const Device& device, const Shape& shape, Launch& out) {
  out.scratch = warp_scratch_bytes(shape);
  int warps = kWarpsPerBlock;
  const auto limit = static_cast<std::size_t>(device.shared_bytes);
  while (warps > 1 && out.scratch * static_cast<std::size_t>(warps) > limit) warps /= 2;
  const std::size_t wanted = out.scratch * static_cast<std::size_t>(warps);
  out.shared = wanted <= limit ? wanted : 0;  // 0: global memory
  if (out.shared == 0) warps = kWarpsPerBlock;
  out.threads = static_cast<unsigned>(warps * WarpLanes::width);
  Status status =
      cuda_status(cudaFuncSetAttribute(rows_kernel, cudaFuncAttributeMaxDynamicSharedMemorySize,
                                       static_cast<int>(out.shared)),
                  "asking for " + std::to_string(out.shared) + " bytes of shared memory");
  int resident = 0;
  if (status.ok()) {
    status = cuda_status(cudaOccupancyMaxActiveBlocksPerMultiprocessor(
                             &resident, rows_kernel, static_cast<int>(out.threads), out.shared),
                         "planning the kernel");
  }
  out.blocks = static_cast<unsigned>(std::max(resident, 1) * device.processors);
  return status;
}

// One chunk under way: its memory on both sides, and the queue it is in.
struct Flight {
  CudaStream stream;
  DeviceMemory device;
  DeviceMemory scratch;
  PinnedMemory pinned;
  std::optional<Chunk> chunk;

  Status reserve(std::size_t bytes, std::size_t scratch_bytes) {
    Status status = stream.open();
    if (status.ok()) status = device.reserve(bytes);
    if (status.ok()) status = pinned.reserve(bytes);
    if (status.ok() && scratch_bytes > 0) status = scratch.reserve(scratch_bytes);
    return status;
  }

  // Queues copies and kernel; finish() waits for them.
  Status start(const Chunk& next, const Rules& rules, bool balances, const Launch& launch) {
    chunk.emplace(next);
    chunk->write_inputs(pinned.data());
    Status status = cuda_status(cudaMemcpyAsync(device.data(), pinned.data(), chunk->inputs_end(),
                                                cudaMemcpyHostToDevice, stream.get()),
                                "copying rows to the device");
    if (!status.ok()) return status;
    rows_kernel<<<launch.blocks, launch.threads, launch.shared, stream.get()>>>(
        chunk->on_device(device.data()), rules, balances,
        {launch.shared > 0 ? nullptr : scratch.data(), launch.scratch});
    status = cuda_status(cudaGetLastError(), "starting the kernel");
    if (!status.ok()) return status;
    const std::size_t begin = chunk->outputs_begin();
    return cuda_status(cudaMemcpyAsync(pinned.data() + begin, device.data() + begin,
                                       chunk->end() - begin, cudaMemcpyDeviceToHost, stream.get()),
                       "copying results to the host");
  }

  Status finish() {
    if (!chunk.has_value()) return {};
    const Status status = stream.finish();
    if (status.ok()) chunk->read_outputs(pinned.data());
    chunk.reset();
    return status;
  }
};

constexpr std::int64_t kMostRowsOfAChunk = 1 << 16;

// Kept from call to call: taking pinned memory is slow. One call at a time.
struct Workspace {
  std::mutex mutex;
  Flight flights[2];

  // Memory for chunks of as many rows as fit; halves them where memory is short.
  Status reserve(const Batch& batch, const Launch& launch, std::int64_t& rows) {
    std::size_t free = 0;
    std::size_t total = 0;
    Status status = cuda_status(cudaMemGetInfo(&free, &total), "asking for free memory");
    if (!status.ok()) return status;
    const std::size_t scratch =
        launch.shared > 0 ? 0
                          : launch.scratch * launch.blocks * (launch.threads / WarpLanes::width);
    const std::size_t row_bytes = ChunkLayout(batch, 16).end / 16;
    rows = std::clamp<std::int64_t>(static_cast<std::int64_t>(free / 4 / row_bytes), 1,
                                    std::min(batch.rows, kMostRowsOfAChunk));
    for (;; rows /= 2) {
      status = {};
      for (Flight& flight : flights) {
        if (status.ok()) status = flight.reserve(ChunkLayout(batch, rows).end, scratch);
      }
      if (status.ok() || rows <= 1) return status;
    }
  }
};

Status run(const Batch& batch, const Rules& rules, bool balances) {
  static Workspace workspace;
  const std::lock_guard<std::mutex> one_at_a_time(workspace.mutex);
  if (batch.rows == 0) return {};
  Device device;
  Launch launch;
  std::int64_t rows = 0;
  Status status = find_device(device);
  if (status.ok()) status = plan_launch(device, batch.shape, launch);
  if (status.ok()) status = workspace.reserve(batch, launch, rows);
  std::size_t turn = 0;
  for (std::int64_t first = 0; first < batch.rows && status.ok(); first += rows, turn ^= 1) {
    Flight& flight = workspace.flights[turn];
    status = flight.finish();
    const std::int64_t count = std::min(rows, batch.rows - first);
    if (status.ok())
      status = flight.start(Chunk(batch, first, count, balances), rules, balances, launch);
  }
  // Both are waited for, whatever happened: nothing may run on into memory that is used again.
  for (Flight& flight : workspace.flights) {
    const Status finished = flight.finish();
    if (status.ok()) status = finished;
  }
  return status;
}

}  // namespace

void add_cuda_backend() {
  add_backend({"cuda", "one warp a row on a CUDA device", present,
               [](const Batch& batch, const Rules& rules) { return run(batch, rules, true); },
               [](const Batch& batch) { return run(batch, Rules(), false); }});
}

}  // namespace evenkeel
