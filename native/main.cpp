// The command `evenkeel`.

#include <CLI/CLI.hpp>
#include <new>

#include "core/backend.hpp"
#include "native/commands.hpp"
#include "native/files.hpp"
#include "native/options.hpp"

int main(int argc, char** argv) {
  using namespace evenkeel;
  add_fiber_backends();
  watch_for_interrupts();

  CLI::App program(
      "Evenkeel balances the experts of Mixture-of-Experts models: which experts to\n"
      "copy, which GPU slot each copy goes to, how good that is, and how good it\n"
      "could be.\n");
  program.formatter(std::make_shared<WrappedHelp>());
  program.name("evenkeel");
  program.set_version_flag("--version", "evenkeel " EVENKEEL_VERSION);
  program.require_subcommand(1);
  program.footer(
      "Examples:\n"
      "  evenkeel balance example:deepseek --gpus 8 --slots 16 --nodes 2 --groups 4\n"
      "  evenkeel balance trace.npy --gpus 32 --redundant 32 --out placement.json\n"
      "  evenkeel score trace.npy placement.json\n"
      "Every subcommand has its own --help. Exit status: 0 fine, 1 bad input, 2 bad\n"
      "usage, 130 stopped.");

  int exit_status = kOk;
  add_balance_command(program, exit_status);
  add_compare_command(program, exit_status);
  add_score_command(program, exit_status);
  add_strategies_command(program, exit_status);
  add_synth_command(program, exit_status);
  add_bench_command(program, exit_status);
  try {
    program.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return program.exit(error) == 0 ? kOk : kUsage;
  } catch (const std::bad_alloc&) {
    return fail(Status::error("not enough memory for this input"));
  }
  return exit_status;
}
