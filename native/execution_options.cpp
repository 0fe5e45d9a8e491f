#include "native/execution_options.hpp"

#include "core/base/vocabulary.hpp"
#include "native/messages.hpp"
#include "native/options.hpp"

namespace evenkeel {

void add_execution_options(CLI::App& app, ExecutionOptions& options) {
  app.add_option("--backend", options.backend,
                 "back end: cpu, cuda, or auto for the fastest available; all give the same "
                 "placement [cpu]")
      ->type_name("NAME");
  add_number(app, "--threads", options.threads, "threads, 0 for all cores [0]")->type_name("N");
}

Status resolve_execution(const ExecutionOptions& options, bool quiet, Execution& out) {
  constexpr std::int64_t kMostThreads = 1024;
  std::int32_t threads = 0;
  const Status status =
      take_number(Vocabulary::command, "threads", options.threads, 0, kMostThreads, threads);
  if (!status.ok()) return status;
  out.threads = threads;
  if (options.backend != "auto") return find_backend(options.backend, out.backend);
  std::string note;
  out.backend = &fastest_backend(note);
  if (!note.empty()) say(quiet, "note", note);
  return {};
}

}  // namespace evenkeel
