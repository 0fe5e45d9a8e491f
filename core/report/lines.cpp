#include "core/report/lines.hpp"

#include <algorithm>

#include "core/base/numbers.hpp"
#include "core/report/chart.hpp"

namespace evenkeel::report {
namespace {

constexpr double kLinesHeight = 220;
constexpr std::size_t kLineColours = 8;  // style.cpp: c0 to c7

LinePoint merged(const std::vector<LinePoint>& points, std::size_t begin, std::size_t end) {
  LinePoint all;
  double count = 0;
  for (std::size_t i = begin; i < end; ++i) {
    const LinePoint& point = points[i];
    if (!point.exists) continue;
    all.least = count == 0 ? point.least : std::min(all.least, point.least);
    all.most = count == 0 ? point.most : std::max(all.most, point.most);
    all.mean += point.mean;
    ++count;
  }
  all.exists = count > 0;
  if (all.exists) all.mean /= count;
  return all;
}

std::vector<LinePoint> thinned(const std::vector<LinePoint>& points) {
  const std::size_t width = (points.size() + kMostColumns - 1) / kMostColumns;
  if (width <= 1) return points;
  std::vector<LinePoint> out;
  for (std::size_t i = 0; i < points.size(); i += width) {
    out.push_back(merged(points, i, std::min(i + width, points.size())));
  }
  return out;
}

// The range as an area, and the mean as a line. x counts columns; the drawing is stretched to the chart's width.
void write_line(const std::vector<LinePoint>& points, std::size_t colour, double top,
                Markup& page) {
  const auto y = [top](double value) {
    return px(kLinesHeight * (1 - std::clamp(value / top, 0.0, 1.0)));
  };
  std::string line;
  std::string upper;
  std::string lower;
  bool has_range = false;
  for (std::size_t i = 0; i < points.size(); ++i) {
    const LinePoint& point = points[i];
    if (!point.exists) continue;
    const std::string x = px(static_cast<double>(i) + 0.5);
    line += (line.empty() ? "M" : "L") + x + " " + y(point.mean);
    upper += (upper.empty() ? "M" : "L") + x + " " + y(point.most);
    lower = "L" + x + " " + y(point.least) + lower;
    has_range |= point.least < point.most;
  }
  if (line.empty()) return;
  if (has_range)
    page.leaf("path", {{"class", "range " + line_style(colour)}, {"d", upper + lower + "Z"}});
  page.leaf("path", {{"class", "line " + line_style(colour)}, {"d", line}});
}

void write_steps_axis(const LineChart& chart, Markup& page) {
  page.open("g", {{"class", "numbers"}});
  const auto length = static_cast<double>(chart.end - chart.begin);
  for (const double step : round_steps(static_cast<double>(chart.end))) {
    const double place = (step - static_cast<double>(chart.begin)) / length;
    if (place < 0 || place > 1) continue;
    page.element("text", {{"x", share(place)}, {"y", px(kLinesHeight + 16)}},
                 grouped(static_cast<std::int64_t>(step)));
  }
  page.close();
}

}  // namespace

std::string line_style(std::size_t i) { return "c" + std::to_string(i % kLineColours); }

void write_line_legend(const std::vector<std::string>& names, Markup& page) {
  page.open("p", {{"class", "legend"}});
  for (std::size_t i = 0; i < names.size(); ++i) {
    page.open("span")
        .element("i", {{"class", "block " + line_style(i)}}, "")
        .text(names[i])
        .close();
  }
  page.close();
}

void write_lines(const LineChart& chart, Markup& page) {
  std::vector<std::vector<LinePoint>> lines;
  double top = 0;
  for (const LineSeries& line : chart.lines) {
    lines.push_back(thinned(line.points));
    for (const LinePoint& point : lines.back()) {
      if (point.exists) top = std::max(top, point.mean);
    }
  }
  top = top > 0 ? 1.15 * top : 1;
  Frame frame;
  frame.height = kLinesHeight;
  frame.description = chart.description;
  for (const double value : round_steps(top)) {
    frame.ticks.push_back({kLinesHeight * (1 - value / top), chart.label(value)});
  }
  for (std::size_t i = 0; i < lines.size(); ++i) {
    const auto last = std::find_if(lines[i].rbegin(), lines[i].rend(),
                                   [](const LinePoint& point) { return point.exists; });
    if (last == lines[i].rend()) continue;
    const std::string& name = chart.lines[i].name;
    frame.edge_labels.push_back({kLinesHeight * (1 - std::min(last->mean / top, 1.0)),
                                 name.size() <= 13 ? name : name.substr(0, 12) + "…"});
  }
  std::stable_sort(frame.edge_labels.begin(), frame.edge_labels.end(),
                   [](const EdgeLabel& a, const EdgeLabel& b) { return a.y > b.y; });
  open_chart(frame, page);
  const std::size_t columns = lines.empty() ? 1 : std::max<std::size_t>(lines.front().size(), 1);
  page.open("svg", {{"viewBox", "0 0 " + std::to_string(columns) + " " + px(kLinesHeight)},
                    {"preserveAspectRatio", "none"},
                    {"width", "100%"},
                    {"height", px(kLinesHeight)}});
  for (std::size_t i = 0; i < lines.size(); ++i) write_line(lines[i], i, top, page);
  page.close();
  write_steps_axis(chart, page);
  close_chart(frame, page);
  page.element("p", {{"class", "under"}}, "step");
}

}  // namespace evenkeel::report
