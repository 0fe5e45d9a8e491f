// All strategies in one table: the command's list, the playground's menu, the tests and the
// benchmarks read it.
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
  std::string_view alias;  // another name that finds it; empty: none
  Rules rules;
  std::string_view sentence;  // what it does
  std::string_view source;    // whose it is
  // rebalance_experts pads log2phy to slots - experts + 1, the most copies an expert could have, as the
  // source does; else to the largest count.
  bool widest_log2phy = false;

  // The shorter of its names, for tables.
  constexpr std::string_view label() const {
    return alias.empty() || alias.size() >= name.size() ? name : alias;
  }
};

std::span<const Strategy> strategies();

// Finds a strategy by name or alias. An unknown name is an error that lists the names.
Status find_strategy(std::string_view name, const Strategy*& out);

// Rules under the name that results show.
struct NamedRules {
  std::string name;   // the strategy's; where none has these rules, their names joined by +
  std::string label;  // for tables: the strategy's label, or "composed"
  Rules rules;

  friend bool operator==(const NamedRules&, const NamedRules&) = default;
};
NamedRules named(const Rules& rules);

// By stage, in the order of stages(): the rule in place of the strategy's own; empty: its own. May be
// shorter.
using StageRules = std::vector<std::string>;

// The strategy of this name with these stages in place of its own. Its label is that of the strategy, with a
// star where no strategy of the table has these rules. Errors: unknown names, and what makes no sense
// together (check_rules).
Status choose_strategy(std::string_view name, const StageRules& stages, std::uint64_t seed,
                       Vocabulary words, NamedRules& out);

// Those of these names, each once, or all when there are none. Where stages were given, also each of these
// names with them, or deepseek with them when there are none.
Status choose_strategies(std::span<const std::string> names, const StageRules& stages,
                         std::uint64_t seed, Vocabulary words, std::vector<NamedRules>& out);

// The strategy that users get who name none.
inline constexpr std::string_view kDefaultStrategy = "deepseek";
// The strategy that stands for running without a balancer.
inline constexpr std::string_view kNoBalancer = "contiguous";

}  // namespace evenkeel
