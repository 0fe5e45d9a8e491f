// The table of all strategies, used by the command's list, the playground's menu, the tests and the
// benchmarks.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/status.hpp"
#include "core/base/vocabulary.hpp"
#include "core/model/rules.hpp"

namespace evenkeel {

struct Strategy {
  std::string_view name;
  std::string_view alias;  // another accepted name; may be empty
  Rules rules;
  std::string_view sentence;  // what it does
  std::string_view source;    // its origin
  // Whether rebalance_experts pads log2phy to slots - experts + 1, the largest possible number of copies, as
  // the source does; otherwise it pads to the largest count.
  bool widest_log2phy = false;

  // The shorter of its names, for tables.
  constexpr std::string_view label() const {
    return alias.empty() || alias.size() >= name.size() ? name : alias;
  }
};

std::span<const Strategy> strategies();

// Finds a strategy by name or alias. An unknown name is an error that lists the names.
Status find_strategy(std::string_view name, const Strategy*& out);

// Rules with the name that results show.
struct NamedRules {
  std::string
      name;  // that of the strategy; if no strategy has these rules, their names joined by +
  std::string label;  // for tables: the strategy's label, or "composed"
  Rules rules;

  friend bool operator==(const NamedRules&, const NamedRules&) = default;
};
NamedRules named(const Rules& rules);

// The name of keel with an effort: fast, default, max or a number of kicks. Error: another text.
Status keel_with_effort(std::string_view effort, Vocabulary words, std::string& name);

// By stage, in the order of stages(): the rule that replaces that of the strategy; empty to keep it. May be
// shorter.
using StageRules = std::vector<std::string>;

// The strategy of this name with these stages replaced. Its label is that of the strategy, with a star if no
// strategy of the table has these rules. Errors: unknown names, invalid combinations (check_rules).
Status choose_strategy(std::string_view name, const StageRules& stages, std::uint64_t seed,
                       Vocabulary words, NamedRules& out);

// The named strategies, each once, or all if no name is given. If stages are given, also each named strategy
// (or kStagedStrategy) with these stages.
Status choose_strategies(std::span<const std::string> names, const StageRules& stages,
                         std::uint64_t seed, Vocabulary words, std::vector<NamedRules>& out);

// The default strategy; where only stages are given, those of kStagedStrategy are replaced, because the default
// has none.
inline constexpr std::string_view kDefaultStrategy = "keel";
inline constexpr std::string_view kStagedStrategy = "deepseek";
// Whether a rule is given that replaces a stage. `--apart` alone replaces none: keel keeps copies apart anyway.
bool replaces_stages(const StageRules& stages);
// Running without a balancer: this strategy, and no redundant experts (without_redundancy).
inline constexpr std::string_view kContiguous = "contiguous";
inline constexpr std::string_view kNoBalancer = "no balancer";  // as tables and pages call it

}  // namespace evenkeel
