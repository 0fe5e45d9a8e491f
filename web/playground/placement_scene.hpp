// Drawing of one layer's placement after some of its steps.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>

#include "core/model/gpu_slots.hpp"
#include "web/playground/ui.hpp"

namespace evenkeel {

struct Scene {
  Scene(const Scene&) = delete;  // gpu_slots points into its own table
  Scene(Ui& the_ui)
      : ui(the_ui),
        window(ui.model.window()),
        layer(static_cast<std::size_t>(ui.model.layer_index())),
        loads(window.loads.values.data() + layer * static_cast<std::size_t>(window.loads.experts)),
        metrics(window.result.metrics[layer]),
        steps(ui.model.row_steps().steps()),
        state(ui.model.row_state()),
        slot_table(window.shape),
        gpu_slots(slot_table.view()),
        at(ui.model.state.step
               ? std::min(steps.size(), static_cast<std::size_t>(std::max(0, *ui.model.state.step)))
               : steps.size()),
        finished(at == steps.size()),
        step(at == 0 ? nullptr : &steps[at - 1]) {}

  double copy_load(std::int32_t expert) const {
    const auto x = static_cast<std::size_t>(expert);
    return static_cast<double>(loads[x]) / std::max(1, state.copies[x]);
  }
  // The expert of the last step.
  bool touched(std::int32_t expert) const {
    return !finished && step != nullptr &&
           (expert == step->expert || expert == step->other_expert ||
            expert == step->second_expert || expert == step->other_second_expert);
  }
  bool touched_slot(std::int32_t slot) const {
    if (finished || step == nullptr) return false;
    if (step->kind == StepKind::copy_replaced) return slot == step->slot;
    return slot == step->slot || slot == step->other_slot || slot == step->second_slot ||
           slot == step->other_second_slot;
  }

  Ui& ui;
  const WindowAnswer& window;
  std::size_t layer;
  const float* loads;
  const LayerMetrics& metrics;
  std::span<const Step> steps;
  const RowState& state;
  GpuSlotTable slot_table;
  GpuSlots gpu_slots;
  std::size_t at;
  bool finished;
  const Step* step;  // the last step
};

// Top: GPUs as stacked bars of copies. Bottom: the load of each expert and its share per copy. Heights are
// lengths of scale 1. Hovering shows details, a click selects an expert.
void gpu_bars(const Scene& scene, float height);
void expert_bars(const Scene& scene, float height);

}  // namespace evenkeel
