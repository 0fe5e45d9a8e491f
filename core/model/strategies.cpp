#include "core/model/strategies.hpp"

#include <array>
#include <string>

#include "core/base/find_named.hpp"
#include "core/base/text.hpp"
#include "core/model/stage_names.hpp"

namespace evenkeel {
namespace {

constexpr std::string_view kEvolved = "evolved from DeepSeek's EPLB by program search";

constexpr std::string_view kKeelSource =
    "own search: balanced differencing, exchanges, kicks (core/row/keel)";

constexpr Rules keel_rules(Search search, std::int32_t kicks) {
  Rules rules;
  rules.search = search;
  rules.kicks = kicks;
  return rules;
}

constexpr std::array kStrategies = {
    Strategy{"deepseek", "baseline", Rules{},
             "copies for the highest load per copy; packs the heaviest slots first",
             "DeepSeek EPLB (github.com/deepseek-ai/EPLB), eplb.py"},
    Strategy{"k2_swap_tail_fixup", "k2",
             Rules{Replication::water_filling, Tail::none, Fixup::measured_move,
                   Packing::copies_apart, Refinement::least_spread},
             "same balance, copies of an expert on different GPUs, twice the time", kEvolved, true},
    Strategy{"tie_aware_allocation_and_refine_k2_second_light", "tie",
             Rules{Replication::highest_load, Tail::tie_aware, Fixup::best_of_four_second,
                   Packing::greedy_binary64, Refinement::two_lights},
             "slightly better balance with few slots per GPU, about 1.6 times the time", kEvolved,
             true},
    Strategy{"adaptive_tail_and_diverse_gpu_tie_break", "div",
             Rules{Replication::highest_load, Tail::three_quotients, Fixup::second_donor,
                   Packing::near_tie, Refinement::two_for_two},
             "like tie with more rules to choose from, twice the time", kEvolved, true},
    Strategy{"refine_packing_and_hybrid_replication", "ref",
             Rules{Replication::highest_load, Tail::sainte_lague, Fixup::predicted_move,
                   Packing::greedy, Refinement::nearest_difference},
             "better balance by swaps after packing, 1.3 to 1.7 times the time", kEvolved, true},
    Strategy{"adaptive_tail_and_fixup", "ada",
             Rules{Replication::highest_load, Tail::lower_peak, Fixup::best_of_four,
                   Packing::greedy, Refinement::nearest_difference},
             "like ref with a tail that predicts the peak; nearly always the same result", kEvolved,
             true},
    Strategy{"keel:fast", "", keel_rules(Search::fast, 0),
             "swaps until nothing helps, copies on different GPUs, 1.5 times the time",
             kKeelSource},
    Strategy{"keel", "", keel_rules(Search::full, 0),
             "near-optimal balance, copies on different GPUs, 2 to 3 times the time", kKeelSource},
    Strategy{"keel:max", "", keel_rules(Search::full, kMaxEffort),
             "the same and 300 random changes, each refined; about 1 ms per layer", kKeelSource},
    Strategy{"contiguous", "",
             Rules{Replication::round_robin, Tail::none, Fixup::none, Packing::in_order,
                   Refinement::none},
             "experts in order, redundant slots round-robin",
             "how vLLM and SGLang start; TensorRT-LLM and vllm-ascend start otherwise"},
    Strategy{"random", "",
             Rules{Replication::random, Tail::none, Fixup::none, Packing::random, Refinement::none},
             "random copies in random slots, from --seed",
             "the usual baseline of placement studies"},
};

}  // namespace

std::span<const Strategy> strategies() { return kStrategies; }

Status find_strategy(std::string_view name, const Strategy*& out) {
  return find_row(
      "strategy", name, "", kStrategies, out,
      [name](const Strategy& strategy) {
        return name == strategy.name || (!strategy.alias.empty() && name == strategy.alias);
      },
      [](const Strategy& strategy) { return strategy.label(); });
}

namespace {

// "keel:25": keel with a number of kicks.
constexpr std::string_view kKeelPrefix = "keel:";

// Whether the name is kKeelPrefix and a number in 1 .. kMostKicks.
bool read_kicks(std::string_view name, std::int32_t& kicks) {
  if (name.substr(0, kKeelPrefix.size()) != kKeelPrefix) return false;
  const std::string_view digits = name.substr(kKeelPrefix.size());
  if (digits.empty() || digits.size() > 6) return false;
  kicks = 0;
  for (const char c : digits) {
    if (c < '0' || c > '9') return false;
    kicks = 10 * kicks + (c - '0');
  }
  return kicks >= 1 && kicks <= kMostKicks;
}

// keel keeps copies apart by itself.
bool replaces_stage(std::size_t stage, std::string_view rule) {
  return !rule.empty() && !(stages()[stage].name == "apart" && rule == "exchange");
}

}  // namespace

Status keel_with_effort(std::string_view effort, Vocabulary words, std::string& name) {
  name = effort == "default" ? "keel" : std::string(kKeelPrefix) + std::string(effort);
  std::int32_t kicks = 0;
  if (effort == "fast" || effort == "default" || effort == "max" || read_kicks(name, kicks)) {
    return {};
  }
  return Status::error(word_for(words, "effort") + " is " + in_quotes(effort) +
                       "; expected fast, default, max or a number of kicks from 1 to " +
                       std::to_string(kMostKicks));
}

bool replaces_stages(const StageRules& given) {
  for (std::size_t i = 0; i < given.size(); ++i) {
    if (replaces_stage(i, given[i])) return true;
  }
  return false;
}

NamedRules named(const Rules& rules) {
  for (const Strategy& strategy : kStrategies) {
    Rules seeded = strategy.rules;
    seeded.seed = rules.seed;
    if (seeded == rules) return {std::string(strategy.name), std::string(strategy.label()), rules};
  }
  if (rules.search == Search::full) {
    const std::string name = std::string(kKeelPrefix) + std::to_string(rules.kicks);
    return {name, name, rules};
  }
  return {rules_text(rules), "composed", rules};
}

Status choose_strategy(std::string_view name, const StageRules& given, std::uint64_t seed,
                       Vocabulary words, NamedRules& out) {
  const Strategy* strategy = nullptr;
  std::int32_t kicks = 0;
  if (!read_kicks(name, kicks)) {
    if (Status status = find_strategy(name, strategy); !status.ok()) return status;
  }
  Rules rules = strategy == nullptr ? keel_rules(Search::full, kicks) : strategy->rules;
  for (std::size_t i = 0; i < given.size(); ++i) {
    if (given[i].empty()) continue;
    if (rules.search != Search::none) {
      if (!replaces_stage(i, given[i])) continue;
      return Status::error(word_for(words, stages()[i].name, given[i]) +
                           " replaces a stage, but keel is a search without stages; leave it out, "
                           "or choose another strategy");
    }
    if (Status status = set_rule(stages()[i].name, given[i], rules, words); !status.ok()) {
      return status;
    }
  }
  rules.seed = seed;
  out = named(rules);
  // A strategy without a name gets the label of the strategy that it modifies.
  if (out.label == "composed" && strategy != nullptr)
    out.label = std::string(strategy->label()) + "*";
  return check_rules(rules, words);
}

Status choose_strategies(std::span<const std::string> names, const StageRules& given,
                         std::uint64_t seed, Vocabulary words, std::vector<NamedRules>& out) {
  const auto add = [&](std::string_view name, const StageRules& with) {
    NamedRules chosen;
    if (Status status = choose_strategy(name, with, seed, words, chosen); !status.ok()) {
      return status;
    }
    for (const NamedRules& known : out) {
      if (known.rules == chosen.rules) return Status();
    }
    out.push_back(chosen);
    return Status();
  };
  std::vector<std::string> bases;
  for (const std::string& name : names) {  // "ref, ada" is two names
    const std::size_t begin = name.find_first_not_of(' ');
    bases.push_back(begin == std::string::npos ? name : name.substr(begin));
  }
  if (names.empty()) {
    for (const Strategy& strategy : strategies()) {
      if (Status status = add(strategy.name, {}); !status.ok()) return status;
    }
    bases = {std::string(kStagedStrategy)};
  }
  for (const StageRules& with : {StageRules(), given}) {
    for (const std::string& name : bases) {
      if (Status status = add(name, with); !status.ok()) return status;
    }
  }
  return {};
}

}  // namespace evenkeel
