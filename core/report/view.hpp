// Shared by the sections of the report: the two compared strategies, and the functions of the sections.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "core/model/figures.hpp"
#include "core/report/html.hpp"
#include "core/report/markup.hpp"

namespace evenkeel::report {

struct View {
  explicit View(const ReportInput& report_input);

  bool compares() const { return input.before != input.after; }
  Layers layers_of(const ReportStrategy& strategy) const {
    return {strategy.metrics, input.loads->numbers(), strategy.steps};
  }
  // Whether the figures of both by step are known.
  bool has_steps() const {
    const auto known = [](const ReportStrategy& strategy) {
      return strategy.steps != nullptr && strategy.steps->steps > 0;
    };
    return known(before) && known(after);
  }
  std::size_t layers() const { return static_cast<std::size_t>(input.shape.layers); }
  // The number in the file of loads.
  std::int32_t layer_number(std::size_t layer) const {
    return input.loads->numbers()[static_cast<std::size_t>(layer)];
  }
  // "layer 7"
  std::string layer_name(std::size_t layer) const {
    return "layer " + std::to_string(layer_number(layer));
  }
  // Whether all loads of the layer are 0, so that its figures mean nothing.
  bool is_empty(std::size_t layer) const { return !(after.metrics[layer].max_load > 0); }

  const ReportInput& input;
  const ReportStrategy& before;
  const ReportStrategy& after;
  Summary before_all;
  Summary after_all;
  std::size_t worst_layer;  // of `after`
};

// [G] the load of each GPU in one layer, summed as in metrics.hpp.
std::vector<double> gpu_loads(const ReportInput& input, const Placement& placement,
                              std::size_t layer);

// The sections in the order of the page.
void write_headline(const View& view, Markup& page);
void write_key_figures(const View& view, Markup& page);
void write_table(const View& view, Markup& page);
void write_layers(const View& view, Markup& page);
void write_gpus(const View& view, Markup& page);
void write_heat_map(const View& view, Markup& page);
void write_definitions(Markup& page);

}  // namespace evenkeel::report
