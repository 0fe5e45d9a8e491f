// Lines over time, on the frame of chart.hpp: one for each policy of a replay, in its colour.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/report/markup.hpp"

namespace evenkeel::report {

// A value at one time: mean and range of some steps, or of one.
struct LinePoint {
  double mean = 0;
  double least = 0;
  double most = 0;
  bool exists = true;
};

struct LineSeries {
  std::string name;
  std::vector<LinePoint> points;  // evenly spaced in time, as many for each line
};

struct LineChart {
  std::vector<LineSeries> lines;
  std::int64_t begin = 0;  // of the time axis, in steps
  std::int64_t end = 0;
  std::string description;            // for screen readers
  std::string (*label)(double) = {};  // of the vertical axis, which begins at 0
};

// Draws at most kMostColumns points of each line: neighbours are put together.
inline constexpr std::size_t kMostColumns = 480;
void write_lines(const LineChart& chart, Markup& page);

// The style of policy i: its colour for strokes, and for the squares of legends.
std::string line_style(std::size_t i);
// The names of all policies with their colours.
void write_line_legend(const std::vector<std::string>& names, Markup& page);

}  // namespace evenkeel::report
