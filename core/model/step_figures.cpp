#include "core/model/step_figures.hpp"

#include <algorithm>

namespace evenkeel {
namespace {

constexpr int kColumnBits = 11;  // of binary32's mantissa that a column does not tell apart
constexpr double kLargest = 1048576;

std::size_t column_of(double value) {
  const auto shifted = static_cast<float>(1 + std::min(value, kLargest));
  const auto bits = __builtin_bit_cast(std::uint32_t, shifted);
  return (bits - __builtin_bit_cast(std::uint32_t, 1.0f)) >> kColumnBits;
}

double upper_edge(std::size_t column) {
  const auto next = static_cast<std::uint32_t>((column + 1) << kColumnBits);
  const std::uint32_t bits = next + __builtin_bit_cast(std::uint32_t, 1.0f);
  return static_cast<double>(__builtin_bit_cast(float, bits)) - 1;
}

// The smallest whole number that is at least share * count, from 1 to count.
std::int64_t rank_of(double share, std::int64_t count) {
  const double exact = share * static_cast<double>(count);
  auto rank = static_cast<std::int64_t>(exact);
  if (static_cast<double>(rank) < exact) ++rank;
  return std::clamp<std::int64_t>(rank, 1, count);
}

double ratio(double sum, std::int64_t count, double without) {
  return count > 0 ? sum / static_cast<double>(count) : without;
}

}  // namespace

void Distribution::add(double value) {
  const auto put = [this](double number) {
    const std::size_t column = column_of(number);
    if (column >= columns_.size()) columns_.resize(column + 1);
    ++columns_[column];
  };
  ++count_;
  largest_ = std::max(largest_, value);
  if (static_cast<std::size_t>(count_) <= kExact) {
    values_.push_back(value);
    return;
  }
  for (const double kept : values_) put(kept);
  values_ = {};
  put(value);
}

double Distribution::percentile(double share) const {
  if (count_ == 0) return 0;
  std::int64_t rank = rank_of(share, count_);
  if (columns_.empty()) {
    std::vector<double> values = values_;
    const auto at = values.begin() + (rank - 1);
    std::nth_element(values.begin(), at, values.end());
    return *at;
  }
  std::size_t column = 0;
  while (rank > columns_[column]) rank -= columns_[column++];
  return std::min(upper_edge(column), largest_);
}

void StepFigures::add(std::size_t layer, const StepLoad& load) {
  if (!(load.mean > 0)) return;
  Layer& of = layers_[layer];
  const double imbalance = load.imbalance();
  of.imbalance += imbalance;
  of.balancedness += load.balancedness();
  of.imbalances.add(imbalance);
  ++open_.layers;
  open_.imbalance += imbalance;
  open_.means += load.mean;
  open_.maxima += load.max;
}

void StepFigures::end_step() {
  if (open_.layers > 0) {
    ++steps_;
    steps_imbalances_.add(open_.imbalance / static_cast<double>(open_.layers));
    by_load_ += open_.means / open_.maxima;
  }
  open_ = {};
}

double StepFigures::imbalance(std::size_t layer) const {
  return ratio(layers_[layer].imbalance, steps_of(layer), 0);
}

double StepFigures::imbalance_percentile(std::size_t layer) const {
  return layers_[layer].imbalances.percentile(kStepPercentile);
}

double StepFigures::balancedness(std::size_t layer) const {
  return ratio(layers_[layer].balancedness, steps_of(layer), 1);
}

double StepFigures::mean_over_layers(double (StepFigures::*of_layer)(std::size_t) const,
                                     double without) const {
  double sum = 0;
  std::int64_t count = 0;
  for (std::size_t i = 0; i < layers_.size(); ++i) {
    if (steps_of(i) == 0) continue;
    sum += (this->*of_layer)(i);
    ++count;
  }
  return ratio(sum, count, without);
}

double StepFigures::imbalance() const { return mean_over_layers(&StepFigures::imbalance, 0); }
double StepFigures::balancedness() const { return mean_over_layers(&StepFigures::balancedness, 1); }

double StepFigures::balancedness_by_load() const { return ratio(by_load_, steps_, 1); }

StepMetrics StepFigures::metrics() const {
  StepMetrics all = {
      steps_, imbalance(), imbalance_percentile(), balancedness(), balancedness_by_load(), {}};
  for (std::size_t i = 0; i < layers_.size(); ++i) {
    all.layers.push_back({steps_of(i), imbalance(i), imbalance_percentile(i), balancedness(i)});
  }
  return all;
}

}  // namespace evenkeel
