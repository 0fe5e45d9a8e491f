// Figures by the step equal an obvious recomputation, for all strategies.
#include "core/batch/step_scores.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>
#include <vector>

#include "core/io/steps/score_steps.hpp"
#include "core/lanes/random.hpp"
#include "core/model/figures.hpp"
#include "core/model/strategies.hpp"
#include "tests/npy_builder.hpp"
#include "tests/support.hpp"

namespace evenkeel::test {
namespace {

constexpr std::size_t kSteps = 23;
constexpr std::size_t kLayers = 3;
constexpr std::size_t kExperts = 12;

// Counts [steps, layers, experts]; layer 1 has no tokens in every third step, layer 2 never.
std::vector<std::uint16_t> random_steps() {
  Random random(5);
  std::vector<std::uint16_t> counts(kSteps * kLayers * kExperts);
  for (std::size_t i = 0; i < counts.size(); ++i) {
    const std::size_t step = i / (kLayers * kExperts);
    const std::size_t layer = i / kExperts % kLayers;
    const bool is_empty = layer == 2 || (layer == 1 && step % 3 == 0);
    counts[i] = is_empty ? std::uint16_t{0} : static_cast<std::uint16_t>(random.next() % 50);
  }
  return counts;
}

std::string npy_of(const std::vector<std::uint16_t>& counts, std::size_t steps = kSteps) {
  const std::string data(reinterpret_cast<const char*>(counts.data()), 2 * counts.size());
  return npy_file("<u2", "(" + std::to_string(steps) + ", 3, 12)", data);
}

// max / mean GPU load of one step of a layer; 0: it has no tokens.
double times_mean(const std::vector<std::uint16_t>& counts, std::size_t step, std::size_t layer,
                  const Placement& placement, std::size_t gpus) {
  const auto slots = static_cast<std::size_t>(placement.slots);
  std::vector<double> load(gpus);
  for (std::size_t slot = 0; slot < slots; ++slot) {
    const auto expert = static_cast<std::size_t>(placement.phy2log[layer * slots + slot]);
    const double count = counts[(step * kLayers + layer) * kExperts + expert];
    load[slot / (slots / gpus)] += count / placement.logcnt[layer * kExperts + expert];
  }
  const double sum = std::accumulate(load.begin(), load.end(), 0.0);
  return sum > 0 ? *std::max_element(load.begin(), load.end()) * static_cast<double>(gpus) / sum
                 : 0;
}

void expect_figures(const std::vector<std::uint16_t>& counts, const Placement& placement,
                    std::size_t gpus, const StepMetrics& steps) {
  std::vector<double> of_steps;
  std::vector<double> means;
  for (std::size_t step = 0; step < kSteps; ++step) {
    double sum = 0;
    int layers = 0;
    for (std::size_t layer = 0; layer < kLayers; ++layer) {
      const double times = times_mean(counts, step, layer, placement, gpus);
      sum += times > 0 ? times - 1 : 0;
      layers += times > 0 ? 1 : 0;
    }
    of_steps.push_back(sum / layers);
  }
  for (std::size_t layer = 0; layer < kLayers; ++layer) {
    std::vector<double> all;
    for (std::size_t step = 0; step < kSteps; ++step) {
      const double times = times_mean(counts, step, layer, placement, gpus);
      if (times > 0) all.push_back(times - 1);
    }
    ASSERT_EQ(steps.layers[layer].steps, std::ssize(all));
    if (all.empty()) continue;
    std::sort(all.begin(), all.end());
    means.push_back(std::accumulate(all.begin(), all.end(), 0.0) / static_cast<double>(all.size()));
    EXPECT_NEAR(steps.layers[layer].imbalance, means.back(), 1e-12);
    EXPECT_NEAR(steps.layers[layer].imbalance_p95, all[(19 * all.size() + 19) / 20 - 1], 1e-12);
  }
  std::sort(of_steps.begin(), of_steps.end());
  EXPECT_EQ(steps.steps, std::ssize(of_steps));
  EXPECT_NEAR(steps.imbalance_p95, of_steps[21], 1e-12);
  EXPECT_EQ(means.size(), 2u);  // without the dense layer
  EXPECT_NEAR(steps.imbalance, (means[0] + means[1]) / 2, 1e-12);
}

struct Opened {
  std::string text;
  RecordedFile file;
  StepSource source;

  explicit Opened(std::string npy) : text(std::move(npy)), file{"a.npy", as_bytes(text)} {
    StepOptions options;
    options.sum = true;
    EXPECT_TRUE(StepSource::open(std::span(&file, 1), options, source).ok());
  }
};

TEST(StepScores, EqualARecomputation) {
  const std::vector<std::uint16_t> counts = random_steps();
  Opened opened(npy_of(counts));
  const Loads& loads = opened.source.loads();
  ASSERT_EQ(loads.dense_layers, std::vector<std::int32_t>{2});
  std::vector<Result> results;
  std::vector<Shape> shapes;
  for (const Strategy& strategy : strategies()) {
    shapes.push_back({3, 12, results.size() % 2 == 0 ? 16 : 12, 4});
    results.push_back(balance_on("cpu", loads, shapes.back(), few_kicks(strategy.rules)));
  }
  std::vector<StepsOfPlacement> placed;
  for (std::size_t i = 0; i < results.size(); ++i) {
    placed.push_back({shapes[i], &results[i].placement, &results[i].steps});
  }
  std::int64_t done = 0;
  const auto go_on = [&](std::int64_t steps) { return (done = steps) > 0; };
  ASSERT_TRUE(score_steps(opened.source, placed, 0, go_on).ok());
  EXPECT_EQ(done, std::int64_t{kSteps});
  for (const Result& result : results) {
    expect_figures(counts, result.placement, 4, result.steps);
  }
  const auto stop = [](std::int64_t) { return false; };
  EXPECT_TRUE(score_steps(opened.source, placed, 1, stop).is_stopped());
}

TEST(StepScores, OfASingleStepAreThoseOfItsSum) {
  std::vector<std::uint16_t> counts = random_steps();
  counts.erase(counts.begin(), counts.begin() + kLayers * kExperts);  // all layers have tokens now
  counts.resize(kLayers * kExperts);
  Opened opened(npy_of(counts, 1));
  const Shape shape = {3, 12, 16, 4};
  Result result = balance_on("cpu", opened.source.loads(), shape, strategies().front().rules);
  const StepsOfPlacement placed[] = {{shape, &result.placement, &result.steps}};
  ASSERT_TRUE(score_steps(opened.source, placed, 1, [](std::int64_t) { return true; }).ok());
  const Summary all = summarize({result.metrics, opened.source.loads().numbers(), &result.steps});
  EXPECT_DOUBLE_EQ(all["step_imbalance"], all["imbalance"]);
  EXPECT_DOUBLE_EQ(all["step_imbalance_p95"], all["imbalance"]);
  EXPECT_DOUBLE_EQ(all["step_balancedness"], all["balancedness"]);
  EXPECT_DOUBLE_EQ(all["step_balancedness_by_load"], all["balancedness_by_load"]);
}

}  // namespace
}  // namespace evenkeel::test
