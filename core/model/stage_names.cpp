#include "core/model/stage_names.hpp"

#include <array>
#include <cstddef>

#include "core/base/find_named.hpp"

namespace evenkeel {
namespace {

constexpr StageRule kReplications[] = {
    {"highest_load", "one more copy for the expert with the highest load per copy"},
    {"water_filling", "the lowest load per copy that the slots allow, by bisection"},
    {"round_robin", "extra copies for experts 0, 1, 2, ...; loads are ignored"},
    {"random", "extra copies for random experts"},
};
constexpr StageRule kTails[] = {
    {"none", "the replication rule assigns all copies"},
    {"sainte_lague", "the last tenth goes to the largest v / (2q - 1)"},
    {"lower_peak", "v / q or v / (2q - 1), whichever gives the lower peak"},
    {"tie_aware", "v / (2q - 1) or v / sqrt(q (q + 1)); the lower average wins ties"},
    {"three_quotients", "the best of all three by peak, new average, copies"},
};
constexpr StageRule kFixups[] = {
    {"none", "copies stay as assigned"},
    {"measured_move", "highest to lowest average if the peak falls; never fires"},
    {"predicted_move", "the same with a predicted peak; never fires"},
    {"best_of_four", "two donors, two receivers; never fires"},
    {"best_of_four_second", "the same with a second criterion for ties; never fires"},
    {"second_donor", "two donors, two receivers; underestimates the second donor's peak"},
};
constexpr StageRule kPackings[] = {
    {"greedy", "heaviest item first, into the lightest bin with room"},
    {"greedy_binary64", "the same with loads added up in binary64"},
    {"near_tie", "among GPUs equal within 1e-6, fewer copies of the expert"},
    {"copies_apart", "fewest copies of the expert first, then the lightest GPU, before swaps"},
    {"in_order", "the first items into the first bin"},
    {"random", "a random permutation"},
};
constexpr StageRule kRefinements[] = {
    {"none", "the packing does not change"},
    {"nearest_difference", "best swap of the heaviest and the lightest bin; 2 swaps"},
    {"two_lights", "two by two items, with either of the two lightest bins; 2 swaps"},
    {"two_for_two", "the same, or both pairs at once; 2 or 3 swaps"},
    {"least_spread", "two by two items, the smallest spread over all GPUs; 1 swap"},
};
constexpr StageRule kAparts[] = {
    {"none", "copies of an expert may share a GPU"},
    {"exchange", "copies that share a GPU are exchanged with copies of similar load"},
};
constexpr Stage kStages[] = {
    {"replicate", "how many copies each expert gets", kReplications},
    {"tail", "the rule for the last tenth of the extra copies", kTails},
    {"fixup", "moves a copy to another expert afterwards", kFixups},
    {"pack", "groups to nodes, slots to GPUs", kPackings},
    {"refine", "swaps after packing", kRefinements},
    {"apart", "no two copies of an expert on one GPU, after all other stages", kAparts},
};

// Visits the members of Rules in the order of kStages: the only code that maps stages to members.
template <class RulesOrConst, class Visit>
void visit_rules(RulesOrConst& rules, Visit visit) {
  const Stage* stage = kStages;
  visit(*stage++, rules.replication);
  visit(*stage++, rules.tail);
  visit(*stage++, rules.fixup);
  visit(*stage++, rules.packing);
  visit(*stage++, rules.refinement);
  visit(*stage++, rules.apart);
}

}  // namespace

std::span<const Stage> stages() { return kStages; }

Status set_rule(std::string_view stage, std::string_view rule, Rules& rules, Vocabulary words) {
  const Stage* found = nullptr;
  Status status = find_named("stage", stage, kStages, found);
  if (!status.ok()) return status;
  visit_rules(rules, [&]<class Rule>(const Stage& here, Rule& member) {
    if (&here != found) return;
    const StageRule* chosen = nullptr;
    status = find_named("rule", rule, here.rules, chosen, " for " + word_for(words, stage));
    if (status.ok()) member = static_cast<Rule>(chosen - here.rules.data());
  });
  return status;
}

std::string_view rule_name(const Stage& stage, const Rules& rules) {
  std::string_view name;
  visit_rules(rules, [&](const Stage& here, auto member) {
    if (here.name == stage.name) name = here.rules[static_cast<std::size_t>(member)].name;
  });
  return name;
}

std::string rules_text(const Rules& rules) {
  if (rules.search == Search::fast) return "keel:fast";
  if (rules.search == Search::full)
    return rules.kicks == 0 ? "keel" : "keel:" + std::to_string(rules.kicks);
  std::string text;
  for (const Stage& stage : kStages) {
    const std::string_view name = rule_name(stage, rules);
    if (name != "none") text += (text.empty() ? "" : "+") + std::string(name);
  }
  return text;
}

Status check_rules(const Rules& rules, Vocabulary words) {
  const std::string_view replication = rule_name(kStages[0], rules);
  const auto refuse = [&](const Stage& stage, std::string_view does, std::string_view why) {
    return Status::error(word_for(words, stage.name, rule_name(stage, rules)) + " " +
                         std::string(does) + ", but " + std::string(replication) + " " +
                         std::string(why) + "; use " + word_for(words, stage.name, "none") +
                         " with it");
  };
  if (rules.tail != Tail::none && rules.replication != Replication::highest_load) {
    return refuse(kStages[1],
                  "replaces the last picks of " + word_for(words, kStages[0].name, "highest_load"),
                  "does not assign copies one by one");
  }
  const bool by_load = rules.replication == Replication::highest_load ||
                       rules.replication == Replication::water_filling;
  if (rules.fixup != Fixup::none && !by_load) {
    return refuse(kStages[2], "corrects copies that were assigned by load", "ignores loads");
  }
  return {};
}

}  // namespace evenkeel
