#include "web/playground/step_text.hpp"

#include "core/base/numbers.hpp"

namespace evenkeel {
namespace {

std::string from_to(const Step& step) {
  return " (" + report::load(step.before) + " to " + report::tokens(step.after) + ")";
}
std::string number(std::int32_t value) { return std::to_string(value); }

std::string sentence(const Step& step) {
  switch (step.kind) {
    case StepKind::group_placed:
      return "Group " + number(step.expert) + " goes to node " + number(step.gpu) +
             ", whose load grows" + from_to(step);
    case StepKind::groups_swapped:
      return "Groups " + number(step.expert) + " and " + number(step.other_expert) +
             " swap nodes: the heavier node gets lighter" + from_to(step);
    case StepKind::first_copies:
      return "Each expert gets its first copies";
    case StepKind::copy_added:
      return "Expert " + number(step.expert) + " gets copy " + number(step.copy + 1) +
             "; the load per copy falls" + from_to(step);
    case StepKind::copy_moved:
      return "Fix-up: the last copy of expert " + number(step.expert) + " becomes one of expert " +
             number(step.other_expert) + from_to(step);
    case StepKind::slot_placed:
      return "Copy " + number(step.copy + 1) + " of expert " + number(step.expert) +
             " goes to slot " + number(step.slot) + " on GPU " + number(step.gpu) + from_to(step);
    case StepKind::slots_swapped:
      return "GPUs " + number(step.gpu) + " and " + number(step.other_gpu) + " swap experts " +
             number(step.expert) + " and " + number(step.other_expert) +
             ": the heavier one gets lighter" + from_to(step);
    case StepKind::slots_ordered:
      return "The slots of each GPU are renumbered; no copy moves to another GPU";
  }
  return {};
}

}  // namespace

std::string step_text(const Step* step, const Shape& shape) {
  if (step == nullptr) return "Nothing is placed yet. The bars show the loads of the experts.";
  const bool has_node = shape.nodes > 1 && step->node >= 0;
  return (has_node ? "Node " + number(step->node) + ". " : std::string()) + sentence(*step);
}

}  // namespace evenkeel
