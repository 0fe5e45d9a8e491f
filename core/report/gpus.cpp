// The load of every GPU in the layer with the worst balance, before and after.

#include <algorithm>
#include <functional>

#include "core/base/numbers.hpp"
#include "core/report/chart.hpp"
#include "core/report/view.hpp"

namespace evenkeel::report {
namespace {

constexpr double kHeight = 190;
constexpr double kTop = 38;             // space for node numbers and the pointer to the hottest GPU
constexpr std::size_t kMostBars = 256;  // more are drawn as one outline

// One of the two charts.
struct Panel {
  const View& view;
  const ReportStrategy& strategy;
  const char* when;  // "before", "after"
  std::vector<double> loads;
  double top;  // of the vertical axis, the same in both charts

  const LayerMetrics& metrics() const { return strategy.metrics[view.worst_layer]; }
  double y_of(double load) const { return kHeight - load / top * (kHeight - kTop); }
  std::size_t gpus() const { return loads.size(); }
};

void write_title(const Panel& panel, Markup& page) {
  const LayerMetrics& metrics = panel.metrics();
  page.open("p", {{"class", "legend"}}).open("span");
  page.element("i", {{"class", std::string("block ") + panel.when}}, "");
  if (panel.view.compares()) page.text(std::string(panel.when) + ": ");
  page.open("b").name(panel.strategy.name).close();
  page.text(". Hottest is GPU " + std::to_string(metrics.hottest_gpu) + " with " +
            tokens(metrics.max_load) + ", " + ratio(1 + metrics.imbalance()) + " times the mean.");
  page.close().close();
}

// Shades every other node and writes its number if there is space.
void write_nodes(const Panel& panel, Markup& page) {
  constexpr std::int32_t kMostNumbered = 12;
  const std::int32_t nodes = panel.view.input.shape.nodes;
  if (nodes == 1 || panel.gpus() > kMostBars) return;
  for (std::int32_t node = 0; node < nodes; ++node) {
    const double left = static_cast<double>(node) / nodes;
    if (node % 2 == 1) {
      page.leaf("rect", {{"class", "node"},
                         {"x", share(left)},
                         {"width", share(1.0 / nodes)},
                         {"height", px(kHeight)}});
    }
    if (nodes <= kMostNumbered) {
      page.element("text", {{"class", "node"}, {"x", share(left)}, {"dx", "5"}, {"y", "11"}},
                   "node " + std::to_string(node));
    }
  }
}

void write_bars(const Panel& panel, Markup& page) {
  const auto count = static_cast<double>(panel.gpus());
  const double width = panel.gpus() <= 64 ? 0.78 : 1;
  const auto hottest = static_cast<std::size_t>(panel.metrics().hottest_gpu);
  for (std::size_t gpu = 0; gpu < panel.gpus(); ++gpu) {
    const double load = panel.loads[gpu];
    const double mean = panel.metrics().mean_load;
    const double middle = (static_cast<double>(gpu) + 0.5) / count;
    page.tipped("rect",
                {{"class", std::string(panel.when) + (gpu == hottest ? " hottest" : "")},
                 {"x", share(middle - width / count / 2)},
                 {"width", share(width / count)},
                 {"y", px(panel.y_of(load))},
                 {"height", px(kHeight - panel.y_of(load))}},
                "GPU " + std::to_string(gpu) + ": " + tokens(load) + ", " +
                    fixed(mean > 0 ? load / mean : 0, 3) + " times the mean");
  }
}

// Sorted, because single GPUs would be too narrow to see.
void write_outline(const Panel& panel, Markup& page) {
  std::vector<double> sorted = panel.loads;
  std::sort(sorted.begin(), sorted.end(), std::greater<>());
  std::string path = "M0 " + px(kHeight);
  for (std::size_t i = 0; i < sorted.size(); ++i) {
    path += "V" + px(panel.y_of(sorted[i])) + "H" + std::to_string(i + 1);
  }
  page.open("svg", {{"viewBox", "0 0 " + std::to_string(sorted.size()) + " " + px(kHeight)},
                    {"preserveAspectRatio", "none"},
                    {"width", "100%"},
                    {"height", px(kHeight)}});
  page.leaf("path", {{"class", panel.when}, {"d", path + "V" + px(kHeight) + "Z"}}).close();
}

// Marks the hottest GPU with a pointer and its number.
void write_hottest(const Panel& panel, Markup& page) {
  const bool sorted = panel.gpus() > kMostBars;
  const auto place = sorted ? 0.0 : static_cast<double>(panel.metrics().hottest_gpu);
  const double middle = (place + 0.5) / static_cast<double>(panel.gpus());
  const double y = panel.y_of(panel.metrics().max_load) - 5;
  // Text and pointer are in an SVG without size, so that both can be positioned in pixels.
  const char* anchor = middle < 0.1 ? "start" : middle > 0.9 ? "end" : "middle";
  page.open("svg", {{"class", "pointer"}, {"x", share(middle)}, {"y", px(y)}});
  page.leaf("path", {{"d", "M-4-5h8L0 1z"}});
  page.element("text", {{"text-anchor", anchor}, {"y", "-8"}},
               "GPU " + std::to_string(panel.metrics().hottest_gpu));
  page.close();
}

void write_panel(const Panel& panel, Markup& page) {
  const LayerMetrics& metrics = panel.metrics();
  Frame frame;
  frame.height = kHeight;
  for (const double value : round_steps(panel.top)) {
    frame.ticks.push_back({panel.y_of(value), short_load(value)});
  }
  frame.edge_labels = {
      {panel.y_of(metrics.mean_load), "mean " + short_load(metrics.mean_load)},
      {panel.y_of(metrics.lower_bound), "bound " + short_load(metrics.lower_bound)}};
  frame.unit = "tokens";
  frame.description = "GPU loads " + std::string(panel.when) + ": mean " +
                      tokens(metrics.mean_load) + ", maximum " + tokens(metrics.max_load) + ".";
  write_title(panel, page);
  open_chart(frame, page);
  const bool sorted = panel.gpus() > kMostBars;
  write_nodes(panel, page);
  if (sorted) {
    write_outline(panel, page);
  } else {
    write_bars(panel, page);
  }
  rule(page, panel.y_of(metrics.mean_load), "level");
  rule(page, panel.y_of(metrics.lower_bound), "level bound");
  write_hottest(panel, page);
  if (!sorted) number_columns(page, kHeight, panel.gpus(), panel.gpus(), 0);
  close_chart(frame, page);
  page.element("p", {{"class", "under"}}, sorted ? "GPUs, hottest first" : "GPU");
}

}  // namespace

void write_gpus(const View& view, Markup& page) {
  const std::size_t layer = view.worst_layer;
  page.open("section", {{"class", "whole"}})
      .element("h2", {}, "GPU load in " + view.layer_name(layer));
  page.open("p", {{"class", "note"}});
  if (view.is_empty(layer)) {
    page.text("The window has no load in this layer.").close().close();
    return;
  }
  if (view.layers() > 1)
    page.text("The layer that ").name(view.after.name).text(" balances worst. ");
  page.text(
      "Loads in tokens of the window. Solid line: the mean of all GPUs. Dashed line: the lower "
      "bound; no placement of this shape has a lower maximum.");
  page.close();
  const double top =
      std::max(view.before.metrics[layer].max_load, view.after.metrics[layer].max_load);
  const auto write = [&](const ReportStrategy& strategy, const char* when) {
    write_panel({view, strategy, when, gpu_loads(view.input, *strategy.placement, layer), top},
                page);
  };
  if (view.compares()) write(view.before, "before");
  write(view.after, "after");
  page.close();
}

}  // namespace evenkeel::report
