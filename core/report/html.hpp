// A result as a page to look at and to attach: one self-contained HTML file without scripts.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "core/model/metrics.hpp"
#include "core/model/types.hpp"

namespace evenkeel {

// One row of the report's table. What is pointed at must outlive report_html.
struct ReportStrategy {
  std::string name;
  const Placement* placement = nullptr;
  std::span<const LayerMetrics> metrics;  // [L]
  double us_per_layer = -1;               // time to compute the placement; below 0: not known
  std::string parts = {};                 // what it is composed of; empty: not known
};

// All strings may come from outside: they are shown as text, whatever is in them.
struct ReportInput {
  std::string source;   // what was read, as people know it: "trace.npy, steps 0:3442"
  std::string command;  // the command line that made the report
  std::string version;
  const Loads* loads = nullptr;
  Shape shape;                             // of all placements
  std::vector<ReportStrategy> strategies;  // at least one, in the order of the table
  std::size_t before = 0;                  // the two strategies that headline and charts compare,
  std::size_t after = 0;                   // equal where there is nothing to compare with
};

// The page. Same input, same bytes. The input was checked: at least one layer, placements and
// metrics of `shape`.
std::string report_html(const ReportInput& input);

}  // namespace evenkeel
