#include "native/strategy_options.hpp"

#include "core/model/stage_names.hpp"

namespace evenkeel {

void add_stage_options(CLI::App& app, StageChoices& given) {
  for (const Stage& stage : stages()) {
    const std::string name(stage.name);
    app.add_option(
           "--" + name,
           [&given, name](const CLI::results_t& values) {
             given.emplace_back(name, values.back());
             return true;
           },
           std::string(stage.sentence))
        ->type_name("RULE")
        ->group("Stages that replace those of the strategy (see `evenkeel strategies --stages`)");
  }
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
