// Statistics of synthetic traces, compared with those of real ones. Comments have the measured values. The
// ranges are tight, because a change of these numbers would be a change of the traces.

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <numeric>

#include "core/evenkeel.hpp"
#include "core/model/strategies.hpp"
#include "core/traffic/synth.hpp"

namespace evenkeel::test {
namespace {

using Shares = std::span<const double>;

double max_over_mean(Shares row) {
  const double sum = std::accumulate(row.begin(), row.end(), 0.0);
  return *std::max_element(row.begin(), row.end()) / sum * static_cast<double>(row.size());
}

// 0: all equal; near 1: one expert has nearly all load.
double gini(Shares row) {
  std::vector<double> sorted(row.begin(), row.end());
  std::sort(sorted.begin(), sorted.end());
  const auto n = static_cast<double>(row.size());
  double weighted = 0;
  for (std::size_t i = 0; i < sorted.size(); ++i) {
    weighted += (2.0 * static_cast<double>(i) + 1 - n) * sorted[i];
  }
  return weighted / (n * std::accumulate(sorted.begin(), sorted.end(), 0.0));
}

// GPU load, max/mean, with the experts in order and no redundant slot.
std::function<double(Shares)> contiguous_on(std::size_t gpus) {
  return [gpus](Shares row) {
    std::vector<double> load(gpus);
    for (std::size_t e = 0; e < row.size(); ++e) load[e * gpus / row.size()] += row[e];
    return max_over_mean(load);
  };
}

struct Figure {
  double mean = 0;
  double least = 0;
  double most = 0;
};

Figure figure(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  const double sum = std::accumulate(values.begin(), values.end(), 0.0);
  return {sum / static_cast<double>(values.size()), values.front(), values.back()};
}

// A trace, summed to windows: [window][layer * expert].
class Windows {
 public:
  Windows(std::string_view text, std::int64_t steps, std::int64_t window) {
    SynthSpec spec;
    EXPECT_TRUE(parse_synth(text, spec).ok());
    SynthTrace trace(spec);
    experts_ = static_cast<std::size_t>(trace.experts());
    std::vector<std::uint32_t> counts(trace.cells());
    while (trace.step() < steps) {
      if (trace.step() % window == 0) sums_.emplace_back(counts.size());
      trace.next_step(counts);
      for (std::size_t i = 0; i < counts.size(); ++i) sums_.back()[i] += counts[i];
    }
  }

  // f for each layer of each window.
  Figure each(const std::function<double(Shares)>& f) const {
    std::vector<double> values;
    for (const auto& window : sums_) {
      for (std::size_t i = 0; i < window.size(); i += experts_) {
        values.push_back(f(Shares(window).subspan(i, experts_)));
      }
    }
    return figure(values);
  }

  // Half the sum of absolute differences of shares between neighbouring windows, for each layer.
  Figure total_variation() const {
    std::vector<double> values;
    for (std::size_t w = 1; w < sums_.size(); ++w) {
      for (std::size_t i = 0; i < sums_[w].size(); i += experts_) {
        const Shares before = Shares(sums_[w - 1]).subspan(i, experts_);
        const Shares after = Shares(sums_[w]).subspan(i, experts_);
        const double all = std::accumulate(after.begin(), after.end(), 0.0);
        double sum = 0;
        for (std::size_t e = 0; e < experts_; ++e) sum += std::abs(after[e] - before[e]);
        values.push_back(sum / all / 2);
      }
    }
    return figure(values);
  }

  std::size_t size() const { return sums_.size(); }
  const std::vector<double>& operator[](std::size_t window) const { return sums_[window]; }

 private:
  std::size_t experts_ = 0;
  std::vector<std::vector<double>> sums_;
};

constexpr std::int64_t kRecorded = 3000;  // about the number of full steps in the recorded trace

// After each line: value measured here; value of the recorded gpt-oss-20b trace.
TEST(SynthStatistics, GptOss20bIsLikeItsTrace) {
  const Windows run("synth:gpt-oss-20b", kRecorded, kRecorded);
  EXPECT_NEAR(run.each(max_over_mean).mean, 2.58, 0.10);   // 2.631; 2.58
  EXPECT_NEAR(run.each(max_over_mean).least, 1.95, 0.10);  // 1.96; 1.95
  EXPECT_NEAR(run.each(max_over_mean).most, 3.8, 0.6);     // 4.32; 3.77
  EXPECT_NEAR(run.each(gini).mean, 0.40, 0.04);            // 0.371; 0.396
  EXPECT_NEAR(run.each(gini).least, 0.25, 0.02);           // 0.24; 0.25
  EXPECT_NEAR(run.each(gini).most, 0.51, 0.05);            // 0.55; 0.51
  const Windows windows("synth:gpt-oss-20b", kRecorded, 300);
  EXPECT_NEAR(windows.each(max_over_mean).mean, 2.89, 0.20);   // 2.738; 2.89
  EXPECT_NEAR(windows.each(contiguous_on(8)).mean, 1.5, 0.1);  // 1.569; 1.50
  EXPECT_NEAR(windows.total_variation().mean, 0.088, 0.01);    // 0.082; 0.087
  const Windows steps("synth:gpt-oss-20b", kRecorded, 1);
  EXPECT_NEAR(steps.each(max_over_mean).mean, 3.2, 0.2);       // 3.056; 3.21
  EXPECT_NEAR(steps.each(contiguous_on(8)).mean, 1.58, 0.08);  // 1.646; 1.58
}

// Published: expert max/mean 2 to 4, Gini 0.25 to 0.5, 32 GPUs without a balancer 1.3 to 4.
TEST(SynthStatistics, DeepSeekV3IsWithinPublishedRanges) {
  const Windows usual("synth:deepseek-v3", 600, 300);
  EXPECT_NEAR(usual.each(max_over_mean).mean, 3.38, 0.03);
  EXPECT_GT(usual.each(max_over_mean).least, 2);   // 2.48
  EXPECT_LT(usual.each(max_over_mean).most, 4.5);  // 4.39
  EXPECT_NEAR(usual.each(gini).mean, 0.36, 0.01);  // 0.359
  EXPECT_GT(usual.each(gini).least, 0.25);         // 0.26
  EXPECT_LT(usual.each(gini).most, 0.5);           // 0.47
  EXPECT_NEAR(usual.each(contiguous_on(32)).mean, 1.68, 0.02);
  EXPECT_GT(usual.each(contiguous_on(32)).least, 1.3);  // 1.41
  EXPECT_LT(usual.each(contiguous_on(32)).most, 2.4);   // 2.29
  EXPECT_NEAR(usual.total_variation().mean, 0.013, 0.003);
}

TEST(SynthStatistics, VariantsDriftAndSkew) {
  const Windows drift("synth:deepseek-v3-drift", 600, 300);
  EXPECT_NEAR(drift.total_variation().mean, 0.25, 0.03);  // 0.252
  const Windows skewed("synth:deepseek-v3-skewed", 300, 300);
  EXPECT_NEAR(skewed.each(max_over_mean).mean, 10.5, 1);
  EXPECT_NEAR(skewed.each(gini).mean, 0.52, 0.02);
  EXPECT_NEAR(skewed.each(contiguous_on(32)).mean, 2.6, 0.1);
}

// Variation between neighbouring windows of 300 steps, and between neighbouring steps. Chance alone is .02 a
// step; with the 512 tokens of noise it is .18.
TEST(SynthStatistics, EachCauseVariesAtItsTimeScale) {
  struct Cause {
    std::string_view name;
    double windows;
    double steps;
  };
  for (const Cause& cause : {Cause{"fast-topics", 0.124, 0.025}, Cause{"slow-topics", 0.289, 0.020},
                             Cause{"new-topics", 0.266, 0.020}, Cause{"drift", 0.151, 0.025},
                             Cause{"noise", 0.010, 0.178}, Cause{"bursts", 0.016, 0.272},
                             Cause{"hot-expert", 0.001, 0.020}}) {
    SCOPED_TRACE(cause.name);
    const std::string text = "synth:" + std::string(cause.name);
    EXPECT_NEAR(Windows(text, 1500, 300).total_variation().mean, cause.windows, 0.003);
    EXPECT_NEAR(Windows(text, 300, 1).total_variation().mean, cause.steps, 0.003);
  }
  // A GPU has two slots and no expert is copied: the hottest one exceeds the mean GPU in each layer.
  EXPECT_GT(Windows("synth:hot-expert", 300, 300).each(max_over_mean).least, 2);
}

// Without skew counts differ only by chance. A count of T = 64 tokens, each with 4 of 32 experts, then has
// the variance of a draw without replacement: T / 8 * 7/8 * 31/32 = 6.78, for every expert.
TEST(SynthStatistics, ChanceAloneHasTheRightVariance) {
  const Windows steps("synth:gpt-oss-20b,skew=0", 1000, 1);
  for (const std::size_t expert : {0u, 15u, 30u, 31u}) {
    double squares = 0;
    for (std::size_t s = 0; s < steps.size(); ++s) {
      for (std::size_t layer = 0; layer < 24; ++layer) {
        const double difference = steps[s][layer * 32 + expert] - 8;
        squares += difference * difference;
      }
    }
    EXPECT_NEAR(squares / (1000 * 24), 6.78, 0.22) << expert;  // 3.5 standard errors
  }
}

// The gain from planning: GPU load, max/mean, of single steps, for a placement computed from a window.
TEST(SynthStatistics, PlacementsAreWorthWhatTheyAreOnTheTrace) {
  const Strategy* strategy = nullptr;
  ASSERT_TRUE(find_strategy("deepseek", strategy).ok());
  const Shape shape{24, 32, 40, 8, 1, 1};
  const Windows windows("synth:gpt-oss-20b", kRecorded, 300);
  const Windows steps("synth:gpt-oss-20b", kRecorded, 1);
  std::vector<Placement> plans;
  const auto plan = [&](const std::vector<double>& window) {
    Loads loads;
    loads.layers = shape.layers;
    loads.experts = shape.experts;
    loads.values.assign(window.begin(), window.end());
    Result result;
    EXPECT_TRUE(balance(loads, shape, strategy->rules, nullptr, {}, result).ok());
    return result.placement;
  };
  const auto worth = [&](const Placement& placement, const std::vector<double>& step) {
    double sum = 0;
    for (std::size_t layer = 0; layer < 24; ++layer) {
      std::vector<double> gpus(8);
      for (std::size_t slot = 0; slot < 40; ++slot) {
        const auto e = layer * 32 + static_cast<std::size_t>(placement.phy2log[layer * 40 + slot]);
        gpus[slot / 5] += step[e] / placement.logcnt[e];
      }
      sum += max_over_mean(gpus);
    }
    return sum / 24;
  };
  for (std::size_t w = 0; w < windows.size(); ++w) plans.push_back(plan(windows[w]));
  double stale = 0;
  double fresh = 0;
  double each = 0;
  for (std::size_t s = 300; s < steps.size(); ++s) {
    stale += worth(plans[s / 300 - 1], steps[s]);
    fresh += worth(plans[s / 300], steps[s]);
    if (s % 10 == 0) each += worth(plan(steps[s]), steps[s]) * 10;
  }
  const auto count = static_cast<double>(steps.size() - 300);
  // Synthetic; recorded.
  EXPECT_NEAR(stale / count, 1.27, 0.03);  // 1.285; 1.27
  EXPECT_NEAR(fresh / count, 1.21, 0.04);  // 1.240; 1.21
  EXPECT_NEAR(each / count, 1.03, 0.01);   // 1.030; 1.03
}

}  // namespace
}  // namespace evenkeel::test
