#include "native/strategy_options.hpp"

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
        ->group("Stages in place of the strategy's own (see `evenkeel strategies --stages`)");
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
  // A strategy without a name is shown as the one it changes.
  if (out.label == "composed") out.label = std::string(strategy->label()) + "*";
  return check_rules(rules);
}

Status choose_strategies(const std::vector<std::string>& names, const StageOptions& stages,
                         std::vector<NamedRules>& out) {
  const auto add = [&](const std::string& name, const StageOptions& with) {
    NamedRules chosen;
    if (Status status = choose_strategy(name, with, chosen); !status.ok()) return status;
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
    for (const Strategy& strategy : strategies()) out.push_back(named(strategy.rules));
    bases = {std::string(kDefaultStrategy)};
  }
  for (const std::string& name : bases) {
    if (Status status = add(name, {}); !status.ok()) return status;
  }
  for (const std::string& name : bases) {
    if (Status status = add(name, stages); !status.ok()) return status;
  }
  return {};
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
