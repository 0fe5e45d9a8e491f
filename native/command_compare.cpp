// evenkeel compare: all strategies side by side on the same loads.

#include <memory>

#include "core/io/result_json.hpp"
#include "core/strategies.hpp"
#include "native/commands.hpp"
#include "native/files.hpp"
#include "native/problem.hpp"
#include "native/report_text.hpp"
#include "native/table.hpp"

namespace evenkeel {
namespace {

struct CompareOptions {
  ProblemOptions problem;
  std::vector<std::string> strategies;
  bool csv = false;
};

// A strategy's result and how long it took.
struct Compared {
  const Strategy* strategy = nullptr;
  Result result;
  double us_per_layer = 0;
};

Status choose(const std::vector<std::string>& names, std::vector<Compared>& out) {
  if (names.empty()) {
    for (const Strategy& strategy : strategies()) out.push_back({&strategy, {}, 0});
  }
  for (const std::string& name : names) {
    out.emplace_back();
    if (Status status = find_strategy(name, out.back().strategy); !status.ok()) return status;
  }
  return {};
}

Status compute(const Problem& problem, Compared& out) {
  const Rules& rules = out.strategy->rules;
  if (Status s = problem.balance_with(rules, out.result); !s.ok()) return s;
  return problem.time_a_layer(rules, out.us_per_layer);
}

std::string table_text(const std::vector<Compared>& all) {
  Table table({"strategy", "balanced", "worst", "imbalance", "above bound", "same GPU", "moved",
               "us/layer"});
  for (const Compared& compared : all) {
    const Summary summary = summarize(compared.result.metrics);
    const auto worst = static_cast<std::size_t>(summary.worst_layer);
    table.add({std::string(compared.strategy->name), fixed(summary.balancedness, 4),
               fixed(compared.result.metrics[worst].balancedness(), 4), percent(summary.imbalance),
               percent(summary.gap), std::to_string(summary.same_gpu_copies),
               summary.moved_slots < 0 ? "-" : std::to_string(summary.moved_slots),
               amount(compared.us_per_layer)});
  }
  return table.text() +
         "\nbalanced: mean / max GPU load, mean over layers; worst: of the worst layer\n"
         "imbalance: (max - mean) / mean; above bound: max / lower bound - 1\n"
         "same GPU: same-expert copies on one GPU; moved: slots moved since --previous\n";
}

Status run(const CompareOptions& options) {
  std::vector<Compared> all;
  if (Status status = choose(options.strategies, all); !status.ok()) return status;
  Problem problem;
  if (Status status = read_problem(options.problem, problem); !status.ok()) return status;
  std::vector<ComparedResult> results;
  for (Compared& compared : all) {
    if (Status status = compute(problem, compared); !status.ok()) return status;
    results.push_back({compared.strategy->name, &compared.result, compared.us_per_layer});
  }
  warn_of_empty_layers(options.problem.quiet, all.front().result.metrics);
  const ResultOrigin origin = {"", problem.execution.backend->name, problem.seed,
                               problem.loads.first_layer};
  if (options.problem.json) return print_out(comparison_json(origin, problem.shape, results));
  if (options.csv) return print_out(comparison_csv(origin, results));
  if (options.problem.quiet) return {};
  return print_out(describe_window(options.problem.loads, problem.loads) + "\n" +
                   describe_shape(problem.shape) + "\n\n" + table_text(all));
}

}  // namespace

void add_compare_command(CLI::App& program, int& exit_status) {
  auto options = std::make_shared<CompareOptions>();
  CLI::App* app = program.add_subcommand("compare", "all strategies side by side on one window");
  add_problem_options(*app, options->problem);
  app->add_option("--strategies", options->strategies, "only these, separated by commas [all]")
      ->delimiter(',')
      ->type_name("A,B");
  app->add_flag("--csv", options->csv, "print CSV instead of the table");
  app->footer(
      "Examples:\n"
      "  evenkeel compare example:deepseek --gpus 8 --slots 16 --nodes 2 --groups 4\n"
      "  evenkeel compare trace.npy --gpus 32 --slots 288 --previous p.json --csv");
  app->callback([app, options, &exit_status] {
    if (options->csv && options->problem.json) {
      throw CLI::ValidationError("--csv", "goes not with --json: one output, please");
    }
    ProblemOptions& problem = options->problem;
    Status status = complete_from_preset(*app, problem.loads.path, problem.shape);
    if (status.ok()) status = run(*options);
    exit_status = exit_status_of(status);
  });
}

}  // namespace evenkeel
