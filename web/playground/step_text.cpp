#include "web/playground/step_text.hpp"

#include "core/base/numbers.hpp"

namespace evenkeel {
namespace {

std::string from_to(const Step& step) {
  return " (" + amount(step.before) + " to " + tokens(step.after) + ")";
}
std::string number(std::int32_t value) { return std::to_string(value); }

// "experts 3-5"
std::string experts_of(std::int32_t group, const Shape& shape) {
  const std::int32_t size = shape.experts_per_group();
  const std::string first = number(group * size);
  return size == 1 ? "expert " + first : "experts " + first + "-" + number(group * size + size - 1);
}

// Whether the rule takes the heaviest item and the lightest bin with room. Groups have no copies.
bool is_greedy(Packing rule, bool of_groups) {
  return rule == Packing::greedy || rule == Packing::greedy_binary64 ||
         (of_groups && rule == Packing::copies_apart);
}

std::string sentence(const Step& step, const Shape& shape, const Rules& rules) {
  switch (step.kind) {
    case StepKind::group_placed: {
      const std::string group =
          "Group " + number(step.expert) + " (" + experts_of(step.expert, shape) + ")";
      if (is_greedy(rules.packing, true) && shape.groups > shape.nodes) {
        return group + " is the heaviest left; node " + number(step.gpu) +
               " is the lightest with room" + from_to(step);
      }
      return group + " goes to node " + number(step.gpu) + from_to(step);
    }
    case StepKind::groups_swapped:
      return "Groups " + number(step.expert) + " and " + number(step.other_expert) +
             " swap nodes: the heavier node gets lighter" + from_to(step);
    case StepKind::first_copies:
      return "Each expert gets its first copies";
    case StepKind::copy_added:
      return "Expert " + number(step.expert) + " gets copy " + number(step.copy + 1) +
             "; the load per copy falls" + from_to(step);
    case StepKind::copy_moved:
      return "The last copy of expert " + number(step.expert) + " becomes one of expert " +
             number(step.other_expert) + from_to(step);
    case StepKind::slot_placed: {
      const std::string copy =
          "Copy " + number(step.copy + 1) + " of expert " + number(step.expert);
      if (is_greedy(rules.packing, false) && shape.slots > shape.gpus) {
        return copy + " is the heaviest left; GPU " + number(step.gpu) +
               " is the lightest with room" + from_to(step);
      }
      return copy + " goes to slot " + number(step.slot) + " on GPU " + number(step.gpu) +
             from_to(step);
    }
    case StepKind::slots_swapped:
      return "GPUs " + number(step.gpu) + " and " + number(step.other_gpu) + " swap experts " +
             number(step.expert) + " and " + number(step.other_expert) +
             (step.after < step.before ? ": the heavier one gets lighter"
                                       : ", so that copies of an expert are apart") +
             from_to(step);
    case StepKind::slots_ordered:
      return "The slots of each GPU are renumbered; no copy moves to another GPU";
    case StepKind::slots_dealt:
      return "The copies are dealt round the GPUs, so that no expert has two on one of them";
  }
  return {};
}

}  // namespace

std::string step_text(const Step* step, const Shape& shape, const Rules& rules) {
  if (step == nullptr) return "Nothing is placed yet. The bars show the loads of the experts.";
  const bool has_node = shape.nodes > 1 && step->node >= 0;
  return (has_node ? "Node " + number(step->node) + ". " : std::string()) +
         sentence(*step, shape, rules);
}

}  // namespace evenkeel
