#include "native/problem.hpp"

#include "core/base/text.hpp"
#include "core/model/figures.hpp"
#include "core/model/placement.hpp"
#include "native/output_files.hpp"
#include "native/stop.hpp"
#include "native/timing.hpp"

namespace evenkeel {

void add_problem_options(CLI::App& app, ProblemOptions& options) {
  add_load_options(app, options.loads);
  add_gpus_option(app, options.shape);
  add_slot_options(app, options.shape);
  add_node_options(app, options.shape);
  add_seed_option(app, options.seed);
  add_path(app, "--previous", options.previous,
           "the current placement (JSON file, phy2log .npy or npy folder): count the slots "
           "that would have to move")
      ->type_name("PLACEMENT");
  add_execution_options(app, options.execution);
  app.add_flag("--json", options.json, "print JSON instead of the table");
  app.add_flag("--quiet", options.quiet, "no table, notes or warnings");
}

Status Problem::balance_with(Rules rules, Result& out) const {
  rules.seed = seed;
  return balance(loads, shape, rules, moved_from(), execution, out);
}

Status Problem::score_previous(Result& out) const {
  out.placement = previous;
  out.placement.gpus = shape.gpus;
  Shape today = shape;
  today.slots = previous.slots;
  if (!check_groups("", previous, today, loads.first_layer).ok()) {
    today.nodes = 1;
    today.groups = 1;
  }
  return score(loads, out.placement, today, nullptr, execution, out.metrics);
}

Status Problem::time_a_layer(Rules rules, const std::function<void()>& tick, double& out) const {
  rules.seed = seed;
  Result result;  // of the right size; its metrics are not wanted here
  if (Status status = balance_with(rules, result); !status.ok()) return status;
  Execution one_thread = execution;
  one_thread.threads = 1;
  std::vector<Timing> timing;
  const Status status = time_in_turn(
      kTimedRuns - 1, 1,
      [&](std::size_t) { return place_again(loads, shape, rules, one_thread, result.placement); },
      tick, timing);
  if (status.ok()) out = timing.front().seconds * 1e6 / shape.layers;
  return status;
}

Status read_placement_for(const std::string& path, const LoadOptions& options, const Loads& loads,
                          Placement& out) {
  Status status = read_placement_path(path, loads.experts, out);
  return status.ok() ? keep_layers(path, options, loads, out) : status;
}

Status read_problem(const ProblemOptions& options, Problem& out) {
  out.seed = options.seed;
  if (Status s = resolve_execution(options.execution, options.quiet, out.execution); !s.ok())
    return s;
  if (Status s = read_window(options.loads, out.loads); !s.ok()) return s;
  if (Status s = resolve_shape(options.shape, out.loads, options.quiet, out.shape); !s.ok()) {
    return s;
  }
  out.has_previous = !options.previous.empty();
  if (!out.has_previous) return {};
  return read_placement_for(options.previous, options.loads, out.loads, out.previous);
}

void warn_of_empty_layers(bool quiet, std::span<const LayerMetrics> layers) {
  const auto empty = static_cast<std::int64_t>(summarize({layers})["empty_layers"]);
  if (empty == 0) return;
  say(quiet, "warning",
      std::to_string(empty) + " of " + std::to_string(layers.size()) +
          " layers have no load; their placement is arbitrary and they count as balanced");
}

int exit_status_of(const Status& status) {
  if (status.ok()) return kOk;
  if (reader_gone()) return kReaderGoneExit;
  return status.is_stopped() ? interrupted_exit() : fail(status);
}

}  // namespace evenkeel
