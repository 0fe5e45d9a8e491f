// What a device does with a chunk of rows, on emulated lanes: the loop of each warp around the core's code,
// placements in 16 bits, and the copies to and from the device.

#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <vector>

#include "core/batch/backend.hpp"
#include "core/lanes/lanes_emulated.hpp"
#include "core/model/strategies.hpp"
#include "cuda/chunk.hpp"
#include "cuda/device_rows.hpp"
#include "tests/batch_support.hpp"
#include "tests/support.hpp"

namespace evenkeel::test {
namespace {

using Runner = void (*)(int width, const LaneBody& body);
using Lanes = EmulatedLanes<32>;

// Memory as on a device: aligned, and not initialised.
struct Block {
  std::vector<std::max_align_t> words;
  explicit Block(std::size_t bytes) : words(bytes / sizeof(std::max_align_t) + 1) {
    std::memset(words.data(), 0xa5, words.size() * sizeof(std::max_align_t));
  }
  std::byte* data() { return reinterpret_cast<std::byte*>(words.data()); }
};

// Runs the batch in chunks of at most `rows` rows, each by two warps. `host` and `device` are separate
// memory.
void run_in_chunks(Batch batch, const Rules& rules, std::int64_t rows, Runner run) {
  const GpuSlotTable slots(batch.shape);
  batch.gpu_slots = slots.view();
  GpuSlotTable previous;
  if (batch.in.previous_phy2log != nullptr) {
    previous = GpuSlotTable(batch.in.previous_slots, batch.in.previous_gpus, batch.shape.gpus);
    batch.previous_gpu_slots = previous.view();
  }
  const bool with_steps = sends_steps(batch);
  RowNeeds needs = RowNeeds::of(batch, work_on_device(batch.work), rules);
  needs.sums_windows = with_steps;
  const std::size_t scratch = scratch_bytes<Lanes>(needs);
  for (std::int64_t first = 0; first < batch.rows; first += rows) {
    const Chunk chunk(batch, first, std::min(rows, batch.rows - first), with_steps);
    Block host(chunk.end());
    Block device(chunk.end());
    chunk.write_inputs(host.data());
    std::memcpy(device.data(), host.data(), chunk.inputs_end());
    const DeviceBatch there = chunk.on_device(device.data());
    constexpr int kWarps = 2;
    for (int warp = 0; warp < kWarps; ++warp) {
      Block memory(scratch);
      run(Lanes::width, [&](Crew& crew, int rank) {
        run_share(Lanes(crew, rank), there, there.work, rules, memory.data(), warp, kWarps);
      });
    }
    std::memcpy(host.data() + chunk.outputs_begin(), device.data() + chunk.outputs_begin(),
                chunk.end() - chunk.outputs_begin());
    chunk.read_outputs(host.data());
  }
}

// Adds the previous placement, if there is one. Every second time it is taken for one of all GPUs on a single one or
// on one GPU for each slot: fewer or more than now.
void add_previous(const BatchResult& before, const Shape& shape, std::size_t turn, Batch& batch) {
  if (before.phy2log[0] < 0) return;
  const std::int32_t gpus[] = {shape.gpus, 1, shape.gpus, shape.slots};
  batch.in.previous_phy2log = before.phy2log.data();
  batch.in.previous_slots = shape.slots;
  batch.in.previous_gpus = gpus[turn % 4];
}

// Balances and measures with every strategy, each second one with copies apart, with and without a previous placement.
void expect_the_cpus_rows(const Shape& shape, std::int64_t rows, Runner run) {
  const std::vector<float> loads = tie_rich_loads(shape, rows, 3);
  BatchResult before(shape, rows);
  std::size_t turn = 0;
  for (const Strategy& strategy : strategies()) {
    Rules rules = few_kicks(strategy.rules);
    if (++turn % 2 == 0) rules.apart = Apart::exchange;
    BatchResult expected(shape, rows);
    BatchResult actual(shape, rows);
    for (BatchResult* result : {&expected, &actual}) {
      Batch batch = result->batch(shape);
      batch.in.loads = loads.data();
      add_previous(before, shape, turn, batch);
      if (result == &expected) {
        ASSERT_TRUE(backends().front().run(batch, rules).ok());
      } else {
        run_in_chunks(batch, rules, 3, run);
      }
    }
    EXPECT_EQ(actual.difference(expected), "") << strategy.name;
    BatchResult measured = actual;
    measured.metrics.assign(measured.metrics.size(), {});
    Batch batch = measured.measuring_batch(shape);
    batch.in.loads = loads.data();
    add_previous(before, shape, turn, batch);
    run_in_chunks(batch, Rules(), 4, run);
    EXPECT_EQ(measured.difference(expected), "") << strategy.name;
    before = expected;
  }
}

TEST(DeviceRows, OnFibersEqualTheCpu) {
  for (const Shape& shape : {Shape{2, 64, 80, 8, 2, 4}, Shape{3, 37, 45, 5, 1, 1},
                             Shape{1, 256, 288, 32, 1, 1}, Shape{2, 40, 160, 40, 1, 1}}) {
    expect_the_cpus_rows(shape, 7, run_on_fibers);
  }
}

TEST(DeviceRows, OnThreadsEqualTheCpu) {
  expect_the_cpus_rows({2, 40, 48, 6, 2, 4}, 3, run_on_threads);
}

// A trace in memory, of two layers.
template <class Number>
struct Trace {
  std::vector<Number> steps;
  RawSteps raw;

  Trace(std::int64_t length, std::int32_t experts, ElementKind kind)
      : steps(static_cast<std::size_t>(length * 2 * experts)) {
    raw = {reinterpret_cast<const std::byte*>(steps.data()),
           kind,
           sizeof(Number),
           false,
           2,
           experts,
           length};
  }
};

// Steps are copied unsummed where they are smaller than the sums of their windows: short windows of narrow
// numbers, or overlapping windows.
void expect_the_cpus_windows(Runner run) {
  const Shape shape = {2, 35, 40, 8, 1, 1};
  Trace<std::uint16_t> trace(20, shape.experts, ElementKind::unsigned_integer);
  Random random(8);
  for (std::uint16_t& load : trace.steps) load = static_cast<std::uint16_t>(random.below(50));
  const std::vector<StepRange> narrow = {{0, 1}, {1, 2}, {2, 3}, {3, 4}, {4, 5}};
  const std::vector<StepRange> sliding = {{0, 9},  {1, 10}, {2, 11}, {3, 12}, {4, 13},
                                          {5, 14}, {6, 15}, {7, 16}, {8, 17}, {9, 18}};
  const std::vector<StepRange> apart = {{0, 10}, {10, 20}};
  for (const std::vector<StepRange>* windows : {&narrow, &sliding, &apart}) {
    const auto rows = static_cast<std::int64_t>(windows->size()) * shape.layers;
    BatchResult expected(shape, rows);
    BatchResult actual(shape, rows);
    std::vector<std::uint8_t> faults(static_cast<std::size_t>(rows), 9);
    for (BatchResult* result : {&expected, &actual}) {
      Batch batch = result->batch(shape);
      batch.in.raw = trace.raw;
      batch.in.windows = windows->data();
      batch.out.faults = faults.data();
      batch.threads = 3;
      const Rules rules;
      if (result == &expected) {
        ASSERT_TRUE(backends().front().run(batch, rules).ok());
        EXPECT_EQ(sends_steps(batch), windows != &apart);
        // Copied: the steps or the sums, and some bytes per window.
        const Chunk chunk(batch, 0, rows, sends_steps(batch));
        const auto span = static_cast<std::size_t>(windows->back().end - windows->front().begin);
        const std::size_t loads =
            windows == &apart ? static_cast<std::size_t>(rows * shape.experts) * sizeof(float)
                              : span * trace.raw.step_bytes();
        const auto slots = static_cast<std::size_t>(shape.gpus + 1 + shape.slots) * sizeof(Index);
        EXPECT_LE(chunk.inputs_end(),
                  loads + slots + (windows->size() + 3) * sizeof(StepRange) + 48);
      } else {
        run_in_chunks(batch, rules, rows - 1, run);  // a window in two chunks
      }
    }
    EXPECT_EQ(actual.difference(expected), "");
    EXPECT_EQ(faults, std::vector<std::uint8_t>(faults.size(), 0));
  }
}

TEST(DeviceRows, OnFibersWindowsEqualTheCpu) { expect_the_cpus_windows(run_on_fibers); }
TEST(DeviceRows, OnThreadsWindowsEqualTheCpu) { expect_the_cpus_windows(run_on_threads); }

// Windows with an invalid load or too large a sum, between valid ones; summed on the device and on the host.
void expect_marked_faults(Runner run) {
  const Shape shape = {2, 64, 66, 2, 1, 1};
  for (const std::int64_t length : {1, 9}) {
    Trace<float> trace(length * 6, shape.experts, ElementKind::real);
    std::fill(trace.steps.begin(), trace.steps.end(), 1.0f);
    std::vector<StepRange> windows;
    for (int w = 0; w < 6; ++w) windows.push_back({w * length, (w + 1) * length});
    const auto row = [&](std::int64_t window, int layer) {
      return trace.steps.begin() + (window * length * 2 + layer) * shape.experts;
    };
    *(row(1, 1) + 40) = -1;
    std::fill_n(row(3, 0), shape.experts, 1e37f);  // finite, but their sum is not
    *row(4, 0) = std::numeric_limits<float>::infinity();
    BatchResult result(shape, 12);
    std::vector<std::uint8_t> faults(12, 9);
    Batch batch = result.batch(shape);
    batch.in.raw = trace.raw;
    batch.in.windows = windows.data();
    batch.out.faults = faults.data();
    const Rules rules;
    EXPECT_EQ(sends_steps(batch), length == 1);
    run_in_chunks(batch, rules, 12, run);
    EXPECT_EQ(faults, (std::vector<std::uint8_t>{0, 0, 0, 1, 0, 0, 1, 0, 1, 0, 0, 0}));
  }
}

TEST(DeviceRows, OnFibersFaultsAreMarked) { expect_marked_faults(run_on_fibers); }
TEST(DeviceRows, OnThreadsFaultsAreMarked) { expect_marked_faults(run_on_threads); }

}  // namespace
}  // namespace evenkeel::test
