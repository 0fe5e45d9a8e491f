// The stages of a strategy by name: what `--replicate` to `--refine` take, what results say, and which
// combinations make sense. The rules themselves are in rules.hpp.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "core/base/status.hpp"
#include "core/base/vocabulary.hpp"
#include "core/model/rules.hpp"

namespace evenkeel {

// One rule of one stage. Its name is its enumerator's.
struct StageRule {
  std::string_view name;
  std::string_view sentence;
};

struct Stage {
  std::string_view name;  // also that of the option
  std::string_view sentence;
  std::span<const StageRule> rules;  // in the order of the enumeration
};

// replicate, tail, fixup, pack, refine.
std::span<const Stage> stages();

// Sets one stage of `rules`. Errors name the stages, or the rules of the stage.
Status set_rule(std::string_view stage, std::string_view rule, Rules& rules,
                Vocabulary words = Vocabulary::plain);

// The name of the rule that a stage follows. stage: one of stages().
std::string_view rule_name(const Stage& stage, const Rules& rules);

// "highest_load+sainte_lague+greedy+nearest_difference": the rules in the order of the stages, without
// those that say none.
std::string rules_text(const Rules& rules);

// What makes no sense together, and why.
Status check_rules(const Rules& rules, Vocabulary words = Vocabulary::plain);

}  // namespace evenkeel
