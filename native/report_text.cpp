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
constexpr std::string_view kNoSteps =
    "figures by step: none, the loads are one step or one sum of steps\n";

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

// "imbalance: (max - mean) / mean GPU load, mean over layers"
std::string legend_line(std::string_view name, const Figure& figure) {
  return wrapped(ascii(std::string(name) + ": " + std::string(figure.formula) + ", " +
                       std::string(figure.overall.words)),
                 2);
}

}  // namespace

std::string describe_shape(const Shape& shape) {
  return ascii(describe_model(shape) + " -> " + counted(shape.slots, "slot") +
               describe_nodes(shape));
}

std::string describe_gpus(const Shape& shape) {
  return ascii(describe_model(shape) + describe_nodes(shape));
}

std::vector<const Figure*> FigureTable::figures() const {
  std::vector<const Figure*> shown;
  for (const Figure& figure : kFigures) {
    const auto is_known = [&](const Row& row) { return !std::isnan(row.all.of(figure)); };
    if ((figure.tables & table_) != 0 && std::any_of(rows_.begin(), rows_.end(), is_known)) {
      shown.push_back(&figure);
    }
  }
  return shown;
}

std::string FigureTable::text() const {
  std::vector<std::string> heading = first_;
  for (const Figure* figure : figures()) heading.emplace_back(figure->heading);
  Table table(heading);
  for (const Row& row : rows_) {
    std::vector<std::string> cells = row.first;
    for (const Figure* figure : figures())
      cells.push_back(figure_text(*figure, row.all.of(*figure)));
    table.add(std::move(cells));
  }
  return table.text();
}

std::string FigureTable::legend() const {
  std::string text;
  for (const Figure* figure : figures()) text += legend_line(figure->heading, *figure);
  const auto knows = [](const Row& row) { return !std::isnan(row.all["step_imbalance"]); };
  return text +
         (std::any_of(rows_.begin(), rows_.end(), knows) ? std::string() : std::string(kNoSteps));
}

std::string figures_text(const Shape& shape, const LayerNumbers& numbers,
                         const std::vector<Column>& columns) {
  std::vector<std::string> heading = {"over all layers"};
  std::vector<Summary> all;
  for (const Column& column : columns) {
    heading.push_back(column.name);
    all.push_back(summarize({column.layers, numbers, column.steps}));
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
    legend += legend_line(figure.label, figure);
  }
  std::string text = figures.text();

  const std::span<const LayerMetrics> last = columns.back().layers;
  const Layers of_last = {last, numbers, columns.back().steps};
  if (last.size() > 1) {
    const FigureRow shown[] = {"balancedness", "max_gpu_load", "lower_bound", "hottest_gpu"};
    heading = {"worst layers"};
    for (const FigureRow row : shown) heading.emplace_back(row.figure().label);
    Table worst(heading);
    for (const std::size_t i : worst_first(last)) {
      std::vector<std::string> row = {"layer " + std::to_string(numbers[i])};
      for (const FigureRow one : shown) {
        row.push_back(figure_text(one.figure(), one.figure().of_layer(of_last, i)));
      }
      worst.add(std::move(row));
    }
    text += "\n" + worst.text();
  }
  const auto knows = [](const Summary& summary) { return !std::isnan(summary["step_imbalance"]); };
  return text + "\n" + legend +
         (std::any_of(all.begin(), all.end(), knows) ? std::string() : std::string(kNoSteps));
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
