// The command `evenkeel`.

#include <unistd.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <new>
#include <sstream>

#include "core/base/text.hpp"
#include "core/batch/backend.hpp"
#include "cuda/backend_cuda.hpp"
#include "native/commands.hpp"
#include "native/engine_names.hpp"
#include "native/messages.hpp"
#include "native/options.hpp"
#include "native/output_files.hpp"
#include "native/progress.hpp"
#include "native/stop.hpp"

namespace evenkeel {
namespace {

// The command line, quoted for a shell.
std::string command_line(int argc, char** argv) {
  std::string line = "evenkeel";
  for (int i = 1; i < argc; ++i) line += " " + shell_word(argv[i]);
  return line;
}

int run(int argc, char** argv) {
  for (const Status& added : {add_cuda_backend(), add_fiber_backends(), check_progress_delay()}) {
    if (!added.ok()) return fail(added);
  }
  watch_for_interrupts();

  CLI::App program(
      "Evenkeel balances the experts of Mixture-of-Experts models: which experts to\n"
      "copy, on which GPU slot to place each copy, how good the result is, and how\n"
      "good it could be.\n");
  program.formatter(std::make_shared<WrappedHelp>());
  program.name("evenkeel");
  program.set_version_flag("--version", "evenkeel " EVENKEEL_VERSION);
  program.require_subcommand(0, 1);  // a missing one is reported below, an unknown one by name
  program.footer(
      "Examples:\n"
      "  evenkeel demo\n"
      "  evenkeel balance example:deepseek --gpus 8 --slots 16 --nodes 2 --groups 4\n"
      "  evenkeel balance trace.npy --gpus 32 --redundant 32 --out placement.json\n"
      "  evenkeel score trace.npy placement.json\n"
      "Every subcommand has its own --help. Exit status: 0 success, 1 bad input,\n"
      "2 bad usage, 130 stopped by Ctrl-C (128 plus the signal). Environment:\n"
      "NO_COLOR: no colors. EVENKEEL_PROGRESS_DELAY: the seconds before long work shows\n"
      "its progress (0.5).");

  Context context;
  context.command = command_line(argc, argv);
  add_demo_command(program, context);
  add_balance_command(program, context);
  add_compare_command(program, context);
  add_score_command(program, context);
  add_strategies_command(program, context);
  add_sweep_command(program, context);
  add_replay_command(program, context);
  add_synth_command(program, context);
  add_bench_command(program, context);
  try {
    program.parse(argc, argv);
    if (program.get_subcommands().empty()) throw CLI::RequiredError("a subcommand");
  } catch (const CLI::ParseError& error) {
    if (error.get_exit_code() == 0) {
      std::ostringstream text;  // of --help or --version
      program.exit(error, text);
      return exit_status_of(print_out(text.str()));
    }
    std::string sentence = engines_option(argc, argv);
    if (sentence.empty()) sentence = std::string(error.what()) + "; see evenkeel --help";
    std::fprintf(stderr, "evenkeel: %s\n", printable(sentence).c_str());
    return kUsage;
  } catch (const std::bad_alloc&) {
    return fail(Status::out_of_memory("not enough memory for this input"));
  }
  return context.exit_status;
}

}  // namespace
}  // namespace evenkeel

// Where memory does not even suffice for an exception, the runtime ends the program by this.
[[noreturn]] void end_without_memory() {
  if (std::current_exception() != nullptr) std::abort();  // another exception that nothing catches
  constexpr char kSentence[] = "evenkeel: not enough memory\n";
  (void)!::write(2, kSentence, sizeof kSentence - 1);
  ::_exit(evenkeel::kBadInput);
}

int main(int argc, char** argv) {
  std::set_terminate(end_without_memory);
  try {
    return evenkeel::run(argc, argv);
  } catch (const std::bad_alloc&) {  // a sentence without an allocation
    std::fputs("evenkeel: not enough memory to start\n", stderr);
    return evenkeel::kBadInput;
  }
}
