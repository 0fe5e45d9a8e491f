#include "core/io/loads/read_synth.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <numeric>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace evenkeel {

Status resolve_synth(const SynthSpec& spec, const ReadOptions& options, WindowShape& window,
                     Loads& out) {
  const std::string name = synth_text(spec);
  const Shape& shape = spec.preset->shape;
  Status status = resolve_window(name, options, spec.steps, shape.layers, shape.experts, window);
  if (!status.ok()) return status;
  const std::vector<std::uint64_t> zeros(window.cells());
  status = round_window(name, window, std::span<const std::uint64_t>(zeros), out);
  if (!status.ok()) return status;
  out.recorded_layers.resize(static_cast<std::size_t>(shape.layers));
  std::iota(out.recorded_layers.begin(), out.recorded_layers.end(), 0);
  return {};
}

Status read_synth(const SynthSpec& spec, const ReadOptions& options, Loads& out) {
  const std::string name = synth_text(spec);
  WindowShape window;
  Loads loads;
  if (Status s = resolve_synth(spec, options, window, loads); !s.ok()) return s;
  SynthTrace trace(spec, static_cast<std::int32_t>(window.layers.begin),
                   static_cast<std::int32_t>(window.layers.end));
  std::vector<std::uint32_t> counts(trace.cells());
  std::vector<std::uint64_t> sums(trace.cells());
  std::vector<Number> row(static_cast<std::size_t>(trace.experts()));
  ReadProgress progress(name, options);
  while (trace.step() < window.steps.end) {
    if (trace.step() < window.steps.begin) {
      trace.skip_steps(1);
    } else {
      Place place;
      place.step = trace.step();
      trace.next_step(counts);
      for (std::size_t i = 0; i < sums.size(); ++i) sums[i] += counts[i];
      for (std::size_t at = 0; options.row && at < counts.size(); at += row.size()) {
        for (std::size_t e = 0; e < row.size(); ++e) {
          row[e] = {static_cast<double>(counts[at + e]), counts[at + e], true};
        }
        place.layer = window.layers.begin + static_cast<std::int64_t>(at / row.size());
        options.row(place, row);
      }
    }
    const std::size_t step_size = counts.size() * sizeof counts[0];
    if (Status status = progress.at(static_cast<std::size_t>(trace.step()) * step_size);
        !status.ok()) {
      return status;
    }
  }
  std::copy(sums.begin(), sums.end(), loads.values.begin());
  out = std::move(loads);
  return {};
}

}  // namespace evenkeel
