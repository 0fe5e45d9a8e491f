// Batches on every back end: many rows, metrics only, parts of a batch, windows summed from recorded steps,
// and stopping. parity_test.cpp tests single rows of one window.

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>

#include "core/batch/backend.hpp"
#include "core/batch/raw_steps.hpp"
#include "core/io/loads/read_loads.hpp"
#include "core/model/strategies.hpp"
#include "tests/batch_support.hpp"
#include "tests/npy_builder.hpp"
#include "tests/support.hpp"

namespace evenkeel::test {
namespace {

class BatchTest : public testing::TestWithParam<std::string> {
 protected:
  void SetUp() override {
    const Status status = find_backend(GetParam(), backend_);
    if (status.ok()) return;
    if (backend_is_required(GetParam())) FAIL() << status.sentence();
    GTEST_SKIP() << "back end " << GetParam() << " not tested: " << status.sentence();
  }

  // A feasible number of rows: emulated lanes are thousands of times slower, devices are faster.
  std::int64_t rows(std::int64_t few, std::int64_t on_cpu, std::int64_t on_device) const {
    if (GetParam() == "cuda") return on_device;
    return GetParam() == "cpu" ? on_cpu : few;
  }

  const Backend* backend_ = nullptr;
  const Backend& cpu_ = backends().front();
};

// A trace of [12, layers, experts] small loads. Read as binary16 some are fractions.
std::string random_trace(std::string_view dtype, const Shape& shape) {
  Random random(11);
  const auto data = [&]<class Number>(Number) {
    std::string bytes;
    for (int i = 0; i < 12 * shape.layers * shape.experts; ++i) {
      bytes += data_of<Number>({static_cast<Number>(random.below(100))}, dtype[0] == '>');
    }
    return bytes;
  };
  std::string text;
  if (dtype.substr(1) == "u1") text = data(std::uint8_t{});
  if (dtype.substr(1) == "i1") text = data(std::int8_t{});
  if (dtype.substr(1) == "u2" || dtype.substr(1) == "f2") text = data(std::uint16_t{});
  if (dtype.substr(1) == "i2") text = data(std::int16_t{});
  if (dtype.substr(1) == "u4") text = data(std::uint32_t{});
  if (dtype.substr(1) == "i4") text = data(std::int32_t{});
  if (dtype.substr(1) == "u8") text = data(std::uint64_t{});
  if (dtype.substr(1) == "i8") text = data(std::int64_t{});
  if (dtype.substr(1) == "f4") text = data(float{});
  if (dtype.substr(1) == "f8") text = data(double{});
  return npy_file(
      std::string(dtype),
      "(12, " + std::to_string(shape.layers) + ", " + std::to_string(shape.experts) + ")", text);
}

constexpr Shape kShapes[] = {
    {2, 256, 288, 32, 1, 1}, {2, 256, 288, 32, 4, 8}, {3, 32, 40, 8, 1, 1},
    {1, 384, 448, 64, 1, 1}, {1, 60, 72, 12, 2, 20},  {1, 7, 12, 3, 1, 1},
    {1, 40, 160, 80, 1, 1},  {1, 8, 8, 8, 1, 1},      {2, 64, 96, 4, 2, 4},
    {1, 896, 960, 64, 1, 1},
};

// Its scratch is more than a multiprocessor's shared memory.
constexpr Shape kLargest = {1, 1024, 4096, 1024, 1, 1};

// On a device 10^6 rows of every strategy: ten shapes of 100,000, in many chunks; and a few of the largest.
TEST_P(BatchTest, ManyTieRichRowsEqualTheCpu) {
  const auto compare = [&](const Shape& shape, std::int64_t count, std::uint64_t seed) {
    const std::vector<float> loads = tie_rich_loads(shape, count, seed);
    for (const Strategy& strategy : strategies()) {
      const Rules rules = few_kicks(strategy.rules);
      BatchResult expected(shape, count);
      BatchResult actual(shape, count);
      Batch batch = expected.batch(shape);
      batch.in.loads = loads.data();
      batch.threads = 0;
      ASSERT_TRUE(cpu_.run(batch, rules).ok());
      batch = actual.batch(shape);
      batch.in.loads = loads.data();
      batch.threads = 3;
      const Status status = backend_->run(batch, rules);
      ASSERT_TRUE(status.ok()) << status.sentence();
      ASSERT_EQ(actual.difference(expected), "")
          << strategy.name << ", " << shape.experts << " experts, rows made with seed " << seed;
    }
  };
  for (const Shape& shape : kShapes) {
    const std::int64_t count = rows(3, static_cast<std::int64_t>(cases_of(200)), 50'000);
    for (const std::uint64_t seed : {1u, 2u}) compare(shape, count, seed);
  }
  compare(kLargest, rows(1, 4, 12'000), 3);
}

TEST_P(BatchTest, MetricsAloneAndMeasuringAreTheSame) {
  const std::int64_t count = rows(5, 300, 70'000);
  for (int i = 0; i < 6; ++i) {
    const Shape shape = kShapes[i % 2 == 0 ? 1 : 4];
    const std::vector<float> loads = tie_rich_loads(shape, count, 5);
    const std::vector<float> before = tie_rich_loads(shape, count, 6);
    Shape other = shape;  // the current placement has more slots, and as many GPUs, more or fewer
    other.nodes = other.groups = 1;
    other.gpus = i / 2 == 0 ? shape.gpus : i / 2 == 1 ? shape.gpus + 3 : shape.gpus - 1;
    other.slots = (shape.slots / other.gpus + 2) * other.gpus;
    BatchResult previous(other, count);
    Batch batch = previous.batch(other);
    batch.in.loads = before.data();
    ASSERT_TRUE(cpu_.run(batch, Rules()).ok());

    const Rules& rules = strategies()[1].rules;
    BatchResult expected(shape, count);
    BatchResult alone(shape, count, false);
    BatchResult measured = expected;
    for (BatchResult* result : {&expected, &alone}) {
      batch = result->batch(shape);
      batch.in.loads = loads.data();
      batch.in.previous_phy2log = previous.phy2log.data();
      batch.in.previous_slots = other.slots;
      batch.in.previous_gpus = other.gpus;
      const Backend& who = result == &expected ? cpu_ : *backend_;
      ASSERT_TRUE(who.run(batch, rules).ok());
    }
    EXPECT_EQ(alone.difference(expected), "");
    measured = expected;
    measured.metrics.assign(measured.metrics.size(), {});
    batch = measured.measuring_batch(shape);
    batch.in.loads = loads.data();
    batch.in.previous_phy2log = previous.phy2log.data();
    batch.in.previous_slots = other.slots;
    batch.in.previous_gpus = other.gpus;
    ASSERT_TRUE(backend_->run(batch, Rules()).ok());
    EXPECT_EQ(measured.difference(expected), "");
    EXPECT_GE(expected.metrics[0].moved_slots, 0);
  }
}

// Random rules draw by layer number: rows from the middle of a window must keep their number.
TEST_P(BatchTest, APartOfABatchIsTheWhole) {
  const Shape shape = {5, 32, 40, 8, 1, 1};
  const std::int64_t count = 23;
  const std::vector<float> loads = tie_rich_loads(shape, count, 9);
  Rules rules;
  rules.packing = Packing::random;
  rules.seed = 3;
  BatchResult whole(shape, count);
  Batch batch = whole.batch(shape);
  batch.in.loads = loads.data();
  ASSERT_TRUE(cpu_.run(batch, rules).ok());
  BatchResult parts(shape, count);
  for (std::int64_t first = 0; first < count; first += 7) {
    batch = parts.batch(shape);
    batch.first_row = first;
    batch.rows = std::min<std::int64_t>(7, count - first);
    batch.in.loads = loads.data() + first * shape.experts;
    batch.out.placement = batch.placement(parts.arrays(), first);
    batch.out.metrics += first;
    ASSERT_TRUE(backend_->run(batch, rules).ok());
  }
  EXPECT_EQ(parts.difference(whole), "");
}

// Windows of all sizes, also overlapping ones, of a trace of each element type.
TEST_P(BatchTest, WindowsOfStepsEqualTheReader) {
  const Shape shape = {3, 37, 40, 8, 1, 1};
  const std::vector<StepRange> windows = {{0, 1},  {1, 2},   {0, 12}, {3, 9},
                                          {4, 10}, {11, 12}, {2, 3}};
  const auto count = static_cast<std::int64_t>(windows.size()) * shape.layers;
  for (const char* dtype : {"|u1", "|i1", "<u2", "<i2", "<u4", "<i4", "<u8", "<i8", "<f2", "<f4",
                            "<f8", ">i4", ">f8"}) {
    const std::string file = random_trace(dtype, shape);
    const std::span<const std::byte> bytes = std::as_bytes(std::span(file));
    std::vector<float> loads;
    for (const StepRange& window : windows) {
      ReadOptions options;
      options.steps = {window.begin, window.end};
      Loads read;
      const Status status = read_loads(bytes, "trace", options, read);
      ASSERT_TRUE(status.ok()) << status.sentence();
      loads.insert(loads.end(), read.values.begin(), read.values.end());
    }
    BatchResult expected(shape, count);
    Batch batch = expected.batch(shape);
    batch.in.loads = loads.data();
    ASSERT_TRUE(cpu_.run(batch, Rules()).ok());
    BatchResult actual(shape, count);
    batch = actual.batch(shape);
    ASSERT_TRUE(find_steps(bytes, "trace", batch.in.raw).ok());
    batch.in.windows = windows.data();
    const Status status = backend_->run(batch, Rules());
    ASSERT_EQ(status.ok(), kHasRawSteps) << dtype << ": " << status.sentence();
    if (!kHasRawSteps) continue;
    EXPECT_EQ(actual.difference(expected), "") << dtype;
  }
}

TEST_P(BatchTest, AFaultInAWindowIsNamed) {
  const Shape shape = {2, 5, 6, 2, 1, 1};
  std::vector<float> steps(4 * 2 * 5, 1.0f);
  steps[(2 * 2 + 1) * 5 + 3] = -1;  // step 2, layer 1, expert 3
  // Few windows are summed before they are sent to a device, many on the device.
  for (const std::vector<StepRange>& windows :
       {std::vector<StepRange>{{0, 2}, {1, 4}},
        std::vector<StepRange>{{0, 1}, {0, 2}, {1, 2}, {0, 1}, {1, 4}, {3, 4}}}) {
    BatchResult result(shape, 2 * static_cast<std::int64_t>(windows.size()));
    Batch batch = result.batch(shape);
    batch.in.raw = {
        reinterpret_cast<const std::byte*>(steps.data()), ElementKind::real, 4, false, 2, 5, 4};
    batch.in.windows = windows.data();
    const Status status = backend_->run(batch, Rules());
    ASSERT_FALSE(status.ok());
    if (!kHasRawSteps) continue;
    EXPECT_EQ(
        status.sentence(),
        "steps 1:4, layer 1: a load is negative or not finite, or their sum is too large; loads "
        "must be finite and at least 0");
  }
}

// Stops in the middle of the work; the next call is correct. Emulated lanes check once, before they begin.
TEST_P(BatchTest, StopsWhenAsked) {
  const Shape shape = {2, 32, 40, 8, 1, 1};
  const std::int64_t count = rows(10, 2000, 300'000);
  const std::vector<float> loads = tie_rich_loads(shape, count, 1);
  BatchResult expected(shape, count);
  BatchResult actual(shape, count);
  Batch batch = expected.batch(shape);
  batch.in.loads = loads.data();
  ASSERT_TRUE(cpu_.run(batch, Rules()).ok());
  batch = actual.batch(shape);
  batch.in.loads = loads.data();
  std::atomic<int> asks_left = GetParam().starts_with("emulated") ? 1 : 3;
  batch.stop.context = &asks_left;
  batch.stop.ask = [](void* asks) { return --*static_cast<std::atomic<int>*>(asks) <= 0; };
  const Status status = backend_->run(batch, Rules());
  EXPECT_EQ(status.kind(), StatusKind::stopped);
  EXPECT_EQ(status.sentence(), "stopped");
  EXPECT_LE(asks_left, 0);
  batch.stop.ask = [](void*) { return false; };
  EXPECT_TRUE(backend_->run(batch, Rules()).ok());
  EXPECT_EQ(actual.difference(expected), "");
}

INSTANTIATE_TEST_SUITE_P(Backends, BatchTest, testing::ValuesIn(parity_backends()),
                         [](const auto& named) { return named.param; });

}  // namespace
}  // namespace evenkeel::test
