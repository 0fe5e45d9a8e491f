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

// In units of the mean GPU load, with as many decimals as show that two loads differ, and that they are not
// the mean.
std::string in_means(double load, double other, double mean) {
  if (!(mean > 0)) return "0";
  int decimals = 3;
  const auto text = [&](double value) { return fixed(value / mean, decimals); };
  const auto unclear = [&] {
    return text(load) == text(other) || text(load) == text(mean) || text(other) == text(mean);
  };
  while (decimals < 6 && load != other && unclear()) ++decimals;
  return text(load);
}

// ": hottest GPU 1.043 -> 1.021 (the mean is 1)"
std::string hottest(const Step& step, const Shape& shape, double mean) {
  const std::string before =
      step.before > 0 ? in_means(step.before, step.after, mean) + " -> " : std::string();
  return (shape.nodes > 1 ? ": hottest GPU of the node " : ": hottest GPU ") + before +
         in_means(step.after, step.before, mean) + " (the mean is 1)";
}

std::string on_gpu(std::int32_t gpu) { return " (GPU " + number(gpu) + ")"; }

std::string swapped(const Step& step) {
  if (step.kind == StepKind::pairs_exchanged) {
    return "swap experts " + number(step.expert) + " and " + number(step.second_expert) +
           on_gpu(step.gpu) + " with experts " + number(step.other_expert) + " and " +
           number(step.other_second_expert) + on_gpu(step.other_gpu);
  }
  return "swap expert " + number(step.expert) + on_gpu(step.gpu) + " with expert " +
         number(step.other_expert) + on_gpu(step.other_gpu);
}

// What keel's steps do.
std::string action(const Step& step, const Shape& shape) {
  switch (step.kind) {
    case StepKind::count_changed:
      return "one more copy of expert " + number(step.other_expert) + ", one fewer of expert " +
             number(step.expert) + "; once folded";
    case StepKind::started_by_differencing:
      return "start by differencing: lists of " + number(shape.gpus_per_node()) +
             " copies, one for each GPU, are added so that heavy meets light";
    case StepKind::started_heaviest_first:
      return "start with the heaviest copy first, each to the lightest GPU with room";
    case StepKind::started_by_folding:
      return "start by folding: the heaviest copy shares a GPU with the lightest, the second with "
             "the second lightest, and so on";
    case StepKind::rematched:
      return "match again: the GPUs give back one copy each, and the one with the least left gets "
             "the heaviest; the same for each slot";
    case StepKind::copies_parted:
      return swapped(step) + ", so that copies of an expert are apart";
    case StepKind::copy_replaced:
      return "one more copy of expert " + number(step.other_expert) + " instead of one of expert " +
             number(step.expert) + on_gpu(step.gpu);
    case StepKind::copies_exchanged:
    case StepKind::copies_kicked:
    case StepKind::pairs_exchanged:
      return swapped(step);
    default:
      return {};
  }
}

std::string search_sentence(const Step& step, const Shape& shape, double mean) {
  const bool is_kick = step.kind == StepKind::copies_kicked || step.kind == StepKind::copy_replaced;
  std::string text = action(step, shape);
  if (step.kick > 0) {
    text = (is_kick ? "Kick " : "After kick ") + number(step.kick) + ": " + text;
  } else {
    text[0] = static_cast<char>(text[0] - 'a' + 'A');
  }
  return text + hottest(step, shape, mean);
}

std::string sentence(const Step& step, const Shape& shape, const Rules& rules, double mean) {
  switch (step.kind) {
    case StepKind::group_placed: {
      const std::string group =
          "Group " + number(step.expert) + " (" + experts_of(step.expert, shape) + ")";
      if (rules.search == Search::none && is_greedy(rules.packing, true) &&
          shape.groups > shape.nodes) {
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
      return "The copies are dealt round the GPUs, so that no expert has two on one of them" +
             (step.after > 0 ? hottest(step, shape, mean) : std::string());
    case StepKind::more_changes:
      return "The placement after " + number(step.count) + " more " +
             (step.after > 0 ? "kicks" : "changes of the numbers of copies") +
             "; single steps are kept for the first " + grouped(kMostKeptSteps);
    case StepKind::copies_numbered:
      return "The copies of each expert are numbered; none moves";
    default:
      return search_sentence(step, shape, mean);
  }
  return {};
}

}  // namespace

std::string step_text(const Step* step, const Shape& shape, const Rules& rules, double mean) {
  if (step == nullptr) return "Nothing is placed yet. The bars show the loads of the experts.";
  const bool has_node = shape.nodes > 1 && step->node >= 0;
  return (has_node ? "Node " + number(step->node) + ". " : std::string()) +
         sentence(*step, shape, rules, mean);
}

}  // namespace evenkeel
