#include "native/report_text.hpp"

#include <algorithm>
#include <functional>
#include <numeric>

#include "core/evenkeel.hpp"
#include "core/model/stage_names.hpp"
#include "native/table.hpp"

namespace evenkeel {
namespace {

constexpr std::size_t kWorstLayers = 5;

std::string counted(std::int64_t count, const char* what) {
  return std::to_string(count) + " " + what + plural(count);
}

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
  return describe_model(shape) + " -> " + counted(shape.slots, "slot") + describe_nodes(shape);
}

std::string describe_gpus(const Shape& shape) {
  return describe_model(shape) + describe_nodes(shape);
}

std::string figures_text(const Shape& shape, std::int32_t first_layer,
                         const std::vector<Column>& columns) {
  std::vector<std::string> heading = {"mean over layers"};
  std::vector<Summary> all;
  for (const Column& column : columns) {
    heading.push_back(column.name);
    all.push_back(summarize(column.layers));
  }
  Table figures(heading);
  const auto row = [&](std::string name, const std::function<std::string(std::size_t)>& cell) {
    std::vector<std::string> cells = {std::move(name)};
    for (std::size_t i = 0; i < columns.size(); ++i) cells.push_back(cell(i));
    figures.add(std::move(cells));
  };
  row("balancedness: mean / max GPU load", [&](auto i) { return fixed(all[i].balancedness, 4); });
  row("imbalance: (max - mean) / mean", [&](auto i) { return percent(all[i].imbalance); });
  row("above the lower bound: max / bound - 1", [&](auto i) { return percent(all[i].gap); });
  row("worst layer: balancedness (layer)", [&](auto i) {
    const auto worst = static_cast<std::size_t>(all[i].worst_layer);
    return fixed(columns[i].layers[worst].balancedness(), 4) + " (" +
           std::to_string(first_layer + all[i].worst_layer) + ")";
  });
  row("same-expert copies on one GPU",
      [&](auto i) { return std::to_string(all[i].same_gpu_copies); });
  const bool moves = std::any_of(all.begin(), all.end(),
                                 [](const Summary& summary) { return summary.moved_slots >= 0; });
  if (moves) {
    row("moved slots of " + std::to_string(std::int64_t{shape.slots} * shape.layers),
        [&](auto i) { return all[i].moved_slots < 0 ? "-" : std::to_string(all[i].moved_slots); });
  }
  std::string text = figures.text();

  const std::span<const LayerMetrics> last = columns.back().layers;
  if (last.size() < 2) return text;
  Table worst({"worst layers", "balancedness", "max GPU load", "lower bound", "hottest GPU"});
  for (const std::size_t i : worst_first(last)) {
    worst.add({"layer " + std::to_string(first_layer + static_cast<std::int32_t>(i)),
               fixed(last[i].balancedness(), 4), amount(last[i].max_load),
               amount(last[i].lower_bound), std::to_string(last[i].hottest_gpu)});
  }
  return text + "\n" + worst.text();
}

std::string parts_line(const NamedRules& strategy) {
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
