// Figures by the step: how well a placement balances single steps, not the sum of a window. GPUs wait for the
// hottest one in every step, and a sum hides that: hot experts change from step to step.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace evenkeel {

// The loads of the GPUs for one layer in one step, in tokens. max >= mean.
struct StepLoad {
  double mean = 0;  // 0: the layer has no tokens in this step, so no figure counts the step for it
  double max = 0;

  double imbalance() const { return mean > 0 ? (max - mean) / mean : 0.0; }
  double balancedness() const { return max > 0 ? mean / max : 1.0; }
};

// The distribution of numbers in [0, 2^20]. Memory is bounded: up to kExact numbers are kept, of more numbers a histogram
// of 1 + the number, whose columns are 1/4096 of their value wide.
class Distribution {
 public:
  void add(double value);
  std::int64_t count() const { return count_; }
  // The smallest number that at least `share` of all numbers do not exceed (nearest rank); beyond kExact numbers
  // the upper edge of its column, or the largest number if that is smaller. 0 if there are none. share: 0 to 1.
  double percentile(double share) const;

 private:
  static constexpr std::size_t kExact = 4096;

  std::int64_t count_ = 0;
  double largest_ = 0;
  std::vector<double> values_;          // up to kExact
  std::vector<std::uint32_t> columns_;  // beyond; grows to the largest number
};

// The share of steps that the percentile of figures by the step covers.
inline constexpr double kStepPercentile = 0.95;

// Figures by the step of one placement, where its loads are known step by step.
struct StepMetrics {
  struct Layer {
    std::int64_t steps = 0;  // with tokens; without any the figures are unknown
    double imbalance = 0;    // mean over steps
    double imbalance_p95 = 0;
    double balancedness = 1;  // mean over steps
  };
  std::int64_t steps = 0;  // with tokens in any layer; 0: the figures are unknown
  double imbalance = 0;
  double imbalance_p95 = 0;
  double balancedness = 1;
  double balancedness_by_load = 1;
  std::vector<Layer> layers;  // [L], or empty
};

// Collects the loads of all steps under one placement, or under the placements in force.
class StepFigures {
 public:
  StepFigures() = default;
  explicit StepFigures(std::size_t layers) : layers_(layers) {}

  // The loads of one layer in the open step.
  void add(std::size_t layer, const StepLoad& load);
  // Closes the step. Steps without tokens in any layer are not counted.
  void end_step();

  std::size_t layers() const { return layers_.size(); }
  std::int64_t steps() const { return steps_; }  // with tokens in any layer

  // Of one layer: mean and percentile over its steps with tokens. 0, or 1 for balancedness, if it has none.
  std::int64_t steps_of(std::size_t layer) const { return layers_[layer].imbalances.count(); }
  double imbalance(std::size_t layer) const;
  double imbalance_percentile(std::size_t layer) const;
  double balancedness(std::size_t layer) const;

  // Overall: means over layers with tokens of their means over steps,
  double imbalance() const;
  double balancedness() const;
  // and over steps: the percentile of the step's mean over its layers, because a step waits for each of them,
  double imbalance_percentile() const { return steps_imbalances_.percentile(kStepPercentile); }
  // and the mean of the step's sum of mean loads / sum of max loads, over layers.
  double balancedness_by_load() const;

  StepMetrics metrics() const;

 private:
  struct Layer {
    double imbalance = 0;  // sums over steps
    double balancedness = 0;
    Distribution imbalances;
  };
  struct OpenStep {
    std::int64_t layers = 0;
    double imbalance = 0;
    double means = 0;
    double maxima = 0;
  };

  // without: the result if no layer has tokens.
  double mean_over_layers(double (StepFigures::*of_layer)(std::size_t) const, double without) const;

  std::vector<Layer> layers_;
  OpenStep open_;
  std::int64_t steps_ = 0;
  double by_load_ = 0;
  Distribution steps_imbalances_;
};

}  // namespace evenkeel
