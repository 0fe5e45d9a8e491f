// evenkeel balance: computes a placement from loads and shows its figures.

#include <algorithm>
#include <filesystem>
#include <memory>

#include "core/base/text.hpp"
#include "core/io/formats/npy.hpp"
#include "core/io/placements/placement_io.hpp"
#include "core/io/result_json.hpp"
#include "core/model/check.hpp"
#include "core/model/placement.hpp"
#include "native/commands.hpp"
#include "native/export_files.hpp"
#include "native/messages.hpp"
#include "native/options.hpp"
#include "native/output_files.hpp"
#include "native/problem.hpp"
#include "native/report_file.hpp"
#include "native/report_text.hpp"
#include "native/request_options.hpp"
#include "native/stop.hpp"

namespace evenkeel {
namespace {

struct BalanceOptions {
  ProblemOptions problem;
  std::string out;
  std::string report;
  ExportOptions exports;
  std::string format = "json";
  bool force = false;
};

struct Output {
  std::string option;
  std::string path;
};

// Two options must not write the same file.
Status check_apart(const BalanceOptions& options) {
  std::vector<Output> outputs;
  if (!options.out.empty() && options.out != "-") {
    outputs.push_back({"--out", options.out});
    if (options.format == "npy") {
      for (const char* array : kArrayFiles) {
        outputs.push_back({"--out", options.out + "/" + array});
      }
    }
  }
  const std::size_t placement_outputs = outputs.size();
  for (const ExportFile& file : options.exports.files) {
    outputs.push_back({"--export " + std::string(file.format->name), file.path});
  }
  if (!options.report.empty()) outputs.push_back({"--report", options.report});
  for (std::size_t i = 0; i < outputs.size(); ++i) {
    for (std::size_t j = std::max(i + 1, placement_outputs); j < outputs.size(); ++j) {
      if (!same_file(outputs[i].path, outputs[j].path)) continue;
      return refuse(outputs[i].path, outputs[i].option, " and ", outputs[j].option,
                    " both write it; use different files");
    }
  }
  return {};
}

// Finds errors of writing before a long trace is read.
Status check_output(const BalanceOptions& options, const OutputFiles& files) {
  if (!options.report.empty()) {
    if (Status status = files.check(options.report); !status.ok()) return status;
  }
  if (Status status = check_apart(options); !status.ok()) return status;
  if (Status status = check_exports(options.exports, files); !status.ok()) return status;
  if (options.out.empty() || options.out == "-") return {};
  if (options.format == "json") return files.check(options.out);
  return files.check_folder(options.out, {std::begin(kArrayFiles), std::end(kArrayFiles)});
}

// Writes to temporary names next to --out; commit publishes them.
Status write_placement(const BalanceOptions& options, const ResultOrigin& origin,
                       const Shape& shape, const Result& result, OutputFiles& files) {
  if (options.out.empty() || options.out == "-") return {};
  if (options.format == "json") {
    return files.write(options.out, placement_json(origin, shape, result));
  }
  const Placement& placement = result.placement;
  const std::int64_t layers = shape.layers;
  const std::int32_t width = largest_count(placement);
  const std::vector<std::int64_t> arrays[] = {{placement.phy2log.begin(), placement.phy2log.end()},
                                              unpack_log2phy(placement, width),
                                              {placement.logcnt.begin(), placement.logcnt.end()}};
  const std::vector<std::int64_t> shapes[] = {
      {layers, shape.slots}, {layers, shape.experts, width}, {layers, shape.experts}};
  std::vector<FolderFile> contents;
  for (std::size_t i = 0; i < std::size(kArrayFiles); ++i) {
    contents.push_back({kArrayFiles[i], npy_int64(arrays[i], shapes[i])});
  }
  return files.write_folder(options.out, contents);
}

// A result, the result without a balancer (empty if it is the same) and, with --previous, the current
// placement.
struct Comparison {
  Result result;
  OtherResult without;
  OtherResult previous;

  bool has_without() const { return !without.result.metrics.empty(); }
};

Status score_all_steps(const BalanceOptions& options, const Problem& problem, StepInput& input,
                       Comparison& all) {
  std::vector<StepsOfPlacement> placed = {
      {problem.shape, &all.result.placement, &all.result.steps}};
  if (all.has_without()) placed.push_back(all.without.steps());
  if (problem.previous) placed.push_back(all.previous.steps());
  return input.score(placed, problem.execution.threads, options.problem.quiet);
}

std::string table_text(const BalanceOptions& options, const NamedRules& strategy,
                       const Problem& problem, const Comparison& all) {
  std::vector<Column> columns;
  if (all.has_without()) {
    const Result& without = all.without.result;
    columns.push_back({std::string(kNoBalancer), without.metrics, &without.steps});
  }
  if (problem.previous) {
    const Result& previous = all.previous.result;
    columns.push_back({"previous", previous.metrics, &previous.steps});
  }
  columns.push_back({strategy.label, all.result.metrics, &all.result.steps});
  return describe_window(options.problem.loads, problem.loads) + "\n" +
         describe_shape(problem.shape) + "\n" + parts_text(strategy) +
         (all.has_without()
              ? std::string(kNoBalancer) + ": " + describe_no_balancer(problem.shape) + "\n"
              : "") +
         "\n" + figures_text(problem.shape, problem.loads.numbers(), columns) + "\nresult hash " +
         hash_text(all.result.placement) + " (" + std::string(problem.execution.backend->name) +
         ")\nmap hash " +
         map_hash_text(all.result.placement, problem.shape.gpus, problem.loads.numbers()) + "\n";
}

Status write_page(const BalanceOptions& options, const Context& context, const NamedRules& strategy,
                  const Problem& problem, const Comparison& all, OutputFiles& files) {
  std::vector<ReportStrategy> strategies;
  if (all.has_without()) {
    const Result& without = all.without.result;
    strategies.push_back({std::string(kNoBalancer), &without.placement, without.metrics, -1,
                          describe_no_balancer(problem.shape), &without.steps});
  }
  // The report's pictures show one number of slots and GPUs.
  const Result& previous = all.previous.result;
  if (problem.previous && previous.placement.slots == problem.shape.slots &&
      previous.placement.gpus == problem.shape.gpus) {
    strategies.push_back(
        {"previous", &previous.placement, previous.metrics, -1, {}, &previous.steps});
  }
  strategies.push_back({strategy.label, &all.result.placement, all.result.metrics, -1,
                        parts_line(strategy), &all.result.steps});
  const std::size_t after = strategies.size() - 1;
  const std::size_t before = after == 0 ? 0 : after - 1;  // the current placement, if known
  return write_report(options.report, context.command, options.problem.loads, problem.loads,
                      problem.shape, std::move(strategies), before, after, files);
}

Status print_result(const BalanceOptions& options, const ResultOrigin& origin,
                    const NamedRules& strategy, const Problem& problem, const Comparison& all) {
  const Result& result = all.result;
  if (options.out == "-") return print_out(placement_json(origin, problem.shape, result));
  if (options.problem.json) return print_out(result_json(origin, problem.shape, result));
  if (options.problem.quiet) return {};
  return print_out(table_text(options, strategy, problem, all));
}

Status run(const BalanceOptions& options, const Context& context) {
  NamedRules strategy;
  Status status = resolve_strategy(options.problem.request, Vocabulary::command, strategy);
  if (!status.ok()) return status;
  OutputFiles files(options.force);
  options.problem.loads.protect(files);
  files.protect(options.problem.previous);
  status = check_output(options, files);
  if (!status.ok()) return status;

  StepInput input;
  Problem problem;
  status = read_problem(options.problem, input, problem);
  if (!status.ok()) return status;
  Comparison all;
  status = problem.balance_with(strategy.rules, all.result);
  const bool is_plain =
      strategy.label == kContiguous && problem.shape == without_redundancy(problem.shape);
  if (status.ok() && !is_plain) status = place_without_balancer(problem, all.without);
  std::vector<LayerMetrics>* const computed[] = {&all.result.metrics};
  if (status.ok()) status = problem.certify(computed);
  if (status.ok() && problem.previous) status = score_previous(problem, all.previous);
  if (status.ok()) status = score_all_steps(options, problem, input, all);
  if (!status.ok()) return status;
  warn_of_empty_layers(options.problem.quiet, problem.loads, all.result.metrics);
  if (interrupted()) return Status::stopped();

  const ResultOrigin origin = {&strategy, problem.execution.backend->name,
                               options.problem.request.seed, problem.loads.numbers(),
                               problem.loads.numbered};
  status = write_placement(options, origin, problem.shape, all.result, files);
  ExportMessages messages;
  if (status.ok()) {
    status = write_exports(options.exports, problem.loads, all.result.placement, files, messages);
  }
  if (status.ok()) status = write_page(options, context, strategy, problem, all, files);
  if (status.ok()) status = print_result(options, origin, strategy, problem, all);
  // Last, so that a failed run leaves no files.
  if (status.ok()) status = files.commit();
  if (status.ok()) messages.say_all(options.problem.quiet);
  return status;
}

}  // namespace

void add_balance_command(CLI::App& program, Context& context) {
  auto options = std::make_shared<BalanceOptions>();
  CLI::App* app = program.add_subcommand("balance", "balance recorded loads and write a placement");
  add_problem_options(*app, options->problem);
  add_request_options(*app, options->problem.request, {"strategy", "effort"});
  add_stage_options(*app, options->problem.request);
  add_path(*app, "--out", options->out,
           "write the placement: a file for json (- for standard output), a folder for npy");
  app->add_option("--format", options->format, "of --out: json or npy [json]")
      ->check(one_of({"json", "npy"}))
      ->type_name("FORMAT");
  add_export_options(*app, options->exports);
  add_report_option(*app, options->report);
  app->add_flag("--force", options->force, "replace what outputs would overwrite");
  app->footer(
      "Examples:\n"
      "  evenkeel balance example:deepseek --gpus 8 --slots 16 --nodes 2 --groups 4\n"
      "  evenkeel balance trace.npy --gpus 32 --redundant 32 --out placement.json\n"
      "  evenkeel balance trace.npy --gpus 32 --redundant 32 --export sglang:plan.json\n"
      "  evenkeel balance trace.npy --gpus 32 --redundant 32 --effort max\n"
      "  evenkeel balance trace.npy --steps 300:600 --gpus 8 --slots 40 --previous p\n"
      "  evenkeel balance - --gpus 8 --slots 40 --json < loads.csv\n"
      "Loads are [layers, experts] or [steps, layers, experts]; the steps are summed.");
  app->callback([options, &context] {
    if (options->out == "-" && (options->problem.json || options->format == "npy")) {
      throw CLI::ValidationError("--out - prints the placement as JSON",
                                 "it cannot be combined with --json or --format npy");
    }
    if (options->format == "npy" && options->out.empty()) {
      throw CLI::ValidationError("--format npy", "needs --out FOLDER");
    }
    if (options->format == "json" && options->out.ends_with(".npy")) {
      throw CLI::ValidationError("--out", "writes JSON; for arrays use --format npy and a folder");
    }
    if (options->format == "npy" && options->out.ends_with(".npy")) {
      throw CLI::ValidationError("--out", "names a folder for the three arrays of --format npy");
    }
    check_export_options(options->exports);
    context.exit_status = exit_status_of(run(*options, context));
  });
}

}  // namespace evenkeel
