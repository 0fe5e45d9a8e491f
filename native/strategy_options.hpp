// Strategies on the command line: by name, or composed of stages.
#pragma once

#include <CLI/CLI.hpp>
#include <string>
#include <utility>
#include <vector>

#include "core/status.hpp"
#include "core/strategies.hpp"

namespace evenkeel {

// The stages that were given: --replicate, --tail, --fixup, --pack, --refine.
struct StageOptions {
  std::vector<std::pair<std::string, std::string>> given;  // stage, rule
};
void add_stage_options(CLI::App& app, StageOptions& options);

// The strategy of this name with the stages that were given in place of its own.
Status choose_strategy(const std::string& name, const StageOptions& stages, NamedRules& out);

// Those of these names, each once, or all when there are none. Where stages were given, also each of these
// names with them, or deepseek with them when there are none.
Status choose_strategies(const std::vector<std::string>& names, const StageOptions& stages,
                         std::vector<NamedRules>& out);

// "highest_load + sainte_lague + predicted_move + greedy + nearest_difference"
std::string parts_line(const NamedRules& strategy);
// The same behind its label, in lines of at most 80, each with its end.
std::string parts_text(const NamedRules& strategy);

}  // namespace evenkeel
