// The deployment: GPUs, redundant experts, nodes, groups.

#include <string>

#include "core/base/numbers.hpp"
#include "core/model/gpu_slots.hpp"
#include "core/model/policy.hpp"
#include "core/request/nearest_shapes.hpp"
#include "web/playground/controls.hpp"
#include "web/playground/ui.hpp"
#include "web/playground/widgets.hpp"

namespace evenkeel {
namespace {

using look::Ink;
using look::px;

void policy_combo(LinkState& state) {
  ImGui::AlignTextToFramePadding();
  plain("Policy");
  ImGui::SameLine(ImGui::GetContentRegionAvail().x - px(128) + ImGui::GetCursorPosX());
  if (!begin_combo("deployment.policy", policy_name(state.policy), 128)) return;
  for (const NamedPolicy& known : policies()) {
    if (combo_item(known.name, known.sentence, known.policy == state.policy,
                   "policy." + std::string(known.name))) {
      state.policy = known.policy;
    }
  }
  ImGui::EndCombo();
}

std::string change_text(const NearestShape& nearest, std::int32_t experts) {
  std::string text;
  for (const ShapeChange& change : nearest.changes) {
    const bool is_slots = change.number == ShapeNumber::slots;
    const std::string value = std::to_string(is_slots ? change.value - experts : change.value);
    text += text.empty() ? "" : ", ";
    text += value;
    text += change.number == ShapeNumber::gpus    ? " GPUs"
            : is_slots                            ? " redundant"
            : change.number == ShapeNumber::nodes ? " nodes"
                                                  : " groups";
  }
  return text;
}

}  // namespace

void suggestions(Ui& ui) {
  const Shape wanted = ui.model.wanted_shape();
  float used = 0;
  int index = 0;
  for (const NearestShape& nearest : nearest_shapes(wanted)) {
    const std::string text = change_text(nearest, wanted.experts);
    const float width = ImGui::CalcTextSize(text.c_str()).x + px(20);
    const float room = ImGui::GetContentRegionAvail().x;
    if (used > 0 && used + width < room)
      ImGui::SameLine(0, px(4));
    else
      used = 0;
    used += width + px(4);
    if (button(text, "suggestion." + std::to_string(index++))) ui.model.want(nearest.shape);
  }
}

void deployment_panel(Ui& ui) {
  Model& model = ui.model;
  section("Deployment");
  Shape shape = model.wanted_shape();
  std::int32_t redundant = shape.slots - shape.experts;
  bool changed = number("GPUs", "deployment.gpus", shape.gpus, {1, kMaxGpus},
                        "GPUs that share the experts: the EP size");
  changed |= number("Redundant", "deployment.redundant", redundant, {0, kMaxSlots - shape.experts},
                    "Redundant experts per layer: slots minus experts");
  changed |=
      number("Nodes", "deployment.nodes", shape.nodes, {1, kMaxGpus}, "Nodes that share the GPUs");
  changed |= number("Groups", "deployment.groups", shape.groups, {1, kMaxExperts},
                    "Expert groups of the model: 8 for DeepSeek-V3, 1 for most others");
  shape.slots = shape.experts + redundant;
  if (changed) model.want(shape);
  policy_combo(model.state);
  if (!model.opening() && !model.refusal().empty()) {
    wrapped(Ink::alarm, model.refusal());
    suggestions(ui);
    return;
  }
  if (model.has_result()) {
    const Shape& shown = model.window().shape;
    soft(counted(shown.slots, "slot") + ", " + std::to_string(most_slots_per_gpu(shown)) +
         " on each GPU");
  }
  // What was assumed, and what the policy ignores: sentences, a line each.
  for (const std::string& note : model.resolution().result.notes()) wrapped(Ink::soft, note);
}

}  // namespace evenkeel
