#include "core/model/figures.hpp"

#include <cmath>

#include "core/base/float_mode.hpp"
#include "core/base/numbers.hpp"

namespace evenkeel {

double moved_slots_of(const Layers& layers, std::size_t i) {
  const std::int32_t moved = layers.metrics[i].moved_slots;
  return moved < 0 ? kUnknown : moved;
}

double sum_over_layers(const Figure& figure, const Layers& layers) {
  double sum = 0;
  layers.for_each([&](std::size_t i) { sum += figure.of_layer(layers, i); });
  return sum;
}

double mean_over_layers(const Figure& figure, const Layers& layers) {
  return sum_over_layers(figure, layers) / static_cast<double>(layers.count());
}

double worst_balancedness(const Figure&, const Layers& layers) {
  return layers.metrics[worst_layer(layers)].balancedness();
}

double sum_of_means_over_maxima(const Figure&, const Layers& layers) {
  double means = 0;
  double maxima = 0;
  layers.for_each([&](std::size_t i) {
    means += layers.metrics[i].mean_load;
    maxima += layers.metrics[i].max_load;
  });
  return maxima > 0 ? means / maxima : 1;
}

double count_empty(const Figure&, const Layers& layers) {
  double count = 0;
  layers.for_each([&](std::size_t i) { count += layers.metrics[i].max_load > 0 ? 0 : 1; });
  return count;
}

double number_of_worst(const Figure&, const Layers& layers) {
  return layers.numbers[worst_layer(layers)];
}

double known_to_caller(const Figure&, const Layers&) { return kUnknown; }

bool Layers::are_all_dense() const {
  for (std::size_t i = 0; i < metrics.size(); ++i) {
    if (!numbers.is_dense(i)) return false;
  }
  return true;
}

std::size_t Layers::count() const {
  std::size_t count = 0;
  for_each([&](std::size_t) { ++count; });
  return count;
}

std::size_t worst_layer(const Layers& layers) {
  std::size_t worst = layers.metrics.size();
  layers.for_each([&](std::size_t i) {
    const bool first = worst == layers.metrics.size();
    if (first || layers.metrics[i].balancedness() < layers.metrics[worst].balancedness()) worst = i;
  });
  return worst;
}

bool operator==(const Summary& a, const Summary& b) {
  for (std::size_t i = 0; i < kFigureCount; ++i) {
    const bool unknown = std::isnan(a.values_[i]) && std::isnan(b.values_[i]);
    if (!unknown && a.values_[i] != b.values_[i]) return false;
  }
  return true;
}

Summary summarize(const Layers& layers) {
  const DefaultFloatMode mode;
  Summary summary;
  for (std::size_t i = 0; i < kFigureCount; ++i) {
    const Overall& overall = kFigures[i].overall;
    summary.values_[i] = overall.value == nullptr ? kUnknown : overall.value(kFigures[i], layers);
  }
  return summary;
}

void Summary::set_steps(const StepMetrics& steps) {
  const Layers layers = {{}, {}, &steps};
  for (std::size_t i = 0; i < kFigureCount; ++i) {
    const Figure& figure = kFigures[i];
    if (figure.needs == Needs::steps) values_[i] = figure.overall.value(figure, layers);
  }
}

std::string figure_text(const Figure& figure, double value) {
  if (std::isnan(value)) return "\xe2\x80\x93";  // U+2013
  switch (figure.unit) {
    case Unit::ratio:
      return fixed(value, 4);
    case Unit::percent:
      return percent(value);
    case Unit::tokens:
      return amount(value);
    case Unit::count:
      return grouped(static_cast<std::int64_t>(value));
    case Unit::microseconds:
      return microseconds(value);
    case Unit::gpu:
    case Unit::layer:
      break;
  }
  return std::to_string(static_cast<std::int64_t>(value));
}

std::string capitalized(std::string_view text) {
  std::string out(text);
  if (!out.empty() && out[0] >= 'a' && out[0] <= 'z')
    out[0] = static_cast<char>(out[0] - 'a' + 'A');
  return out;
}

}  // namespace evenkeel
