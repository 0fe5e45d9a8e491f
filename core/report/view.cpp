#include "core/report/view.hpp"

#include "core/model/gpu_slots.hpp"

namespace evenkeel::report {

View::View(const ReportInput& report_input)
    : input(report_input),
      before(input.strategies[input.before]),
      after(input.strategies[input.after]),
      before_all(summarize(layers_of(before))),
      after_all(summarize(layers_of(after))),
      worst_layer(evenkeel::worst_layer({after.metrics, input.loads->numbers()})) {}

std::vector<double> gpu_loads(const ReportInput& input, const Placement& placement,
                              std::size_t layer) {
  const auto gpus = static_cast<std::size_t>(input.shape.gpus);
  const auto slots = static_cast<std::size_t>(placement.slots);
  const auto experts = static_cast<std::size_t>(placement.experts);
  const GpuSlotTable table(placement.slots, input.shape.gpus);
  std::vector<double> loads(gpus);
  for (std::size_t slot = 0; slot < slots; ++slot) {
    const auto expert = static_cast<std::size_t>(placement.phy2log[layer * slots + slot]);
    const int gpu = table.view().gpu_of(static_cast<int>(slot));
    loads[static_cast<std::size_t>(gpu)] +=
        static_cast<double>(input.loads->values[layer * experts + expert]) /
        placement.logcnt[layer * experts + expert];
  }
  return loads;
}

}  // namespace evenkeel::report
