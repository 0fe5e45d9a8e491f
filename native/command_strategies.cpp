// evenkeel strategies: lists the strategies and their stages.

#include "core/model/strategies.hpp"

#include <algorithm>
#include <memory>

#include "core/batch/backend.hpp"
#include "core/model/stage_names.hpp"
#include "native/commands.hpp"
#include "native/messages.hpp"
#include "native/output_files.hpp"
#include "native/report_text.hpp"
#include "native/table.hpp"

namespace evenkeel {
namespace {

std::string strategies_text() {
  std::string text = bold("strategies") + "\n";
  for (const Strategy& strategy : strategies()) {
    text += "  " + std::string(strategy.name);
    if (!strategy.alias.empty()) text += " (also " + std::string(strategy.alias) + ")";
    if (strategy.name == kDefaultStrategy) text += ", the default";
    text += "\n      " + std::string(strategy.sentence) + "\n      " +
            std::string(strategy.source) + "\n";
  }
  text += bold("back ends") + "\n";
  for (const Backend& backend : backends()) {
    const Status present = backend.present();
    text += wrapped("  " + std::string(backend.name) + ": " +
                        (present.ok() ? std::string(backend.sentence) : present.sentence()),
                    6);
  }
  return text;
}

// The rules of each stage, and the strategies that use them.
std::string stages_text() {
  std::string text;
  for (const Stage& stage : stages()) {
    text += bold("--" + std::string(stage.name)) + ": " + std::string(stage.sentence) + "\n";
    for (const StageRule& rule : stage.rules) {
      std::string users;
      for (const Strategy& strategy : strategies()) {
        if (!strategy.rules.has_stages()) continue;
        if (rule_name(stage, strategy.rules) != rule.name) continue;
        users += (users.empty() ? "" : ", ") + std::string(strategy.label());
      }
      const std::string name(rule.name);
      text += "  " + name + std::string(20 - std::min<std::size_t>(name.size(), 19), ' ') +
              (users.empty() ? "-" : users) + "\n      " + std::string(rule.sentence) + "\n";
    }
  }
  text +=
      "\nA strategy has one rule per stage; keel has none. Give --strategy (without it\n"
      "deepseek) and the stages to replace:\n";
  for (const Strategy& strategy : strategies()) {
    if (strategy.rules.has_stages()) text += parts_text(named(strategy.rules));
  }
  return text;
}

}  // namespace

void add_strategies_command(CLI::App& program, Context& context) {
  auto stages = std::make_shared<bool>(false);
  CLI::App* app = program.add_subcommand("strategies", "list the strategies and the back ends");
  app->add_flag("--stages", *stages, "list the stages of which strategies are composed");
  app->footer("Examples:\n  evenkeel strategies\n  evenkeel strategies --stages");
  app->callback([stages, &context] {
    const Status status = print_out(*stages ? stages_text() : strategies_text());
    context.exit_status = exit_status_of(status);
  });
}

}  // namespace evenkeel
