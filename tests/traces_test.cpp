// External real traces: measures the figures that their README reports.

#include <gtest/gtest.h>

#include "core/io/loads/read_loads.hpp"
#include "core/model/strategies.hpp"
#include "tests/support.hpp"

namespace evenkeel::test {
namespace {

constexpr std::int64_t kSteps = 3442;

class TraceTest : public testing::Test {
 protected:
  void SetUp() override {
    const std::filesystem::path data = external_data();
    if (data.empty()) GTEST_SKIP() << "external traces not found";
    steps_ = read_file(data / "traces" / "gptoss20b_b64_steps.npy");
    windows_ = read_file(data / "traces" / "gptoss20b_windows50.json");
  }

  static Loads read(const std::string& file, const char* name, Range steps) {
    Loads loads;
    ReadOptions options;
    options.steps = steps;
    const Status status =
        read_loads(std::as_bytes(std::span(file.data(), file.size())), name, options, loads);
    EXPECT_TRUE(status.ok()) << status.sentence();
    return loads;
  }

  // max / mean of GPU load, averaged over layers and the full steps of the trace.
  double mean_max_over_mean(const char* strategy_name, int slots, std::int64_t window) {
    const Strategy* strategy = nullptr;
    EXPECT_TRUE(find_strategy(strategy_name, strategy).ok());
    double sum = 0;
    int count = 0;
    for (std::int64_t step = 0; step + window <= kSteps; step += window) {
      const Loads loads = read(steps_, "steps.npy", {step, step + window});
      const Result result = balance_on("cpu", loads, {24, 32, slots, 8, 1, 1}, strategy->rules);
      for (const LayerMetrics& layer : result.metrics) {
        sum += layer.max_load / layer.mean_load;
        ++count;
      }
    }
    return sum / count;
  }

  std::string steps_;
  std::string windows_;
};

TEST_F(TraceTest, TwoFilesOfOneTraceAgree) {
  const Loads from_steps = read(steps_, "steps.npy", {0, 50 * 68});
  const Loads from_windows = read(windows_, "windows.json", {});
  EXPECT_EQ(from_windows.steps, 68);
  EXPECT_EQ(from_steps.steps, 50 * 68);
  EXPECT_EQ(from_steps.values, from_windows.values);
  // 64 sequences, top-4: 256 tokens per layer and step while all sequences run.
  const Loads full = read(steps_, "steps.npy", {0, 300});
  double tokens = 0;
  for (std::size_t x = 0; x < 32; ++x) tokens += static_cast<double>(full.values[x]);
  EXPECT_EQ(tokens, 300.0 * 256);
}

TEST_F(TraceTest, HasTheReportedImbalance) {
  EXPECT_NEAR(mean_max_over_mean("contiguous", 32, 300), 1.53, 0.01);
  EXPECT_NEAR(mean_max_over_mean("deepseek", 40, 300), 1.03, 0.02);
}

}  // namespace
}  // namespace evenkeel::test
