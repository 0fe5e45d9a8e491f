#include "native/report_text.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "core/base/numbers.hpp"
#include "core/evenkeel.hpp"
#include "core/model/stage_names.hpp"
#include "native/table.hpp"

namespace evenkeel {
namespace {

constexpr std::size_t kWorstLayers = 5;

std::string describe_model(const Shape& shape) {
  return counted(shape.layers, "layer") + " x " + counted(shape.experts, "expert");
}

std::string describe_nodes(const Shape& shape) {
  const std::string text = " on " + counted(shape.gpus, "GPU");
  if (shape.nodes == 1 && shape.groups == 1) return text + ", global";
  return text + ", " + counted(shape.nodes, "node") + ", " + counted(shape.groups, "group");
}

// The layers of a column, worst balancedness first.
std::vector<std::size_t> worst_first(std::span<const LayerMetrics> layers) {
  std::vector<std::size_t> order(layers.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    return layers[a].balancedness() < layers[b].balancedness();
  });
  order.resize(std::min(order.size(), kWorstLayers));
  return order;
}

}  // namespace

std::string describe_shape(const Shape& shape) {
  return ascii(describe_model(shape) + " -> " + counted(shape.slots, "slot") +
               describe_nodes(shape));
}

std::string describe_gpus(const Shape& shape) {
  return ascii(describe_model(shape) + describe_nodes(shape));
}

std::vector<std::string> headings(std::vector<std::string> first, Tables table) {
  for (const Figure& figure : kFigures) {
    if ((figure.tables & table) != 0) first.emplace_back(figure.heading);
  }
  return first;
}

std::vector<std::string> cells(std::vector<std::string> first, Tables table, const Summary& all) {
  for (const Figure& figure : kFigures) {
    if ((figure.tables & table) != 0) first.push_back(figure_text(figure, all.of(figure)));
  }
  return first;
}

std::string legend_text(Tables table) {
  std::string text;
  for (const Figure& figure : kFigures) {
    if ((figure.tables & table) == 0) continue;
    text += std::string(figure.heading) + ": " + std::string(figure.formula) + ", " +
            std::string(figure.overall.words) + "\n";
  }
  return ascii(text);
}

std::string figures_text(const Shape& shape, const LayerNumbers& numbers,
                         const std::vector<Column>& columns) {
  std::vector<std::string> heading = {"over all layers"};
  std::vector<Summary> all;
  for (const Column& column : columns) {
    heading.push_back(column.name);
    all.push_back(summarize({column.layers, numbers}));
  }
  Table figures(heading);
  std::string legend;
  for (const Figure& figure : kFigures) {
    const auto is_known = [&](const Summary& summary) { return !std::isnan(summary.of(figure)); };
    if ((figure.tables & kResult) == 0 || std::none_of(all.begin(), all.end(), is_known)) continue;
    std::vector<std::string> row = {std::string(figure.label)};
    if (figure.needs == Needs::previous) {
      row[0] += " of " + grouped(std::int64_t{shape.slots} * shape.layers);
    }
    for (const Summary& summary : all) row.push_back(figure_text(figure, summary.of(figure)));
    figures.add(std::move(row));
    legend += std::string(figure.label) + ": " + std::string(figure.formula) + ", " +
              std::string(figure.overall.words) + "\n";
  }
  std::string text = figures.text();

  const std::span<const LayerMetrics> last = columns.back().layers;
  if (last.size() > 1) {
    const FigureRow shown[] = {"balancedness", "max_gpu_load", "lower_bound", "hottest_gpu"};
    heading = {"worst layers"};
    for (const FigureRow row : shown) heading.emplace_back(row.figure().label);
    Table worst(heading);
    for (const std::size_t i : worst_first(last)) {
      std::vector<std::string> row = {"layer " + std::to_string(numbers[i])};
      for (const FigureRow one : shown) {
        row.push_back(figure_text(one.figure(), one.figure().of_layer(last[i])));
      }
      worst.add(std::move(row));
    }
    text += "\n" + worst.text();
  }
  return text + "\n" + ascii(legend);
}

std::string parts_line(const NamedRules& strategy) {
  const Rules& rules = strategy.rules;
  if (!rules.has_stages()) {  // its name is its rules
    return rules.search == Search::fast ? "a search without stages: exchanges of one copy for one"
           : rules.kicks == 0
               ? "a search without stages"
               : "a search without stages, with " + std::to_string(rules.kicks) + " random changes";
  }
  std::string line;
  for (const char letter : rules_text(strategy.rules)) {
    line += letter == '+' ? " + " : std::string(1, letter);
  }
  return line;
}

std::string parts_text(const NamedRules& strategy) {
  constexpr std::size_t kWidth = 80;
  std::string text;
  const std::string label = strategy.label + ": ";
  std::string rest = parts_line(strategy);
  while (label.size() + rest.size() > kWidth) {
    const std::size_t cut = rest.rfind(" + ", kWidth - label.size());
    text += (text.empty() ? label : std::string(label.size(), ' ')) + rest.substr(0, cut) + "\n";
    rest.erase(0, cut + 1);
  }
  return text + (text.empty() ? label : std::string(label.size(), ' ')) + rest + "\n";
}

}  // namespace evenkeel
