#include "native/problem.hpp"

#include <utility>
#include <vector>

#include "core/base/text.hpp"
#include "core/model/check.hpp"
#include "core/model/figures.hpp"
#include "core/model/placement.hpp"
#include "core/model/strategies.hpp"
#include "native/messages.hpp"
#include "native/options.hpp"
#include "native/placement_input.hpp"
#include "native/request_options.hpp"
#include "native/timing.hpp"

namespace evenkeel {

void add_problem_options(CLI::App& app, ProblemOptions& options) {
  add_load_options(app, options.loads);
  add_shape_options(app, options.request);
  add_request_options(app, options.request, {"seed", "bounds"});
  add_path(
      app, "--previous", options.previous,
      "the current placement, in any form that `score` reads: count the slots that would have to "
      "move; GPUs that it does not have receive all of their slots")
      ->type_name("PLACEMENT");
  add_execution_options(app, options.execution);
  app.add_flag("--json", options.json, "print JSON instead of the table");
  app.add_flag("--quiet", options.quiet, "no table, notes or warnings");
}

Status read_problem(const ProblemOptions& options, StepInput& input, Problem& out) {
  const Request request = with_loads(options.request, options.loads);
  if (Status s = check_request(request, Vocabulary::command); !s.ok()) return s;
  Status status = resolve_execution(options.execution, options.quiet, out.execution);
  if (status.ok()) status = input.open(options.loads, options.quiet, true);
  if (status.ok()) out.loads = input.loads();
  if (status.ok()) status = resolve_shape_for(out.loads, request, options.quiet, out.shape);
  out.bounds = request.bounds;
  out.seed = request.seed;
  if (!status.ok() || options.previous.empty()) return status;
  return read_previous(options.previous, options.quiet, out.shape, out.loads,
                       out.previous.emplace());
}

Status score_previous(const Problem& problem, OtherResult& out) {
  out.result.placement = *problem.previous;
  Placement& placement = out.result.placement;
  Shape& today = out.shape;
  today = problem.shape;
  today.slots = placement.slots;
  if (placement.gpus == 0) placement.gpus = problem.shape.gpus;
  if (placement.gpus != problem.shape.gpus) {  // the nodes are others, too
    today.gpus = placement.gpus;
    today.nodes = placement.nodes;
    today.groups = placement.groups;
  }
  if (!check(today).ok() || !check_groups("", placement, today, problem.loads.numbers()).ok()) {
    today.nodes = 1;
    today.groups = 1;
  }
  const Status status =
      score(problem.loads, placement, today, nullptr, problem.execution, out.result.metrics);
  std::vector<LayerMetrics>* const scored[] = {&out.result.metrics};
  return status.ok() ? certify(problem.loads, today, problem.bounds, problem.seed,
                               problem.execution, scored)
                     : status;
}

Status place_without_balancer(const Problem& problem, OtherResult& out) {
  out.shape = without_redundancy(problem.shape);
  const Strategy* contiguous = nullptr;
  if (Status s = find_strategy(kContiguous, contiguous); !s.ok()) return s;
  const Status status =
      balance(problem.loads, out.shape, contiguous->rules, nullptr, problem.execution, out.result);
  std::vector<LayerMetrics>* const placed[] = {&out.result.metrics};
  return status.ok() ? certify(problem.loads, out.shape, problem.bounds, problem.seed,
                               problem.execution, placed)
                     : status;
}

std::string describe_no_balancer(const Shape& shape) {
  const Shape plain = without_redundancy(shape);
  const std::string slots = several(plain.slots, "slot");
  return std::string(kContiguous) + ", " +
         (plain.slots == plain.experts
              ? "no redundant experts (" + slots + ")"
              : slots + ", the fewest that " + several(plain.gpus, "GPU") + " can share");
}

Status time_a_layer(const Problem& problem, const Rules& rules, const std::function<void()>& tick,
                    double& out) {
  Result result;  // of the right size; its metrics are not used
  if (Status status = problem.balance_with(rules, result); !status.ok()) return status;
  Execution one_thread = problem.execution;
  one_thread.threads = 1;
  std::vector<Timing> timing;
  const Status status = time_in_turn(
      kTimedRuns - 1, 1,
      [&](std::size_t) {
        return place_again(problem.loads, problem.shape, rules, one_thread, result.placement);
      },
      tick, timing);
  if (status.ok()) out = timing.front().seconds * 1e6 / problem.shape.layers;
  return status;
}

void warn_of_empty_layers(bool quiet, const Loads& loads, std::span<const LayerMetrics> metrics) {
  const Layers layers = {metrics, loads.numbers()};
  const auto empty = static_cast<std::int64_t>(summarize(layers)["empty_layers"]);
  if (empty == 0) return;
  say(quiet, "warning",
      std::to_string(empty) + " of " + several(static_cast<std::int64_t>(layers.count()), "layer") +
          (empty == 1
               ? " has no load; any placement of it is as good as another, and it counts as "
                 "balanced"
               : " have no load; any placement of them is as good as another, and they count "
                 "as balanced"));
}

}  // namespace evenkeel
