#include "core/report/chart.hpp"

#include <algorithm>

#include "core/base/numbers.hpp"

namespace evenkeel::report {
namespace {

constexpr double kBelow = 22;       // height of the labels below a plot
constexpr double kLineHeight = 16;  // of a label
constexpr double kLeader = 12;      // length of the line from the plot to an edge label

std::string svg_height(const Frame& frame) { return px(frame.height + kBelow); }

}  // namespace

void open_chart(const Frame& frame, Markup& page) {
  page.open("div", {{"class", "chart"}});
  page.open("svg", {{"class", "axis"}, {"height", svg_height(frame)}, {"aria-hidden", "true"}});
  for (const Tick& tick : frame.ticks) {
    page.element("text", {{"x", "100%"}, {"y", px(tick.y)}, {"dx", "-8"}, {"dy", ".35em"}},
                 tick.label);
  }
  if (!frame.unit.empty()) {
    page.element("text", {{"x", "100%"}, {"y", "12"}, {"dx", "-8"}}, frame.unit);
  }
  page.close();
  page.open("svg", {{"class", "plot"},
                    {"height", svg_height(frame)},
                    {"role", "img"},
                    {"aria-label", frame.description}});
  for (const Tick& tick : frame.ticks) rule(page, tick.y, "grid");
}

void close_chart(const Frame& frame, Markup& page) {
  page.close();
  page.open("svg", {{"class", "edge"}, {"height", svg_height(frame)}, {"aria-hidden", "true"}});
  std::vector<double> places;
  for (const EdgeLabel& label : frame.edge_labels) places.push_back(label.y);
  spread(places, frame.height);
  for (std::size_t i = 0; i < places.size(); ++i) {
    const EdgeLabel& label = frame.edge_labels[i];
    page.leaf("line", {{"x2", px(kLeader)}, {"y1", px(label.y)}, {"y2", px(places[i])}});
    page.element("text", {{"x", px(kLeader + 4)}, {"y", px(places[i])}, {"dy", ".35em"}},
                 label.text);
  }
  page.close().close();
}

void rule(Markup& page, double y, const char* style) {
  page.leaf("line", {{"class", style}, {"x2", "100%"}, {"y1", px(y)}, {"y2", px(y)}});
}

std::vector<std::size_t> labelled(std::size_t count, int first, std::size_t most) {
  std::size_t step = 1;
  while ((count + step - 1) / step > most) step *= 2;
  std::vector<std::size_t> chosen;
  for (std::size_t i = 0; i < count; ++i) {
    if ((static_cast<std::size_t>(first) + i) % step == 0) chosen.push_back(i);
  }
  return chosen;
}

void number_columns(Markup& page, double y, std::size_t count, std::size_t columns, int first) {
  constexpr std::size_t kMostLabels = 12;
  page.open("g", {{"class", "numbers"}});
  for (const std::size_t i : labelled(count, first, kMostLabels)) {
    const double middle = (static_cast<double>(i) + 0.5) / static_cast<double>(columns);
    page.element("text", {{"x", share(middle)}, {"y", px(y + 16)}},
                 std::to_string(first + static_cast<int>(i)));
  }
  page.close();
}

std::vector<double> round_steps(double top) {
  constexpr double kFewest = 2;
  double unit = 1;
  while (top / unit >= 10) unit *= 10;
  while (top / unit < 1 && unit > 1e-300) unit /= 10;
  double step = unit * 2;
  for (const double part : {1.0, 0.5, 0.2}) {
    if (top / step < kFewest) step = unit * part;
  }
  std::vector<double> steps;
  for (int i = 0; i * step <= top; ++i) steps.push_back(i * step);
  return steps;
}

void spread(std::vector<double>& from_bottom_up, double height) {
  double below = height + kLineHeight;
  for (double& y : from_bottom_up) {
    y = std::min(y, below - kLineHeight);
    below = y;
  }
  double above = -kLineHeight;
  for (auto y = from_bottom_up.rbegin(); y != from_bottom_up.rend(); ++y) {
    *y = std::max(*y, above + kLineHeight);
    above = *y;
  }
}

}  // namespace evenkeel::report
