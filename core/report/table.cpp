// The table of strategies. On a narrow screen its rows become cards (report_style.cpp), for which
// each cell carries its column's name.

#include <algorithm>
#include <functional>

#include "core/base/numbers.hpp"
#include "core/report/view.hpp"

namespace evenkeel::report {
namespace {

// One figure of all strategies.
struct FigureColumn {
  std::string heading;
  std::string unit;  // or formula, below the heading
  int better;        // 1: larger is better, -1: smaller
  std::vector<double> values;
  std::vector<std::string> shown;
};

class Columns {
 public:
  explicit Columns(const View& view) : view_(view) {
    for (const ReportStrategy& strategy : view.input.strategies) {
      all_.push_back(summarize(strategy.metrics));
    }
  }

  std::vector<FigureColumn> make() {
    add(
        "Balancedness", "mean / max", 1, [&](std::size_t i) { return all_[i].balancedness; },
        [](std::size_t, double value) { return fixed(value, 4); });
    add(
        "Worst layer", "mean / max (layer)", 1,
        [&](std::size_t i) { return strategy(i).metrics[worst(i)].balancedness(); },
        [&](std::size_t i, double value) {
          return fixed(value, 4) + " (" + std::to_string(view_.layer_number(worst(i))) + ")";
        });
    add(
        "Imbalance", "(max − mean) / mean", -1, [&](std::size_t i) { return all_[i].imbalance; },
        [](std::size_t, double value) { return percent(value); });
    add(
        "Above bound", "max / bound − 1", -1, [&](std::size_t i) { return all_[i].gap; },
        [](std::size_t, double value) { return percent(value); });
    add(
        "Copies wasted", "same expert, same GPU", -1,
        [&](std::size_t i) { return static_cast<double>(all_[i].same_gpu_copies); }, shown_count);
    const Shape& shape = view_.input.shape;
    add(
        "Moved slots", "of " + grouped(std::int64_t{shape.slots} * shape.layers), -1,
        [&](std::size_t i) { return static_cast<double>(all_[i].moved_slots); }, shown_count);
    add(
        "Time", "a layer", -1, [&](std::size_t i) { return strategy(i).us_per_layer; },
        [](std::size_t, double value) { return microseconds(value); });
    return std::move(columns_);
  }

 private:
  const ReportStrategy& strategy(std::size_t i) const { return view_.input.strategies[i]; }
  std::size_t worst(std::size_t i) const { return static_cast<std::size_t>(all_[i].worst_layer); }
  static std::string microseconds(double value) {
    return (value < 100 ? fixed(value, 1) : load(value)) + " µs";
  }
  static std::string shown_count(std::size_t, double value) {
    return grouped(static_cast<std::int64_t>(value));
  }

  // A column that no strategy has a value for (all are negative) is left out.
  void add(std::string heading, std::string unit, int better,
           const std::function<double(std::size_t)>& value,
           const std::function<std::string(std::size_t, double)>& show) {
    FigureColumn column = {std::move(heading), std::move(unit), better, {}, {}};
    bool any = false;
    for (std::size_t i = 0; i < all_.size(); ++i) {
      column.values.push_back(value(i));
      const bool known = column.values.back() >= 0;
      column.shown.push_back(known ? show(i, column.values.back()) : "–");
      any |= known;
    }
    if (any) columns_.push_back(std::move(column));
  }

  const View& view_;
  std::vector<Summary> all_;
  std::vector<FigureColumn> columns_;
};

// Whether row i shows the best value of the column; nothing is best where all are alike.
bool is_best(const FigureColumn& column, std::size_t i) {
  std::size_t best = i;
  bool alike = true;
  for (std::size_t k = 0; k < column.values.size(); ++k) {
    alike &= column.shown[k] == column.shown[i];
    const bool known = column.values[k] >= 0;
    if (known && column.better * column.values[k] > column.better * column.values[best]) best = k;
  }
  return !alike && column.values[i] >= 0 && column.shown[best] == column.shown[i];
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

// What each strategy is composed of, where that is known.
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
  const std::vector<FigureColumn> columns = Columns(view).make();
  page.open("section").element("h2", {}, "Strategies");
  page.open("table", {{"class", "strategies"}}).open("thead").open("tr");
  page.element("th", {{"scope", "col"}}, "Strategy");
  for (const FigureColumn& column : columns) {
    page.open("th", {{"scope", "col"}}).text(column.heading + " ");
    page.element("small", {}, column.unit).close();
  }
  page.close().close().open("tbody");
  bool any_best = false;
  for (std::size_t i = 0; i < view.input.strategies.size(); ++i) {
    page.open("tr");
    write_name(view, i, page);
    for (const FigureColumn& column : columns) {
      const bool best = is_best(column, i);
      any_best |= best;
      page.open("td", {{"data-name", column.heading}});
      if (best) {
        page.raw("<b class=\"best\">★ ").text(column.shown[i]).raw("</b>");
      } else {
        page.text(column.shown[i]);
      }
      page.close();
    }
    page.close();
  }
  page.close().close();
  std::string note =
      "Means over " + counted(view.input.shape.layers, "layer") + "; counts are sums.";
  if (any_best) note += " ★ best of its column.";
  page.element("p", {{"class", "note"}}, note);
  write_parts(view, page);
  page.close();
}

}  // namespace evenkeel::report
