// evenkeel replay: plans placements from the past of a trace and scores them on what comes after, step by step.

#include <memory>
#include <optional>

#include "core/base/text.hpp"
#include "core/io/replay_json.hpp"
#include "core/io/result_json.hpp"
#include "core/replay/replay.hpp"
#include "core/replay/resolve_replay.hpp"
#include "core/report/replay_html.hpp"
#include "core/request/models.hpp"
#include "native/commands.hpp"
#include "native/execution_options.hpp"
#include "native/load_options.hpp"
#include "native/messages.hpp"
#include "native/options.hpp"
#include "native/output_files.hpp"
#include "native/placement_input.hpp"
#include "native/progress.hpp"
#include "native/replay_text.hpp"
#include "native/report_file.hpp"
#include "native/report_text.hpp"
#include "native/request_options.hpp"
#include "native/step_input.hpp"
#include "native/stop.hpp"
#include "native/table.hpp"

namespace evenkeel {
namespace {

constexpr std::int64_t kBlockSteps = 256;
constexpr std::int64_t kMostExpertBytes = std::int64_t{1} << 40;

struct ReplayCommand {
  LoadOptions loads;
  Request request;
  ExecutionOptions execution;
  std::string policies{kDefaultPolicies};
  ReplayOptions replay;
  std::optional<std::int64_t> from;
  std::string threshold;
  std::string map;
  std::string model;
  std::int64_t expert_bytes = 0;
  std::string report;
  bool force = false;
  bool json = false;
  bool csv = false;
  bool quiet = false;
};

Status read_threshold(const std::string& text, double& out) {
  if (text.empty()) return {};
  std::size_t end = 0;
  try {
    out = std::stod(text, &end);
  } catch (const std::exception&) {
    end = 0;
  }
  if (end == text.size() && out > 0 && out <= 1) return {};
  return Status::error("--threshold is " + in_quotes(text) +
                       "; expected a balancedness above 0, at most 1");
}

// Finds errors before a long trace is read. expert_bytes: 0 if they are to be guessed.
Status check_words(const ReplayCommand& command, std::int64_t& expert_bytes, double& threshold) {
  std::vector<ReplayPolicy> policies;
  if (Status s = parse_policies(command.policies, Vocabulary::command, policies); !s.ok()) return s;
  expert_bytes = command.expert_bytes;
  if (!command.model.empty()) {
    const KnownModel* model = nullptr;
    if (Status s = find_model(command.model, model); !s.ok()) return s;
    expert_bytes = model->expert_bytes();
  }
  return read_threshold(command.threshold, threshold);
}

std::int64_t guess_expert_bytes(const Loads& loads, bool quiet) {
  const ExpertSize guess =
      guess_expert_size(loads.layers - std::ssize(loads.dense_layers), loads.experts);
  if (!guess.note.empty()) say(quiet, "note", guess.note);
  return guess.bytes;
}

// The placement of --map, for these layers and GPUs.
Status read_given(const ReplayCommand& command, const Shape& shape, Loads& loads, Placement& out) {
  if (Status s = read_placement_for(command.map, command.quiet, loads, out); !s.ok()) return s;
  if (out.gpus == 0) out.gpus = shape.gpus;
  if (out.gpus != shape.gpus || out.slots % out.gpus != 0) {
    return refuse(command.map, "has ", several(out.slots, "slot"), " on ", several(out.gpus, "GPU"),
                  "; the deployment has ", several(shape.gpus, "GPU"));
  }
  return {};
}

// Feeds all steps. A stop between two intervals leaves those before it.
Status feed(StepSource& source, const Execution& execution, Replay& replay) {
  Progress progress("replaying", replay.steps());
  StopQuestion stop;
  stop.ask = [](void*) { return interrupted(); };
  RawSteps block;
  std::int64_t taken = 0;
  while (!replay.done()) {
    if (interrupted()) return Status::stopped();
    if (!replay.wants_steps()) {
      if (Status s = replay.advance(kMaxLayers, execution, stop); !s.ok()) return s;
      continue;
    }
    if (taken == block.steps) {
      if (Status s = source.next(kBlockSteps, block); !s.ok()) return s;
      taken = 0;
    }
    taken += replay.take(block, taken, source.rows(), execution);
    progress.update(replay.step());
  }
  return {};
}

Status run(const ReplayCommand& command, const Context& context) {
  OutputFiles files(command.force);
  command.loads.protect(files);
  files.protect(command.map);
  if (!command.report.empty()) {
    if (Status s = files.check(command.report); !s.ok()) return s;
  }
  const Request request = with_loads(command.request, command.loads);
  if (Status s = check_request(request, Vocabulary::command); !s.ok()) return s;
  NamedRules strategy;
  if (Status s = resolve_strategy(request, Vocabulary::command, strategy); !s.ok()) return s;
  ReplayOptions options = command.replay;
  options.bounds = request.bounds;
  ReplayOrigin origin;
  if (Status s = check_words(command, origin.expert_bytes, options.threshold); !s.ok()) return s;
  Execution execution;
  if (Status s = resolve_execution(command.execution, command.quiet, execution); !s.ok()) return s;
  if (execution.backend->is_device) {
    say(command.quiet || command.execution.backend == "auto", "note",
        "replay computes on the processor: it reads each step once, and plans one window at a "
        "time, which are too few layers for a device");
    execution.backend = &backends().front();
  }
  StepInput input;
  if (Status s = input.open(command.loads, command.quiet, false); !s.ok()) return s;
  Loads loads = input.source().loads();
  Shape shape;
  if (Status s = resolve_shape_for(loads, request, command.quiet, shape); !s.ok()) return s;
  if (origin.expert_bytes == 0) origin.expert_bytes = guess_expert_bytes(loads, command.quiet);
  Placement given;
  if (!command.map.empty()) {
    if (Status s = read_given(command, shape, loads, given); !s.ok()) return s;
  }
  ReplaySetup setup;
  if (Status s = resolve_replay(shape, command.policies, std::span(&strategy, 1),
                                command.map.empty() ? nullptr : &given, Vocabulary::command, setup);
      !s.ok()) {
    return s;
  }
  if (command.from) {
    options.from = *command.from - loads.first_step;
    if (options.from < 0) {
      return Status::error("--from " + std::to_string(*command.from) + ": expected a step from " +
                           std::to_string(loads.first_step) + " on");
    }
  }
  Replay replay;
  if (Status s = replay.start(setup, options, loads.numbers(), input.source().steps(),
                              Vocabulary::command);
      !s.ok()) {
    return s.reworded(short_path(command.loads.paths.front()) + ": " + s.sentence());
  }
  const Status status = feed(input.source(), execution, replay);
  if (!status.ok() && (!status.is_stopped() || replay.intervals().empty())) return status;

  origin.layers = loads.numbers();
  origin.first_step = loads.first_step;
  origin.backend = execution.backend->name;
  origin.seed = request.seed;
  std::string text;
  if (command.json) {
    text = replay_json(origin, replay);
  } else if (command.csv) {
    text = replay_csv(origin, replay);
  } else if (!command.quiet) {
    text = describe_window(command.loads, loads) + "\n" + describe_shape(shape) +
           "\na plan every " + several(options.every, "step") + ", by " + strategy.label +
           " where the policy has no planner of its own\nscored on steps " +
           std::to_string(origin.first_step + replay.first_scored()) + ":" +
           std::to_string(origin.first_step + replay.step()) + "\n\n" +
           replay_text(replay, origin.expert_bytes) + "\nreplay hash " + hex_text(replay.hash()) +
           " (" + std::string(origin.backend) + ")\n";
  }
  if (!command.report.empty()) {
    const ReplayReport report = {describe_window(command.loads, loads),
                                 context.command,
                                 EVENKEEL_VERSION,
                                 &replay,
                                 origin.first_step,
                                 origin.expert_bytes,
                                 hex_text(replay.hash())};
    if (Status s = files.write(command.report, replay_html(report)); !s.ok()) return s;
  }
  if (Status s = print_out(text); !s.ok()) return s;
  if (Status s = files.commit(); !s.ok()) return s;
  if (status.is_stopped()) {
    say(command.quiet, "note",
        "stopped after " + std::to_string(replay.step()) + " of " +
            several(replay.steps(), "step"));
  }
  return status;
}

}  // namespace

void add_replay_command(CLI::App& program, Context& context) {
  auto command = std::make_shared<ReplayCommand>();
  CLI::App* app =
      program.add_subcommand("replay", "plan from the past, score each step that comes after");
  add_load_options(*app, command->loads);
  add_number(*app, "--every", command->replay.every, "steps between two plans [300]")
      ->type_name("N");
  add_number(*app, "--delay", command->replay.delay,
             "steps from a plan until its placement is in force [0]")
      ->type_name("N");
  app->add_option(
         "--from", command->from,
         "first scored step, numbered as in the trace; steps before the plan that is in force then "
         "are only history [that of the first plan in force]")
      ->type_name("N");
  app->add_option("--threshold", command->threshold,
                  "plan only if the balancedness by the step since the last plan is below [plan "
                  "always]")
      ->type_name("X");
  app->add_option("--policies", command->policies,
                  "what placements are planned from, with commas between them; see below [" +
                      std::string(kDefaultPolicies) + "]")
      ->type_name("LIST");
  add_path(*app, "--map", command->map,
           "also score a placement that stays, in any form that `score` reads")
      ->type_name("PLACEMENT");
  add_shape_options(*app, command->request);
  add_request_options(*app, command->request, {"strategy", "effort"});
  add_stage_options(*app, command->request);
  app->add_option("--model", command->model,
                  "the model, for the bytes that move [guessed from layers and experts]")
      ->type_name("NAME");
  add_number(*app, "--expert-bytes", command->expert_bytes,
             "the bytes of one expert's weights, instead of --model")
      ->type_name("N")
      ->excludes("--model");
  app->add_flag_callback(
      "--no-split", [command] { command->replay.splits = false; },
      "do not compute what the imbalance consists of");
  add_request_options(*app, command->request, {"seed", "bounds"});
  add_execution_options(*app, command->execution);
  add_report_option(*app, command->report);
  app->add_flag("--force", command->force, "replace what --report would overwrite");
  app->add_flag("--json", command->json, "print JSON instead of the tables");
  app->add_flag("--csv", command->csv, "print CSV, a row for each interval and policy");
  app->add_flag("--quiet", command->quiet, "no table or notes");
  std::string kinds;
  for (const PolicyKind& kind : policy_kinds()) {
    kinds += wrapped("  " + std::string(kind.name) + ": " + std::string(kind.sentence), 4);
  }
  app->footer("Policies:\n" + kinds +
              "Examples:\n"
              "  evenkeel replay trace.npy --gpus 8 --redundant 8 --every 300\n"
              "  evenkeel replay trace.npy --gpus 8 --redundant 8 --every 100 \\\n"
              "    --policies last,ewma:50,mean_of_max:400:0.004 --strategy deepseek\n"
              "Ctrl-C stops it and shows the finished intervals.");
  app->callback([command, &context] {
    if (command->csv && command->json) {
      throw CLI::ValidationError("--csv", "cannot be combined with --json");
    }
    if (command->expert_bytes < 0 || command->expert_bytes > kMostExpertBytes) {
      throw CLI::ValidationError("--expert-bytes is " + std::to_string(command->expert_bytes) +
                                 "; expected 1 to " + std::to_string(kMostExpertBytes));
    }
    context.exit_status = exit_status_of(run(*command, context));
  });
}

}  // namespace evenkeel
