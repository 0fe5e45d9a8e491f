// The table of strategies. On a narrow screen its rows become cards (style.cpp), for which each cell has the
// name of its column.

#include <cmath>

#include "core/base/numbers.hpp"
#include "core/report/view.hpp"

namespace evenkeel::report {
namespace {

// One figure for all strategies.
struct FigureColumn {
  const Figure* figure;
  std::vector<double> values;
  std::vector<std::string> shown;
};

// The figures of a result and of a comparison; figures without any value are left out.
std::vector<FigureColumn> columns_of(const View& view) {
  std::vector<Summary> all;
  for (const ReportStrategy& strategy : view.input.strategies) {
    all.push_back(summarize(view.layers_of(strategy)));
    if (strategy.us_per_layer >= 0) all.back()["us_per_layer"] = strategy.us_per_layer;
  }
  std::vector<FigureColumn> columns;
  for (const Figure& figure : kFigures) {
    if ((figure.tables & (kResult | kComparison)) == 0) continue;
    FigureColumn column = {&figure, {}, {}};
    bool any = false;
    for (const Summary& summary : all) {
      column.values.push_back(summary.of(figure));
      column.shown.push_back(figure_text(figure, column.values.back()));
      any |= !std::isnan(column.values.back());
    }
    if (any) columns.push_back(std::move(column));
  }
  return columns;
}

// Whether row i has the best value of the column; if all are equal, none is best.
bool is_best(const FigureColumn& column, std::size_t i) {
  if (column.figure->better == Better::neither || std::isnan(column.values[i])) return false;
  const double sign = column.figure->better == Better::higher ? 1 : -1;
  std::size_t best = i;
  bool alike = true;
  for (std::size_t k = 0; k < column.values.size(); ++k) {
    alike &= column.shown[k] == column.shown[i];
    if (sign * column.values[k] > sign * column.values[best]) best = k;  // false for unknown values
  }
  return !alike && column.shown[best] == column.shown[i];
}

void write_name(const View& view, std::size_t i, Markup& page) {
  page.open("th", {{"scope", "row"}}).name(view.input.strategies[i].name);
  if (view.compares() && i == view.input.before) {
    page.raw(" <small class=\"role\"><i class=\"block before\"></i>before</small>");
  }
  if (view.compares() && i == view.input.after) {
    page.raw(" <small class=\"role\"><i class=\"block after\"></i>after</small>");
  }
  page.close();
}

// The rules of each strategy, if known.
void write_parts(const View& view, Markup& page) {
  bool any = false;
  for (const ReportStrategy& strategy : view.input.strategies) any |= !strategy.parts.empty();
  if (!any) return;
  page.open("dl", {{"class", "facts parts"}});
  for (const ReportStrategy& strategy : view.input.strategies) {
    if (strategy.parts.empty()) continue;
    page.open("dt").name(strategy.name).close().element("dd", {}, strategy.parts);
  }
  page.close();
}

}  // namespace

void write_table(const View& view, Markup& page) {
  const std::vector<FigureColumn> columns = columns_of(view);
  const Shape& shape = view.input.shape;
  page.open("section").element("h2", {}, "Strategies");
  page.open("div", {{"class", "scroll"}});
  page.open("table", {{"class", "strategies"}}).open("thead").open("tr");
  page.element("th", {{"scope", "col"}}, "Strategy");
  for (const FigureColumn& column : columns) {
    page.open("th", {{"scope", "col"}, {"title", std::string(column.figure->formula)}});
    page.text(capitalized(column.figure->label));
    if (column.figure->needs == Needs::previous) {
      page.element("small", {}, " of " + grouped(std::int64_t{shape.slots} * shape.layers));
    }
    page.close();
  }
  page.close().close().open("tbody");
  bool any_best = false;
  for (std::size_t i = 0; i < view.input.strategies.size(); ++i) {
    page.open("tr");
    write_name(view, i, page);
    for (const FigureColumn& column : columns) {
      const bool best = is_best(column, i);
      any_best |= best;
      page.open("td", {{"data-name", capitalized(column.figure->label)}});
      if (best) {
        page.raw("<b class=\"best\">★ ").text(column.shown[i]).raw("</b>");
      } else {
        page.text(column.shown[i]);
      }
      page.close();
    }
    page.close();
  }
  page.close().close().close();
  std::string note = "Over " + counted(shape.layers, "layer") + ", as defined below.";
  if (any_best) note += " ★ best of its column.";
  page.element("p", {{"class", "note"}}, note);
  write_parts(view, page);
  page.close();
}

}  // namespace evenkeel::report
