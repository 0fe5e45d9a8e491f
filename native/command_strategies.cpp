// evenkeel strategies: the registry.

#include "core/strategies.hpp"

#include "core/backend.hpp"
#include "native/commands.hpp"
#include "native/output_files.hpp"
#include "native/problem.hpp"
#include "native/table.hpp"

namespace evenkeel {

void add_strategies_command(CLI::App& program, Context& context) {
  CLI::App* app = program.add_subcommand("strategies", "list the strategies and the back ends");
  app->footer("Example:\n  evenkeel strategies");
  app->callback([&context] {
    std::string text = bold("strategies") + "\n";
    for (const Strategy& strategy : strategies()) {
      text += "  " + std::string(strategy.name);
      if (!strategy.alias.empty()) text += " (also " + std::string(strategy.alias) + ")";
      text += "\n      " + std::string(strategy.sentence) + "\n      " +
              std::string(strategy.source) + "\n";
    }
    text += bold("back ends") + "\n";
    for (const Backend& backend : backends()) {
      const Status present = backend.present();
      text += "  " + std::string(backend.name) + ": " +
              (present.ok() ? std::string(backend.sentence) : present.sentence()) + "\n";
    }
    const Status status = print_out(text);
    context.exit_status = exit_status_of(status);
  });
}

}  // namespace evenkeel
