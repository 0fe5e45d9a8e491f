// The CUDA back end: rows in chunks, some of them under way at a time, so that the host fills one chunk
// while another is copied and a third computed. A row is one warp's; the algorithms are the core's own text.

#include "cuda/backend_cuda.hpp"

#include <algorithm>
#include <array>
#include <mutex>
#include <optional>

#include "core/backend.hpp"
#include "core/host_rows.hpp"
#include "cuda/chunk.hpp"
#include "cuda/device_memory.hpp"
#include "cuda/kernel.hpp"

namespace evenkeel {
namespace {

Status present() {
  Device device;
  return find_device(device);
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
    if (status.ok()) status = scratch.reserve(scratch_bytes);
    return status;
  }

  // Queues copies and kernel; finish() waits for them.
  Status start(const Chunk& next, const Rules* rules, const Launch& launch) {
    next.write_inputs(pinned.data());
    chunk.emplace(next);
    Status status = cuda_status(cudaMemcpyAsync(device.data(), pinned.data(), chunk->inputs_end(),
                                                cudaMemcpyHostToDevice, stream.get()),
                                "copying rows to the device");
    if (status.ok()) {
      status =
          launch_rows(launch, chunk->on_device(device.data()), rules, scratch.data(), stream.get());
    }
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

constexpr std::size_t kFlights = 3;
constexpr std::int64_t kMostRowsOfAChunk = 1 << 16;
constexpr std::size_t kMostBytesOfAChunk = std::size_t{256} << 20;  // pinned memory is the host's

// Kept from call to call, since taking pinned memory is slow. One call at a time.
struct Workspace {
  std::mutex mutex;
  std::array<Flight, kFlights> flights;

  // Memory for chunks of `rows` rows: as many as a quarter of the free memory holds, and few enough that
  // copies and kernels of several overlap. Where memory is short after all, fewer; then fewer warps.
  Status reserve(const Batch& batch, Launch& launch, std::int64_t& rows) {
    std::size_t free = 0;
    std::size_t total = 0;
    if (Status s = cuda_status(cudaMemGetInfo(&free, &total), "asking for free memory"); !s.ok()) {
      return s;
    }
    const std::size_t row_bytes = ChunkLayout(batch, 1024).end / 1024 + 1;
    const std::size_t room = std::min(free / (4 * kFlights), kMostBytesOfAChunk);
    const std::int64_t wave = std::int64_t{launch.blocks} * launch.warps;  // one row a warp
    const std::int64_t share = std::max(batch.rows / 8, 4 * wave);
    rows = std::clamp<std::int64_t>(static_cast<std::int64_t>(room / row_bytes), 1,
                                    std::min({batch.rows, kMostRowsOfAChunk, share}));
    // Chunks of whole windows, so that no window is sent or summed twice.
    const std::int64_t layers = batch.shape.layers;
    if (batch.raw.data != nullptr && rows > layers) rows -= rows % layers;
    for (;;) {
      Status status;
      for (Flight& flight : flights) {
        if (status.ok()) {
          status = flight.reserve(ChunkLayout(batch, rows).end, launch.global_bytes());
        }
      }
      if (status.ok()) return {};
      if (rows > 1) {
        rows /= 2;
      } else if (launch.blocks > 1 && !launch.in_shared_memory) {
        launch.blocks /= 2;
      } else {
        return status;
      }
    }
  }
};

Status run_chunks(const Batch& batch, const Rules* rules) {
  static Workspace workspace;
  const std::lock_guard<std::mutex> one_at_a_time(workspace.mutex);
  if (batch.rows == 0) return {};
  Device device;
  Launch launch;
  std::int64_t rows = 0;
  Status status = find_device(device);
  RowNeeds needs = RowNeeds::of(batch, rules);
  needs.hides_placement = false;  // it stays on the device
  if (status.ok()) status = plan_launch(device, needs, rules, launch);
  if (status.ok()) status = workspace.reserve(batch, launch, rows);
  std::size_t turn = 0;
  for (std::int64_t first = 0; first < batch.rows && status.ok(); first += rows) {
    Flight& flight = workspace.flights[turn++ % kFlights];
    status = flight.finish();
    if (status.ok() && batch.stopped != nullptr && batch.stopped())
      status = Status::error("stopped");
    if (!status.ok()) break;
    const std::int64_t count = std::min(rows, batch.rows - first);
    status = flight.start(Chunk(batch, first, count, rules != nullptr), rules, launch);
  }
  // All are waited for, whatever happened: nothing may run on into memory that is used again.
  for (Flight& flight : workspace.flights) {
    const Status finished = flight.finish();
    if (status.ok()) status = finished;
  }
  return status;
}

Status run(const Batch& whole, const Rules* rules) {
  return catch_faults(whole, [rules](const Batch& batch) { return run_chunks(batch, rules); });
}

}  // namespace

void add_cuda_backend() {
  add_backend({"cuda", "one warp a row on a CUDA device", present,
               [](const Batch& batch, const Rules& rules) { return run(batch, &rules); },
               [](const Batch& batch) { return run(batch, nullptr); }, true});
}

}  // namespace evenkeel
