// Balancedness per layer: two dots and the best possible value for each layer, and the same as a table.

#include <algorithm>
#include <cmath>

#include "core/base/numbers.hpp"
#include "core/report/chart.hpp"
#include "core/report/view.hpp"

namespace evenkeel::report {
namespace {

constexpr double kPlotHeight = 230;
constexpr double kPlotTop = 12;  // space for dots at 1

// The vertical axis from 1 down to 1 - range, in steps of `step`.
struct Scale {
  double range;
  double step;
  int digits;
};
constexpr Scale kScales[] = {{0.05, 0.01, 2}, {0.1, 0.02, 2}, {0.2, 0.05, 2},
                             {0.3, 0.1, 1},   {0.4, 0.1, 1},  {0.5, 0.1, 1},
                             {0.6, 0.2, 1},   {0.8, 0.2, 1},  {1, 0.2, 1}};

// The smallest scale with some space below the worst layer.
const Scale& scale_for(const View& view) {
  double least = 1;
  for (const LayerMetrics& layer : view.before.metrics)
    least = std::min(least, layer.balancedness());
  for (const LayerMetrics& layer : view.after.metrics)
    least = std::min(least, layer.balancedness());
  const auto* found = std::find_if(std::begin(kScales), std::end(kScales) - 1,
                                   [&](const Scale& s) { return (1 - least) * 1.02 <= s.range; });
  return *found;
}

double y_of(const Scale& scale, double balancedness) {
  return kPlotTop + (1 - balancedness) / scale.range * (kPlotHeight - kPlotTop);
}

void write_legend(const View& view, Markup& page) {
  page.open("p", {{"class", "legend"}});
  if (view.compares()) {
    page.open("span", {}).element("i", {{"class", "ring before"}}, "").text("before: ");
    page.name(view.before.name).close().raw(" ");
  }
  page.open("span", {}).element("i", {{"class", "disc after"}}, "");
  if (view.compares()) page.text("after: ");
  page.name(view.after.name).close().raw(" ");
  page.open("span", {})
      .element("i", {{"class", "bar"}}, "")
      .text("best possible by the lower bound");
  page.close().close();
}

void write_layer(const View& view, const Scale& scale, std::size_t layer, Markup& page) {
  const double columns = static_cast<double>(view.layers());
  const std::string x = share((static_cast<double>(layer) + 0.5) / columns);
  const double before = view.before.metrics[layer].balancedness();
  const double after = view.after.metrics[layer].balancedness();
  const double best = view.after.metrics[layer].best_balancedness();
  // Half as wide as the column, with a maximum.
  const double radius = view.layers() <= 32 ? 4.5 : view.layers() <= 64 ? 3.2 : 2.2;

  std::string tip = view.layer_name(layer) + ": ";
  if (view.is_empty(layer)) {
    tip += "no load";
  } else {
    if (view.compares()) tip += "before " + fixed(before, 4) + ", after ";
    tip += fixed(after, 4) + "; best possible " + fixed(best, 4);
  }
  page.open("g", {}).element("title", {}, tip);
  page.leaf("line", {{"class", "best"},
                     {"x1", x},
                     {"x2", x},
                     {"y1", px(y_of(scale, best) - 1)},
                     {"y2", px(y_of(scale, best) + 1)},
                     {"stroke-width", px(radius * 3)}});
  if (view.compares()) {
    page.leaf("line", {{"class", "stem"},
                       {"x1", x},
                       {"x2", x},
                       {"y1", px(y_of(scale, before))},
                       {"y2", px(y_of(scale, after))}});
    page.leaf(
        "circle",
        {{"class", "before"}, {"cx", x}, {"cy", px(y_of(scale, before))}, {"r", px(radius - 0.5)}});
  }
  page.leaf("circle",
            {{"class", "after"}, {"cx", x}, {"cy", px(y_of(scale, after))}, {"r", px(radius)}});
  page.close();
}

// The figures of a layer; one that no layer has a value for is left out.
std::vector<const Figure*> layer_figures(const View& view) {
  std::vector<const Figure*> figures;
  for (const Figure& figure : kFigures) {
    bool is_known = false;
    for (std::size_t i = 0; figure.of_layer != nullptr && i < view.layers(); ++i) {
      is_known = is_known || !std::isnan(figure.of_layer(view.layers_of(view.after), i));
    }
    if (is_known) figures.push_back(&figure);
  }
  return figures;
}

void write_numbers(const View& view, Markup& page) {
  const std::vector<const Figure*> figures = layer_figures(view);
  const Figure& balancedness = kFigures[FigureRow("balancedness").index()];
  page.open("details").element("summary", {}, "The same in numbers, and more");
  page.open("div", {{"class", "scroll"}}).open("table", {{"class", "numbers"}});
  page.open("thead").open("tr").element("th", {{"scope", "col"}}, "Layer");
  if (view.compares()) page.element("th", {{"scope", "col"}}, "Balancedness before");
  for (const Figure* figure : figures) {
    page.open("th", {{"scope", "col"}, {"title", std::string(figure->formula)}});
    page.text(capitalized(figure->label));
    if (figure->unit == Unit::tokens) page.text(" ").element("small", {}, "tokens");
    page.close();
  }
  page.close().close().open("tbody");
  for (std::size_t layer = 0; layer < view.layers(); ++layer) {
    page.open("tr").element("th", {{"scope", "row"}}, std::to_string(view.layer_number(layer)));
    if (view.compares()) {
      const double before = view.before.metrics[layer].balancedness();
      page.element("td", {}, figure_text(balancedness, before));
    }
    for (const Figure* figure : figures) {
      page.element("td", {},
                   figure_text(*figure, figure->of_layer(view.layers_of(view.after), layer)));
    }
    page.close();
  }
  page.close().close().close().close();
}

}  // namespace

void write_layers(const View& view, Markup& page) {
  const Scale& scale = scale_for(view);
  Frame frame;
  frame.height = kPlotHeight;
  for (int i = 0; i * scale.step <= scale.range + scale.step / 2; ++i) {
    const double value = 1 - i * scale.step;
    frame.ticks.push_back({y_of(scale, value), fixed(value, scale.digits)});
  }
  const double before = view.before_all["balancedness"];
  const double after = view.after_all["balancedness"];
  const RatioPair shown = ratios(before, after);
  if (view.compares()) frame.edge_labels.push_back({y_of(scale, before), "before " + shown.first});
  frame.edge_labels.push_back(
      {y_of(scale, after), (view.compares() ? "after " : "mean ") + shown.second});
  std::sort(frame.edge_labels.begin(), frame.edge_labels.end(),
            [](const EdgeLabel& a, const EdgeLabel& b) { return a.y > b.y; });
  frame.description = "Balancedness of each layer; the table below has the numbers.";

  page.open("section").element("h2", {}, "Balancedness per layer");
  page.open("p", {{"class", "note"}});
  page.text(
      "Mean / maximum GPU load of each layer; 1 is perfect. Dashed: the mean over "
      "layers. ");
  if (scale.range < 1) {
    page.text("The axis begins at " + fixed(1 - scale.range, scale.digits) + ", not at 0.");
  }
  page.close();
  write_legend(view, page);
  open_chart(frame, page);
  if (view.compares()) rule(page, y_of(scale, before), "mean before");
  rule(page, y_of(scale, after), "mean after");
  for (std::size_t layer = 0; layer < view.layers(); ++layer) {
    write_layer(view, scale, layer, page);
  }
  number_columns(page, kPlotHeight, view.layers(), view.layers(), view.layer_number(0));
  close_chart(frame, page);
  page.element("p", {{"class", "under"}}, "layer");
  write_numbers(view, page);
  page.close();
}

}  // namespace evenkeel::report
