// The frame of a chart: a plot between a vertical axis and labels at the right edge, as wide as the page
// allows. Widths are percentages and heights are pixels, so that text keeps its size at any width.
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

// A label at the right edge for a horizontal line.
struct EdgeLabel {
  double y;  // of the line
  std::string text;
};

struct Frame {
  double height = 0;  // of the plot, without the labels below it
  std::vector<Tick> ticks;
  std::vector<EdgeLabel> edge_labels;  // from bottom to top
  std::string unit;                    // of the axis; empty: none
  std::string description;             // for screen readers
};

// Between the two calls the SVG of the plot is open; the grid has been drawn.
void open_chart(const Frame& frame, Markup& page);
void close_chart(const Frame& frame, Markup& page);

// A horizontal line.
void rule(Markup& page, double y, const char* style);
// Of `count` columns or rows, numbered from `first`: those that get their number as a label, at most `most`.
// These are the multiples of a power of two.
std::vector<std::size_t> labelled(std::size_t count, int first, std::size_t most);
// Writes numbers below the plot for the first `count` of `columns` columns of equal width.
void number_columns(Markup& page, double y, std::size_t count, std::size_t columns, int first);
// 3 to 6 numbers from 0 up to `top`, in steps of 1, 2 or 5 times a power of ten.
std::vector<double> round_steps(double top);
// Moves labels apart that are closer than one line of text, within [0, height].
void spread(std::vector<double>& from_bottom_up, double height);

}  // namespace evenkeel::report
