// Strategies on the command line: by name, or composed of stages.
#pragma once

#include <CLI/CLI.hpp>
#include <string>

#include "core/model/strategies.hpp"

namespace evenkeel {

// The stages that were given: --replicate, --tail, --fixup, --pack, --refine.
void add_stage_options(CLI::App& app, StageChoices& given);

// "highest_load + sainte_lague + predicted_move + greedy + nearest_difference"
std::string parts_line(const NamedRules& strategy);
// The same behind its label, in lines of at most 80, each with its end.
std::string parts_text(const NamedRules& strategy);

}  // namespace evenkeel
