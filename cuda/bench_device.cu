// evenkeel_cuda_bench: measures the speed of a device, alone and from host memory, and of the host's cores.
//
// Prints Markdown tables for cuda/RESULTS.md (cuda/record_results.sh). All figures in a line are measured one
// after another in one run; each time is the median of several.

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <string>
#include <vector>

#include "core/base/parallel.hpp"
#include "core/batch/backend.hpp"
#include "core/model/strategies.hpp"
#include "core/traffic/example.hpp"
#include "cuda/backend_cuda.hpp"
#include "cuda/chunk.hpp"
#include "cuda/device_memory.hpp"
#include "cuda/kernel.hpp"

namespace evenkeel {
namespace {

constexpr Shape kShapes[] = {{58, 256, 288, 32, 1, 1},
                             {58, 256, 288, 32, 4, 8},
                             {60, 384, 448, 64, 1, 1},
                             {92, 896, 960, 64, 1, 1},
                             {24, 32, 40, 8, 1, 1}};
constexpr std::int64_t kDeviceRows = 1 << 16;
constexpr std::int64_t kTripRows = 4 * kDeviceRows;
constexpr int kRuns = 7;

void expect(const Status& status) {
  if (status.ok()) return;
  std::fprintf(stderr, "error: %s\n", status.sentence().c_str());
  std::exit(1);
}

double median_seconds(const std::function<double()>& seconds) {
  (void)seconds();  // warm-up
  std::vector<double> all;
  for (int i = 0; i < kRuns; ++i) all.push_back(seconds());
  std::sort(all.begin(), all.end());
  return all[kRuns / 2];
}

double seconds_of(const std::function<void()>& work) {
  const auto begin = std::chrono::steady_clock::now();
  work();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
}

// The time of the work that `queue` enqueues in a stream, measured with the device's clock.
double device_seconds(cudaStream_t stream, const std::function<void()>& queue) {
  cudaEvent_t begin = nullptr;
  cudaEvent_t end = nullptr;
  expect(cuda_status(cudaEventCreate(&begin), "making an event"));
  expect(cuda_status(cudaEventCreate(&end), "making an event"));
  expect(cuda_status(cudaEventRecord(begin, stream), "recording an event"));
  queue();
  expect(cuda_status(cudaEventRecord(end, stream), "recording an event"));
  expect(cuda_status(cudaEventSynchronize(end), "running rows"));
  float milliseconds = 0;
  expect(cuda_status(cudaEventElapsedTime(&milliseconds, begin, end), "timing"));
  (void)cudaEventDestroy(begin);
  (void)cudaEventDestroy(end);
  return static_cast<double>(milliseconds) / 1e3;
}

// Rows in host memory.
struct HostRows {
  std::vector<float> loads;
  std::vector<std::int32_t> phy2log, logcnt, log2phy;
  std::vector<LayerMetrics> metrics;

  HostRows(const Shape& shape, std::int64_t rows) : metrics(static_cast<std::size_t>(rows)) {
    const Loads window = skewed_loads(shape.layers, shape.experts, 1);
    loads.resize(metrics.size() * static_cast<std::size_t>(shape.experts));
    for (std::size_t i = 0; i < loads.size(); ++i)
      loads[i] = window.values[i % window.values.size()];
    phy2log.resize(metrics.size() * static_cast<std::size_t>(shape.slots));
    log2phy.resize(phy2log.size());
    logcnt.resize(loads.size());
  }
  Batch batch(const Shape& shape, std::int64_t rows, bool placements, bool measures) {
    Batch batch;
    batch.shape = shape;
    batch.rows = rows;
    batch.work = !placements ? RowWork::measure_placed
                 : measures  ? RowWork::place_and_measure
                             : RowWork::place;
    batch.in.loads = loads.data();
    batch.out.placement = {phy2log.data(), logcnt.data(), log2phy.data()};
    batch.out.metrics = metrics.data();
    return batch;
  }
};

// One chunk that stays on the device.
struct Resident {
  CudaStream stream;
  DeviceMemory device;
  DeviceMemory scratch;
  PinnedMemory pinned;

  // Seconds of the kernel alone, of the copies to the device, and back.
  struct Times {
    double kernel, there, back;
    Launch launch;
  };
  Times time(const Device& on, Batch batch, const Rules& rules) {
    const GpuSlotTable slots(batch.shape);
    batch.gpu_slots = slots.view();
    const Chunk chunk(batch, 0, batch.rows, false);
    Times times = {};
    const RowNeeds needs = RowNeeds::of(batch, batch.work, rules);
    expect(plan_launch(on, needs, rules, times.launch));
    expect(stream.open());
    expect(device.reserve(chunk.end()));
    expect(pinned.reserve(chunk.end()));
    expect(scratch.reserve(times.launch.global_bytes()));
    chunk.write_inputs(pinned.data());
    times.there = median_seconds([&] {
      return device_seconds(stream.get(), [&] {
        expect(cuda_status(cudaMemcpyAsync(device.data(), pinned.data(), chunk.inputs_end(),
                                           cudaMemcpyHostToDevice, stream.get()),
                           "copying rows to the device"));
      });
    });
    times.kernel = median_seconds([&] {
      return device_seconds(stream.get(), [&] {
        expect(launch_rows(times.launch, chunk.on_device(device.data()), rules, scratch.data(),
                           stream.get()));
      });
    });
    const std::size_t begin = chunk.outputs_begin();
    times.back = median_seconds([&] {
      return device_seconds(stream.get(), [&] {
        expect(
            cuda_status(cudaMemcpyAsync(pinned.data() + begin, device.data() + begin,
                                        chunk.end() - begin, cudaMemcpyDeviceToHost, stream.get()),
                        "copying results to the host"));
      });
    });
    return times;
  }
};

void bench(const Device& device, const Backend& cuda, const Shape& shape) {
  std::printf("\n%d x %d -> %d on %d GPUs, %d nodes, %d groups\n\n", shape.layers, shape.experts,
              shape.slots, shape.gpus, shape.nodes, shape.groups);
  std::printf(
      "| strategy | warps/SM | scratch | device alone, M rows/s | GB/s | with metrics | end to end "
      "| of "
      "copies and kernel | metrics only | host, %d threads | device alone / host |\n"
      "|---|---|---|---|---|---|---|---|---|---|---|\n",
      thread_count(0));
  HostRows rows(shape, kTripRows);
  Resident resident;
  const Backend& host = backends().front();
  for (const Strategy& strategy : strategies()) {
    const auto trip = [&](const Backend& backend, std::int64_t count, bool placements,
                          bool measures) {
      const Batch batch = rows.batch(shape, count, placements, measures);
      return static_cast<double>(count) / median_seconds([&] {
               return seconds_of([&] { expect(backend.run(batch, strategy.rules)); });
             }) /
             1e6;
    };
    const auto alone =
        resident.time(device, rows.batch(shape, kDeviceRows, true, false), strategy.rules);
    const auto measured =
        resident.time(device, rows.batch(shape, kDeviceRows, true, true), strategy.rules);
    const double count = static_cast<double>(kDeviceRows);
    const double bytes = count * (shape.experts * 4.0 + (2.0 * shape.slots + shape.experts) * 2.0);
    const double end_to_end = trip(cuda, kTripRows, true, false);
    // The limit if copies to the device, kernel and copies back overlapped completely.
    const double longest = std::max({alone.kernel, alone.there, alone.back});
    const double possible = count / longest / 1e6;
    const double on_host = trip(host, std::min<std::int64_t>(kTripRows, 40'000), true, false);
    std::printf(
        "| %s | %d | %zu B, %s | %.2f | %.0f | %.2f | %.2f | %.0f %% | %.2f | %.3f | %.0f |\n",
        std::string(strategy.label()).c_str(), alone.launch.resident, alone.launch.scratch,
        alone.launch.in_shared_memory ? "shared" : "global", count / alone.kernel / 1e6,
        bytes / alone.kernel / 1e9, count / measured.kernel / 1e6, end_to_end,
        100 * end_to_end / possible, trip(cuda, kTripRows, false, true), on_host,
        count / alone.kernel / 1e6 / on_host);
    std::fflush(stdout);
  }
}

}  // namespace
}  // namespace evenkeel

int main() {
  using namespace evenkeel;
  expect(add_cuda_backend());
  const Backend* cuda = nullptr;
  expect(find_backend("cuda", cuda));
  Device device;
  expect(find_device(device));
  for (const Shape& shape : kShapes) bench(device, *cuda, shape);
  return 0;
}
