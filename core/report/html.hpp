// A result as one self-contained HTML file without scripts.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/model/metrics.hpp"
#include "core/model/step_figures.hpp"
#include "core/model/types.hpp"

namespace evenkeel {

// One row of the report's table. The referenced data must outlive the call of report_html.
struct ReportStrategy {
  std::string name;
  const Placement* placement = nullptr;
  std::span<const LayerMetrics> metrics;  // [L]
  double us_per_layer = -1;               // time to compute the placement; negative: unknown
  std::string parts = {};                 // its rules; empty: unknown
  const StepMetrics* steps = nullptr;     // figures by the step; null: unknown
};

// All strings may be untrusted: they are shown as plain text.
struct ReportInput {
  std::string source;   // the loads, for people: "trace.npy, steps 0:3442"
  std::string command;  // the command line that made the report
  std::string version;
  const Loads* loads = nullptr;
  Shape shape;                             // of all placements
  std::vector<ReportStrategy> strategies;  // at least one, in the order of the table
  std::size_t before = 0;                  // the two strategies that headline and charts compare;
  std::size_t after = 0;                   // equal if there is nothing to compare
};

// Returns the page; the same input gives the same bytes. The input must have been checked: at least one
// layer, placements and metrics of `shape`.
std::string report_html(const ReportInput& input);

// Whether `html` is a report that says that `command` made it.
bool is_report_of(std::string_view html, const std::string& command);

}  // namespace evenkeel
