// The subcommands. Each adds itself to the program; the parse sets `exit_status` by running it.
#pragma once

#include <CLI/CLI.hpp>

namespace evenkeel {

void add_balance_command(CLI::App& program, int& exit_status);
void add_compare_command(CLI::App& program, int& exit_status);
void add_score_command(CLI::App& program, int& exit_status);
void add_strategies_command(CLI::App& program, int& exit_status);
void add_synth_command(CLI::App& program, int& exit_status);
void add_bench_command(CLI::App& program, int& exit_status);

}  // namespace evenkeel
