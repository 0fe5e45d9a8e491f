// The subcommands. Each adds itself to the program; parsing the command line runs the one it names.
#pragma once

#include <CLI/CLI.hpp>
#include <string>

namespace evenkeel {

// What a subcommand gets from main and leaves for it.
struct Context {
  std::string command;  // the command line, as a shell would take it
  int exit_status = 0;
};

void add_balance_command(CLI::App& program, Context& context);
void add_compare_command(CLI::App& program, Context& context);
void add_demo_command(CLI::App& program, Context& context);
void add_score_command(CLI::App& program, Context& context);
void add_strategies_command(CLI::App& program, Context& context);
void add_sweep_command(CLI::App& program, Context& context);
void add_synth_command(CLI::App& program, Context& context);
void add_bench_command(CLI::App& program, Context& context);

}  // namespace evenkeel
