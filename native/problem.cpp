#include "native/problem.hpp"

#include "native/files.hpp"

namespace evenkeel {

void add_problem_options(CLI::App& app, ProblemOptions& options) {
  add_load_options(app, options.loads);
  add_gpus_option(app, options.shape, true);
  add_slot_options(app, options.shape);
  add_node_options(app, options.shape);
  app.add_option("--seed", options.seed, "seed of the random strategies [0]")->type_name("S");
  app.add_option("--previous", options.previous,
                 "the placement that runs now (JSON file, phy2log .npy or npy folder): count the "
                 "slots that would have to move")
      ->type_name("PLACEMENT");
  add_execution_options(app, options.execution);
  app.add_flag("--json", options.json, "print JSON instead of the table");
  app.add_flag("--quiet", options.quiet, "no table, notes or warnings");
}

Status Problem::balance_with(Rules rules, Result& out) const {
  rules.seed = seed;
  return balance(loads, shape, rules, moved_from(), execution, out);
}

Status read_placement_for(const std::string& path, const LoadOptions& options, const Loads& loads,
                          Placement& out) {
  Status status = read_placement_path(path, loads.experts, out);
  return status.ok() ? keep_layers(path, options, loads, out) : status;
}

Status read_problem(const ProblemOptions& options, Problem& out) {
  out.seed = options.seed;
  if (Status s = resolve_execution(options.execution, out.execution); !s.ok()) return s;
  if (Status s = read_window(options.loads, out.loads); !s.ok()) return s;
  if (Status s = resolve_shape(options.shape, out.loads, options.quiet, out.shape); !s.ok()) {
    return s;
  }
  out.has_previous = !options.previous.empty();
  if (!out.has_previous) return {};
  return read_placement_for(options.previous, options.loads, out.loads, out.previous);
}

void warn_of_empty_layers(bool quiet, std::span<const LayerMetrics> layers) {
  const std::int32_t empty = summarize(layers).empty_layers;
  if (empty == 0) return;
  say(quiet, "warning",
      std::to_string(empty) + " of " + std::to_string(layers.size()) +
          " layers have no load; their placement is arbitrary and they count as balanced");
}

int exit_status_of(const Status& status) {
  if (status.ok()) return kOk;
  return interrupted() ? kInterruptedExit : fail(status);
}

}  // namespace evenkeel
