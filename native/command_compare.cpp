// evenkeel compare: all strategies side by side on the same loads.

#include <memory>

#include "core/io/result_json.hpp"
#include "native/commands.hpp"
#include "native/messages.hpp"
#include "native/output_files.hpp"
#include "native/problem.hpp"
#include "native/progress.hpp"
#include "native/report_file.hpp"
#include "native/report_text.hpp"
#include "native/request_options.hpp"
#include "native/table.hpp"

namespace evenkeel {
namespace {

struct CompareOptions {
  ProblemOptions problem;
  std::vector<std::string> strategies;
  std::string report;
  bool force = false;
  Links links = Links::follow;  // at the name of the report
  bool csv = false;
};

// A strategy's result and its time.
struct Compared {
  NamedRules strategy;
  Result result;
  double us_per_layer = 0;
};

Status compute(const Problem& problem, std::vector<Compared>& all) {
  Progress progress("comparing", static_cast<std::int64_t>(all.size()) * (1 + kTimedRuns));
  std::int64_t runs = 0;
  const auto tick = [&] { progress.update(++runs); };
  for (Compared& compared : all) {
    const Rules& rules = compared.strategy.rules;
    if (Status s = problem.balance_with(rules, compared.result); !s.ok()) return s;
    tick();
    if (Status s = time_a_layer(problem, rules, tick, compared.us_per_layer); !s.ok()) return s;
  }
  std::vector<std::vector<LayerMetrics>*> results;
  for (Compared& compared : all) results.push_back(&compared.result.metrics);
  return problem.certify(results);
}

Status score_all_steps(const Problem& problem, StepInput& input, bool quiet,
                       std::vector<Compared>& all, OtherResult& without) {
  std::vector<StepsOfPlacement> placed = {without.steps()};
  for (Compared& compared : all) {
    placed.push_back({problem.shape, &compared.result.placement, &compared.result.steps});
  }
  return input.score(placed, problem.execution.threads, quiet);
}

std::string table_text(const Problem& problem, const std::vector<Compared>& all,
                       const OtherResult& without) {
  const LayerNumbers numbers = problem.loads.numbers();
  FigureTable table({"strategy"}, kComparison);
  std::string parts;
  std::string best;  // of the highest balancedness, the first of equals
  double highest = -1;
  for (const Compared& compared : all) {
    Summary summary = summarize({compared.result.metrics, numbers, &compared.result.steps});
    summary["us_per_layer"] = compared.us_per_layer;
    table.add({compared.strategy.label}, summary);
    if (summary["balancedness"] > highest) {
      highest = summary["balancedness"];
      best = compared.strategy.label + " is optimal within " +
             figure_text(FigureRow("gap_to_bound").figure(), summary["gap_to_bound"]) +
             " on average.\n";
    }
    if (compared.strategy.name != compared.strategy.label) parts += parts_text(compared.strategy);
  }
  table.add({std::string(kNoBalancer)},
            summarize({without.result.metrics, numbers, &without.result.steps}));
  return table.text() + "\n" + best + (parts.empty() ? "" : "\n") + parts +
         std::string(kNoBalancer) + ": " + describe_no_balancer(problem.shape) + "\n\n" +
         table.legend();
}

// The pictures compare no balancer with the best strategy: the one with the highest balancedness, the first of equals.
Status write_page(const CompareOptions& options, const Context& context, const Problem& problem,
                  const std::vector<Compared>& all, const OtherResult& without,
                  OutputFiles& files) {
  const Result& plain = without.result;
  std::vector<ReportStrategy> strategies = {{std::string(kNoBalancer), &plain.placement,
                                             plain.metrics, -1, describe_no_balancer(problem.shape),
                                             &plain.steps}};
  std::size_t after = 0;
  double best = -1;
  for (std::size_t i = 0; i < all.size(); ++i) {
    const Compared& compared = all[i];
    strategies.push_back({compared.strategy.label, &compared.result.placement,
                          compared.result.metrics, compared.us_per_layer,
                          parts_line(compared.strategy), &compared.result.steps});
    const double balancedness =
        summarize({compared.result.metrics, problem.loads.numbers()})["balancedness"];
    if (balancedness > best) {
      best = balancedness;
      after = i + 1;
    }
  }
  return write_report(options.report, context.command, options.problem.loads, problem.loads,
                      problem.shape, std::move(strategies), 0, after, files);
}

Status run(const CompareOptions& options, const Context& context) {
  std::vector<NamedRules> chosen;
  const Request& request = options.problem.request;
  if (Status s = choose_strategies(options.strategies, request.stages, request.seed,
                                   Vocabulary::command, chosen);
      !s.ok()) {
    return s;
  }
  std::vector<Compared> all;
  for (const NamedRules& strategy : chosen) all.push_back({strategy, {}, 0});
  OutputFiles files(options.force, options.links);
  options.problem.loads.protect(files);
  files.protect(options.problem.previous);
  if (!options.report.empty()) {
    if (Status status = files.check(options.report); !status.ok()) return status;
  }
  StepInput input;
  Problem problem;
  if (Status status = read_problem(options.problem, input, problem); !status.ok()) return status;
  if (Status status = compute(problem, all); !status.ok()) return status;
  OtherResult without;
  if (Status status = place_without_balancer(problem, without); !status.ok()) return status;
  if (Status s = score_all_steps(problem, input, options.problem.quiet, all, without); !s.ok()) {
    return s;
  }
  std::vector<ComparedResult> results;
  for (const Compared& compared : all) {
    results.push_back({&compared.strategy, &compared.result, compared.us_per_layer});
  }
  warn_of_empty_layers(options.problem.quiet, problem.loads, all.front().result.metrics);
  const ResultOrigin origin = {nullptr, problem.execution.backend->name, request.seed,
                               problem.loads.numbers()};
  std::string text;
  if (options.problem.json) {
    text = comparison_json(origin, problem.shape, results);
  } else if (options.csv) {
    text = comparison_csv(origin, results);
  } else if (!options.problem.quiet) {
    text = describe_window(options.problem.loads, problem.loads) + "\n" +
           describe_shape(problem.shape) + "\n\n" + table_text(problem, all, without);
  }
  Status status = write_page(options, context, problem, all, without, files);
  if (status.ok()) status = print_out(text);
  return status.ok() ? files.commit() : status;
}

}  // namespace

void add_compare_command(CLI::App& program, Context& context) {
  auto options = std::make_shared<CompareOptions>();
  CLI::App* app = program.add_subcommand("compare", "all strategies side by side on one window");
  add_problem_options(*app, options->problem);
  app->add_option("--strategies", options->strategies, "only these, separated by commas [all]")
      ->delimiter(',')
      ->type_name("A,B");
  add_stage_options(*app, options->problem.request);
  app->add_flag("--csv", options->csv, "print CSV instead of the table");
  add_report_option(*app, options->report);
  app->add_flag("--force", options->force, "replace what --report would overwrite");
  app->footer(
      "Examples:\n"
      "  evenkeel compare example:deepseek --gpus 8 --slots 16 --nodes 2 --groups 4\n"
      "  evenkeel compare trace.npy --gpus 32 --slots 288 --previous p.json --csv\n"
      "  evenkeel compare trace.npy --gpus 32 --slots 288 --strategies deepseek,keel:25\n"
      "  evenkeel compare synth:deepseek-v3 --tail sainte_lague --refine two_lights\n"
      "  evenkeel compare synth:deepseek-v3 --strategies ref --pack copies_apart\n"
      "With stages, the table also has each named strategy (or deepseek) with them.");
  app->callback([options, &context] {
    if (options->csv && options->problem.json) {
      throw CLI::ValidationError("--csv", "cannot be combined with --json");
    }
    context.exit_status = exit_status_of(run(*options, context));
  });
}

void add_demo_command(CLI::App& program, Context& context) {
  CLI::App* app = program.add_subcommand("demo", "compare all strategies on synthetic traffic");
  app->footer(
      "Writes evenkeel-report.html into this folder; replaces only that of an earlier demo.");
  app->callback([&context] {
    constexpr const char* kReport = "evenkeel-report.html";
    CompareOptions options;
    options.problem.loads.paths = {"synth:deepseek-v3"};
    options.report = kReport;
    options.force = true;
    options.links = Links::replace;
    Status status = check_own_report(kReport, context.command);
    if (status.ok()) status = run(options, context);
    if (status.ok()) {
      status = print_out(std::string("\nOpen ") + kReport +
                         " in a browser. With your own loads, try\n"
                         "  evenkeel balance trace.npy --gpus 32 --redundant 32 --out p.json\n"
                         "With other models or more skew, try\n"
                         "  evenkeel compare synth:kimi-k2,skew=1.5\n");
    }
    context.exit_status = exit_status_of(status);
  });
}

}  // namespace evenkeel
