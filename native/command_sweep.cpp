// evenkeel sweep: figures for several numbers of redundant experts.

#include "core/study/sweep.hpp"

#include <memory>

#include "core/base/numbers.hpp"
#include "core/io/result_json.hpp"
#include "native/commands.hpp"
#include "native/messages.hpp"
#include "native/options.hpp"
#include "native/output_files.hpp"
#include "native/problem.hpp"
#include "native/progress.hpp"
#include "native/report_text.hpp"
#include "native/request_options.hpp"
#include "native/step_input.hpp"
#include "native/stop.hpp"
#include "native/table.hpp"

namespace evenkeel {
namespace {

constexpr std::int64_t kMostPoints = kMaxSlots;
// The steps are read once for this many points, whose placements are kept until then.
constexpr std::size_t kPointsAPass = 40;

struct SweepOptions {
  LoadOptions loads;
  Request request;
  std::int64_t least = 0;
  std::int64_t most = 0;
  bool has_most = false;  // else as many as there are experts
  std::int64_t points = 33;
  ExecutionOptions execution;
  bool json = false;
  bool csv = false;
  bool quiet = false;
};

Status resolve_range(const SweepOptions& options, SweepRange& out) {
  const auto take = [](const char* name, std::int64_t value, std::int64_t least, std::int64_t most,
                       std::int32_t& number) {
    return take_number(Vocabulary::command, name, value, least, most, number);
  };
  Status status = take("least", options.least, 0, kMaxSlots, out.least);
  if (status.ok() && options.has_most) {
    status = take("most", options.most, options.least, kMaxSlots, out.most);
  }
  return status.ok() ? take("points", options.points, 2, kMostPoints, out.most_points) : status;
}

std::string table_text(const Shape& shape, std::span<const SweepPoint> points) {
  FigureTable table({"redundant", "slots", "a GPU"}, kSweep);
  for (const SweepPoint& point : points) {
    table.add({grouped(point.redundant), grouped(point.slots), grouped(point.slots / shape.gpus)},
              point.summary);
  }
  return table.text() + "\n" + table.legend();
}

// Points whose steps have not been scored yet.
class UnscoredPoints {
 public:
  UnscoredPoints(StepInput& input, int threads, bool quiet)
      : input_(input), threads_(threads), quiet_(quiet) {}

  std::size_t size() const { return placed_.size(); }
  void add(const Sweep& sweep) { placed_.push_back({sweep.shape(), sweep.placement(), {}}); }
  // Scores them; they are the last ones of the sweep.
  Status score(Sweep& sweep) {
    std::vector<StepsOfPlacement> all;
    for (Placed& placed : placed_) all.push_back({placed.shape, &placed.placement, &placed.steps});
    if (Status s = input_.score(all, threads_, quiet_); !s.ok()) return s;
    quiet_ = true;  // a note is said once
    const std::size_t first = sweep.points().size() - placed_.size();
    for (std::size_t i = 0; i < placed_.size(); ++i) sweep.set_steps(first + i, placed_[i].steps);
    placed_.clear();
    return {};
  }

 private:
  struct Placed {
    Shape shape;
    Placement placement;
    StepMetrics steps;
  };
  StepInput& input_;
  int threads_;
  bool quiet_;
  std::vector<Placed> placed_;
};

Status run(const SweepOptions& options) {
  const Request request = with_loads(options.request, options.loads);
  if (Status s = check_request(request, Vocabulary::command); !s.ok()) return s;
  NamedRules strategy;
  if (Status s = resolve_strategy(request, Vocabulary::command, strategy); !s.ok()) return s;
  SweepRange range;
  if (Status s = resolve_range(options, range); !s.ok()) return s;
  Execution execution;
  if (Status s = resolve_execution(options.execution, options.quiet, execution); !s.ok()) return s;
  StepInput input;
  if (Status s = input.open(options.loads, options.quiet, true); !s.ok()) return s;
  const Loads& loads = input.loads();
  Shape shape;
  if (Status s = resolve_sweep_for(loads, request, options.quiet, shape); !s.ok()) return s;
  const std::vector<std::int32_t> counts = redundant_counts(shape, range);
  if (counts.empty()) {
    return Status::error("no number of redundant experts in the range gives " +
                         std::to_string(shape.gpus) +
                         " GPUs equal numbers of slots; give a larger --most");
  }
  Sweep sweep;
  if (Status s = sweep.start(loads, shape, strategy.rules, counts, request.bounds); !s.ok())
    return s;
  sweep.want_placements();
  UnscoredPoints unscored(input, execution.threads, options.quiet);
  Progress progress("sweeping", static_cast<std::int64_t>(counts.size()));
  while (!sweep.done() && !interrupted()) {
    if (Status s = sweep.advance(execution); !s.ok()) return s;
    unscored.add(sweep);
    progress.update(static_cast<std::int64_t>(sweep.points().size()));
    if (unscored.size() < kPointsAPass && !sweep.done()) continue;
    progress.clear();
    if (Status s = unscored.score(sweep); !s.ok() && !s.is_stopped()) return s;
  }
  progress.clear();

  // Completed points are also shown if the sweep was stopped, those whose steps were not scored without figures by step.
  const ResultOrigin origin = {&strategy, execution.backend->name, request.seed, loads.numbers()};
  std::string text;
  if (options.json) {
    text = sweep_json(origin, shape, sweep.points());
  } else if (options.csv) {
    text = sweep_csv(sweep.points());
  } else if (!options.quiet) {
    text = describe_window(options.loads, loads) + "\n" + describe_gpus(shape) + "\n" +
           parts_text(strategy) + "\n" + table_text(shape, sweep.points());
  }
  if (Status s = print_out(text); !s.ok()) return s;
  if (sweep.done() && !interrupted()) return {};
  say(options.quiet, "note",
      "stopped after " + std::to_string(sweep.points().size()) + " of " +
          std::to_string(sweep.total()) + " numbers");
  return Status::stopped();
}

}  // namespace

void add_sweep_command(CLI::App& program, Context& context) {
  auto options = std::make_shared<SweepOptions>();
  CLI::App* app =
      program.add_subcommand("sweep", "show figures for several numbers of redundant experts");
  add_load_options(*app, options->loads);
  add_request_options(*app, options->request, {"gpus"});
  add_number(*app, "--least", options->least, "smallest number of redundant experts [0]")
      ->type_name("N");
  add_number(*app, "--most", options->most, "largest number [the number of experts]")
      ->type_name("N")
      ->each([options](const std::string&) { options->has_most = true; });
  add_number(*app, "--points", options->points,
             "maximum number of points, evenly spaced among the valid numbers [33]")
      ->type_name("N");
  add_request_options(*app, options->request, {"nodes", "groups", "policy", "strategy", "effort"});
  add_stage_options(*app, options->request);
  add_request_options(*app, options->request, {"seed", "bounds"});
  add_execution_options(*app, options->execution);
  app->add_flag("--json", options->json, "print JSON instead of the table");
  app->add_flag("--csv", options->csv, "print CSV instead of the table");
  app->add_flag("--quiet", options->quiet, "no table or notes");
  app->footer(
      "Examples:\n"
      "  evenkeel sweep trace.npy --gpus 32\n"
      "  evenkeel sweep synth:kimi-k2 --strategy ref --most 128\n"
      "  evenkeel sweep trace.npy --gpus 32 --least 32 --most 512 --points 9 --csv\n"
      "Ctrl-C stops it and prints the completed points.");
  app->callback([options, &context] {
    if (options->csv && options->json) {
      throw CLI::ValidationError("--csv", "cannot be combined with --json");
    }
    context.exit_status = exit_status_of(run(*options));
  });
}

}  // namespace evenkeel
