// The frame of a chart: a plot as wide as the page allows between a vertical axis and labels at its
// right edge. Widths are percentages and heights pixels, so that text keeps its size at any width.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "core/report/markup.hpp"

namespace evenkeel::report {

struct Tick {
  double y;  // pixels from the top
  std::string label;
};

// A label at the right edge for a line across the plot.
struct EdgeLabel {
  double y;  // of the line
  std::string text;
};

struct Frame {
  double height = 0;  // of the plot, without the labels below it
  std::vector<Tick> ticks;
  std::vector<EdgeLabel> edge_labels;  // from the bottom up
  std::string unit;                    // of the axis; empty: none
  std::string description;             // for those who do not see the chart
};

// The SVG of the plot is open between the two; the grid is drawn.
void open_chart(const Frame& frame, Markup& page);
void close_chart(const Frame& frame, Markup& page);

// A line across the plot.
void rule(Markup& page, double y, const char* style);
// Which of `count` things in a row, the first being number `first`, get their number as a label so
// that at most `most` do: those whose number is a multiple of a power of two.
std::vector<std::size_t> labelled(std::size_t count, int first, std::size_t most);
// Numbers below the plot for the first `count` of `columns` columns of equal width.
void number_columns(Markup& page, double y, std::size_t count, std::size_t columns, int first);
// From 0 in steps of 1, 2 or 5 times a power of ten, up to `top`; 3 to 6 of them.
std::vector<double> round_steps(double top);
// Moves labels apart that are closer than a line of text, within [0, height].
void spread(std::vector<double>& from_bottom_up, double height);

}  // namespace evenkeel::report
