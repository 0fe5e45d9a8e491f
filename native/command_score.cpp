// evenkeel score: shows the figures of a given placement.

#include <memory>

#include "core/io/result_json.hpp"
#include "native/commands.hpp"
#include "native/messages.hpp"
#include "native/options.hpp"
#include "native/output_files.hpp"
#include "native/placement_input.hpp"
#include "native/problem.hpp"
#include "native/report_file.hpp"
#include "native/report_text.hpp"
#include "native/request_options.hpp"
#include "native/step_input.hpp"

namespace evenkeel {
namespace {

struct ScoreOptions {
  LoadOptions loads;
  std::string placement;
  Request request;
  ExecutionOptions execution;
  std::string previous;
  std::string report;
  bool force = false;
  bool json = false;
  bool quiet = false;
};

Status run(const ScoreOptions& options, const Context& context) {
  OutputFiles files(options.force);
  options.loads.protect(files);
  files.protect(options.placement);
  files.protect(options.previous);
  if (!options.report.empty()) {
    if (Status status = files.check(options.report); !status.ok()) return status;
  }
  if (Status s = check_request(options.request, Vocabulary::command); !s.ok()) return s;
  Execution execution;
  if (Status s = resolve_execution(options.execution, options.quiet, execution); !s.ok()) return s;
  StepInput input;
  if (Status s = input.open(options.loads, options.quiet, true); !s.ok()) return s;
  Loads loads = input.loads();
  Result result;
  Placement given;
  if (Status s = read_placement_path(options.placement, loads.experts, given); !s.ok()) return s;
  result.placement = given;
  if (Status s = pair_placement(options.placement, options.quiet, loads, result.placement);
      !s.ok()) {
    return s;
  }
  Resolved resolved;
  if (Status s = resolve_scored(options.placement, options.request, loads, Vocabulary::command,
                                result.placement, resolved);
      !s.ok()) {
    return s;
  }
  for (const std::string& note : resolved.notes()) say(options.quiet, "note", note);
  const Shape& shape = resolved.shape;

  Placement previous;
  if (!options.previous.empty()) {
    const bool had_numbers = loads.numbered;
    if (Status s = read_previous(options.previous, options.quiet, shape, loads, previous);
        !s.ok()) {
      return s;
    }
    if (loads.numbered != had_numbers) {  // it has said them; the same rows must be those
      if (Status s = pair_placement(options.placement, true, loads, given); !s.ok()) return s;
      result.placement.first_layer = given.first_layer;
      result.placement.layer_numbers = given.layer_numbers;
    }
  }
  const Placement* moved_from = options.previous.empty() ? nullptr : &previous;
  if (Status s = score(loads, result.placement, shape, moved_from, execution, result.metrics);
      !s.ok()) {
    return s;
  }
  std::vector<LayerMetrics>* const scored[] = {&result.metrics};
  if (Status s =
          certify(loads, shape, options.request.bounds, options.request.seed, execution, scored);
      !s.ok()) {
    return s;
  }
  const StepsOfPlacement steps[] = {{shape, &result.placement, &result.steps}};
  if (Status s = input.score(steps, execution.threads, options.quiet); !s.ok()) return s;
  warn_of_empty_layers(options.quiet, loads, result.metrics);
  const ResultOrigin origin = {nullptr, execution.backend->name, 0, loads.numbers()};
  std::string text;
  if (options.json) {
    text = result_json(origin, shape, result);
  } else if (!options.quiet) {
    text = describe_window(options.loads, loads) + "\n" + describe_shape(shape) + "\n\n" +
           figures_text(shape, loads.numbers(), {{"placement", result.metrics, &result.steps}}) +
           "\nresult hash " + hash_text(result.placement) + " (" + short_path(options.placement) +
           ")\nmap hash " + map_hash_text(result.placement, shape.gpus, loads.numbers()) + "\n";
  }
  Status status = write_report(
      options.report, context.command, options.loads, loads, shape,
      {{short_path(options.placement), &result.placement, result.metrics, -1, {}, &result.steps}},
      0, 0, files);
  if (status.ok()) status = print_out(text);
  return status.ok() ? files.commit() : status;
}

}  // namespace

void add_score_command(CLI::App& program, Context& context) {
  auto options = std::make_shared<ScoreOptions>();
  CLI::App* app = program.add_subcommand("score", "show the figures of a given placement");
  add_load_options(*app, options->loads,
                   "; and last PLACEMENT, a placement as JSON or .npy (ours, SGLang's, vLLM's, "
                   "vllm-ascend's, FastDeploy's, OmniPlacement's), TensorRT-LLM's YAML, or a "
                   "folder with phy2log.npy")
      ->option_text("... PLACEMENT REQUIRED")
      ->expected(2, kMostFiles + 1);
  add_request_options(*app, options->request,
                      {"gpus", "nodes", "groups", "policy", "seed", "bounds"});
  app->add_option("--previous", options->previous,
                  "count the slots that have moved since this placement")
      ->type_name("PLACEMENT");
  add_execution_options(*app, options->execution);
  add_report_option(*app, options->report);
  app->add_flag("--force", options->force, "replace what --report would overwrite");
  app->add_flag("--json", options->json, "print one JSON object instead of the table");
  app->add_flag("--quiet", options->quiet, "no table, notes or warnings");
  app->footer(
      "Examples:\n"
      "  evenkeel score trace.npy placement.json\n"
      "  evenkeel score trace.npy --steps 300:600 sglang.json --gpus 32\n"
      "With --nodes and --groups the lower bound is that of hierarchical placements.");
  app->callback([options, &context] {
    options->placement = options->loads.paths.back();
    options->loads.paths.pop_back();
    if (options->loads.has("-") && options->placement == "-") {
      throw CLI::ValidationError("LOADS and PLACEMENT", "cannot both be standard input");
    }
    context.exit_status = exit_status_of(run(*options, context));
  });
}

}  // namespace evenkeel
