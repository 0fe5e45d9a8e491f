// Names of the stages and rules of a strategy, as in the options `--replicate` to `--apart` and in results;
// checks combinations. The rules themselves are in rules.hpp.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "core/base/status.hpp"
#include "core/base/vocabulary.hpp"
#include "core/model/rules.hpp"

namespace evenkeel {

// One rule of one stage, named like its enumerator.
struct StageRule {
  std::string_view name;
  std::string_view sentence;
};

struct Stage {
  std::string_view name;  // also the name of the option
  std::string_view sentence;
  std::span<const StageRule> rules;  // in the order of the enumeration

  // Whether there is nothing to choose but none or its rule: a flag of the command, a checkbox of the playground.
  constexpr bool is_switch() const { return rules.size() == 2; }
};

// replicate, tail, fixup, pack, refine, apart.
std::span<const Stage> stages();

// Sets one stage of `rules`. Errors list the stages, or the rules of the stage.
Status set_rule(std::string_view stage, std::string_view rule, Rules& rules,
                Vocabulary words = Vocabulary::plain);

// The name of a stage's rule. stage: one of stages(). rules.has_stages() must hold.
std::string_view rule_name(const Stage& stage, const Rules& rules);

// "highest_load+sainte_lague+greedy+nearest_difference": the rules in the order of the stages, without
// `none`. keel has no stages: "keel", "keel:fast" or "keel:" and its number of kicks.
std::string rules_text(const Rules& rules);

// Reports invalid combinations of rules, and the reason.
Status check_rules(const Rules& rules, Vocabulary words = Vocabulary::plain);

}  // namespace evenkeel
