#include "core/io/loads/read_synth.hpp"

#include <cstddef>
#include <cstdint>
#include <numeric>
#include <span>
#include <string>
#include <vector>

#include "core/io/loads/window_sum.hpp"

namespace evenkeel {

Status read_synth(const SynthSpec& spec, const ReadOptions& options, Loads& out) {
  const std::string name = synth_text(spec);
  const Shape& shape = spec.preset->shape;
  WindowShape window;
  if (Status status =
          resolve_window(name, options, spec.steps, shape.layers, shape.experts, window);
      !status.ok()) {
    return status;
  }
  SynthTrace trace(spec, static_cast<std::int32_t>(window.layers.begin),
                   static_cast<std::int32_t>(window.layers.end));
  std::vector<std::uint32_t> counts(trace.cells());
  std::vector<std::uint64_t> sums(trace.cells());
  ReadProgress progress(name, options);
  while (trace.step() < window.steps.end) {
    if (trace.step() < window.steps.begin) {
      trace.skip_steps(1);
    } else {
      trace.next_step(counts);
      for (std::size_t i = 0; i < sums.size(); ++i) sums[i] += counts[i];
    }
    const std::size_t step_size = counts.size() * sizeof counts[0];
    if (Status status = progress.at(static_cast<std::size_t>(trace.step()) * step_size);
        !status.ok()) {
      return status;
    }
  }
  if (Status s = round_window(name, window, std::span<const std::uint64_t>(sums), out); !s.ok())
    return s;
  out.recorded_layers.resize(static_cast<std::size_t>(shape.layers));
  std::iota(out.recorded_layers.begin(), out.recorded_layers.end(), 0);
  return {};
}

}  // namespace evenkeel
