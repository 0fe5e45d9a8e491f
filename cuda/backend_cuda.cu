// The CUDA back end. It processes rows in chunks, several at a time: the host fills one chunk while another
// is copied and a third is computed. Each row is computed by one warp; the algorithms are the core's code.

#include "cuda/backend_cuda.hpp"

#include <algorithm>
#include <array>
#include <mutex>
#include <optional>

#include "core/batch/backend.hpp"
#include "core/batch/host_rows.hpp"
#include "cuda/chunk.hpp"
#include "cuda/device_memory.hpp"
#include "cuda/kernel.hpp"

namespace evenkeel {
namespace {

// Checked once, because opening a device takes time.
Status present(void*) {
  static const Status status = [] {
    Device device;
    return find_device(device);
  }();
  return status;
}

// One chunk in progress: its memory on both sides, and its stream.
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
  Status release() {
    Status status = device.release();
    if (status.ok()) status = pinned.release();
    return status.ok() ? scratch.release() : status;
  }

  // Enqueues copies and kernel; finish() waits for them.
  Status start(const Chunk& next, const Rules& rules, const Launch& launch) {
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
    const Chunk done = *chunk;
    chunk.reset();
    const Status status = stream.finish();
    if (status.ok()) done.read_outputs(pinned.data());
    return status;
  }

  // Waits for the work in progress and drops its results.
  void abandon() {
    if (chunk.has_value()) (void)stream.finish();
    chunk.reset();
  }
};

constexpr std::size_t kFlights = 3;
constexpr std::int64_t kMostRowsOfAChunk = 1 << 16;
constexpr std::size_t kMostBytesOfAChunk = std::size_t{256} << 20;  // pinned memory is limited

// How the rows of a call are divided into chunks.
struct Plan {
  Launch launch;
  std::int64_t rows = 0;    // per chunk
  bool with_steps = false;  // see sends_steps
};

// Kept between calls, because allocating pinned memory is slow. Used by one call at a time.
struct Workspace {
  std::mutex mutex;
  std::array<Flight, kFlights> flights;

  ~Workspace() { abandon(); }
  void abandon() {
    for (Flight& flight : flights) flight.abandon();
  }
  std::size_t held() const {
    std::size_t bytes = 0;
    for (const Flight& flight : flights) bytes += flight.device.size() + flight.scratch.size();
    return bytes;
  }

  // Allocates memory for chunks from a quarter of the free memory: as many rows as fit, but few enough that
  // copies and kernels of several chunks overlap. If the allocation fails, tries fewer warps and rows.
  Status reserve(const Batch& batch, Plan& plan) {
    std::size_t free = 0;
    std::size_t total = 0;
    if (Status s = cuda_status(cudaMemGetInfo(&free, &total), "asking for free memory"); !s.ok()) {
      return s;
    }
    std::size_t room = (free + held()) / (4 * kFlights);
    for (;; room /= 2) {
      cut(batch, room, plan);
      const std::size_t bytes = largest_chunk(batch, plan);
      Status status;
      for (Flight& flight : flights) {
        if (!status.ok()) break;
        status = flight.reserve(bytes, plan.launch.global_bytes());
      }
      // It has failed with one row, and with one block if scratch is in global memory.
      if (status.kind() != StatusKind::out_of_memory || room == 0) return status;
      for (Flight& flight : flights) {
        if (Status released = flight.release(); !released.ok()) return released;
      }
    }
  }

 private:
  // Up to half of it may be scratch.
  static void cut(const Batch& batch, std::size_t room, Plan& plan) {
    while (plan.launch.blocks > 1 && plan.launch.global_bytes() > room / 2) plan.launch.blocks /= 2;
    constexpr std::int64_t kSample = 1024;
    const std::int64_t sample = std::min(kSample, batch.rows);
    const Chunk some(batch, 0, sample, false);
    const std::size_t row_bytes = some.end() / static_cast<std::size_t>(sample) + 1;
    const auto fit = static_cast<std::int64_t>(std::min(room, kMostBytesOfAChunk) / row_bytes);
    const std::int64_t wave = std::int64_t{plan.launch.blocks} * plan.launch.warps;
    // Sending the steps of overlapping windows is useful only if many windows are sent together.
    const std::int64_t share = plan.with_steps ? batch.rows : std::max(batch.rows / 32, 2 * wave);
    plan.rows = std::clamp<std::int64_t>(fit, 1, std::min({batch.rows, kMostRowsOfAChunk, share}));
    // Complete windows, so that no window is sent or summed twice.
    const std::int64_t layers = batch.shape.layers;
    if (batch.in.raw.data != nullptr && plan.rows > layers) plan.rows -= plan.rows % layers;
  }

  static std::size_t largest_chunk(const Batch& batch, const Plan& plan) {
    std::size_t bytes = 0;
    for (std::int64_t first = 0; first < batch.rows; first += plan.rows) {
      const std::int64_t count = std::min(plan.rows, batch.rows - first);
      bytes = std::max(bytes, Chunk(batch, first, count, plan.with_steps).end());
      if (!plan.with_steps) break;  // the first one is the largest
    }
    return bytes;
  }
};

Status run_chunks(const Batch& batch, const Rules& rules) {
  static Workspace workspace;
  const std::lock_guard<std::mutex> one_at_a_time(workspace.mutex);
  if (batch.rows == 0) return {};
  // No work may continue in memory that is reused, even if an exception ends the call.
  struct Guard {
    ~Guard() { workspace.abandon(); }
  } guard;
  Device device;
  Plan plan;
  plan.with_steps = sends_steps(batch);
  RowNeeds needs = RowNeeds::of(batch, work_on_device(batch.work), rules);
  needs.sums_windows = plan.with_steps;
  Status status = find_device(device);
  if (status.ok()) status = plan_launch(device, needs, rules, plan.launch);
  if (status.ok()) status = workspace.reserve(batch, plan);
  std::size_t turn = 0;
  for (std::int64_t first = 0; first < batch.rows && status.ok(); first += plan.rows) {
    Flight& flight = workspace.flights[turn++ % kFlights];
    status = flight.finish();
    if (status.ok() && batch.stop.stopped()) status = Status::stopped();
    if (!status.ok()) break;
    const std::int64_t count = std::min(plan.rows, batch.rows - first);
    status = flight.start(Chunk(batch, first, count, plan.with_steps), rules, plan.launch);
  }
  // Waits for started chunks, even if the work is stopped.
  for (std::size_t i = 0; i < kFlights; ++i) {
    const Status finished = workspace.flights[turn++ % kFlights].finish();
    if (status.ok()) status = finished;
  }
  return status;
}

Status run(void*, const Batch& whole, const Rules& rules) {
  return catch_faults(whole, [&rules](const Batch& batch) { return run_chunks(batch, rules); });
}

}  // namespace

Status add_cuda_backend() {
  Backend cuda = {"cuda", "one warp per row on a CUDA device", present, run, kCudaPriority, true};
  cuda.rows_at_once = 1 << 18;
  cuda.is_device = true;
  return add_backend(cuda);
}

}  // namespace evenkeel
