#include "native/strategy_options.hpp"

#include <algorithm>

#include "core/stage_names.hpp"

namespace evenkeel {

void add_stage_options(CLI::App& app, StageOptions& options) {
  for (const Stage& stage : stages()) {
    const std::string name(stage.name);
    app.add_option(
           "--" + name,
           [&options, name](const CLI::results_t& values) {
             options.given.emplace_back(name, values.back());
             return true;
           },
           std::string(stage.sentence))
        ->type_name("RULE")
        ->group("Stages, in place of the strategy's own (see `evenkeel strategies --stages`)");
  }
}

Status choose_strategy(const std::string& name, const StageOptions& stages, NamedRules& out) {
  const Strategy* strategy = nullptr;
  if (Status status = find_strategy(name, strategy); !status.ok()) return status;
  Rules rules = strategy->rules;
  for (const auto& [stage, rule] : stages.given) {
    if (Status status = set_rule(stage, rule, rules); !status.ok()) return status;
  }
  out = named(rules);
  return check_rules(rules);
}

Status choose_strategies(const std::vector<std::string>& names, const StageOptions& stages,
                         std::vector<NamedRules>& out) {
  if (names.empty()) {
    for (const Strategy& strategy : strategies()) out.push_back(named(strategy.rules));
  }
  for (const std::string& name : names) {
    out.emplace_back();
    if (Status status = choose_strategy(name, {}, out.back()); !status.ok()) return status;
  }
  if (stages.given.empty()) return {};
  NamedRules composed;
  Status status = choose_strategy(std::string(kDefaultStrategy), stages, composed);
  const bool is_new = std::none_of(out.begin(), out.end(), [&](const NamedRules& chosen) {
    return chosen.rules == composed.rules;
  });
  if (is_new) out.push_back(composed);
  return status;
}

std::string parts_line(const NamedRules& strategy) {
  std::string line;
  for (const char letter : rules_text(strategy.rules)) {
    line += letter == '+' ? " + " : std::string(1, letter);
  }
  return line;
}

std::string parts_text(const NamedRules& strategy) {
  constexpr std::size_t kWidth = 80;
  std::string text;
  const std::string label = strategy.label + ": ";
  std::string rest = parts_line(strategy);
  while (label.size() + rest.size() > kWidth) {
    const std::size_t cut = rest.rfind(" + ", kWidth - label.size());
    text += (text.empty() ? label : std::string(label.size(), ' ')) + rest.substr(0, cut) + "\n";
    rest.erase(0, cut + 1);
  }
  return text + (text.empty() ? label : std::string(label.size(), ' ')) + rest + "\n";
}

}  // namespace evenkeel
