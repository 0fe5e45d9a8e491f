// The subcommands. Each function adds one to the program; parsing the command line runs the chosen one.
#pragma once

#include <CLI/CLI.hpp>
#include <string>

namespace evenkeel {

// Data that main passes to a subcommand, and its exit status.
struct Context {
  std::string command;  // the command line, quoted for a shell
  int exit_status = 0;
};

void add_balance_command(CLI::App& program, Context& context);
void add_compare_command(CLI::App& program, Context& context);
void add_demo_command(CLI::App& program, Context& context);
void add_replay_command(CLI::App& program, Context& context);
void add_score_command(CLI::App& program, Context& context);
void add_strategies_command(CLI::App& program, Context& context);
void add_sweep_command(CLI::App& program, Context& context);
void add_synth_command(CLI::App& program, Context& context);
void add_bench_command(CLI::App& program, Context& context);

}  // namespace evenkeel
