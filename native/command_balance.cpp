// evenkeel balance: loads in, a placement out, and how good it is.

#include <memory>

#include "core/io/placement_io.hpp"
#include "core/io/result_json.hpp"
#include "core/strategies.hpp"
#include "native/commands.hpp"
#include "native/files.hpp"
#include "native/options.hpp"
#include "native/report_text.hpp"

namespace evenkeel {
namespace {

struct BalanceOptions {
  LoadOptions loads;
  ShapeOptions shape;
  ExecutionOptions execution;
  std::string strategy = std::string(kDefaultStrategy);
  std::uint64_t seed = 0;
  std::string previous;
  std::string out;
  std::string format = "json";
  bool force = false;
  bool json = false;
  bool quiet = false;
};

constexpr const char* kArrays[] = {"phy2log", "log2phy", "logcnt"};

std::string array_path(const BalanceOptions& options, const char* array) {
  return options.out + "/" + array + ".npy";
}

// What would go wrong when writing, found before a long trace is read.
Status check_output(const BalanceOptions& options, const OutputFiles& files) {
  if (options.out.empty() || options.out == "-") return {};
  if (options.format == "json") return files.check(options.out);
  for (const char* array : kArrays) {
    if (Status status = files.check(array_path(options, array)); !status.ok()) return status;
  }
  return {};
}

Status write_placement(const BalanceOptions& options, const ResultOrigin& origin,
                       const Shape& shape, const Result& result, OutputFiles& files) {
  if (options.out == "-") return print_out(placement_json(origin, shape, result));
  if (options.format == "json") {
    if (Status s = files.write(options.out, placement_json(origin, shape, result)); !s.ok()) {
      return s;
    }
    return files.commit();
  }
  const Placement& placement = result.placement;
  const std::int64_t layers = shape.layers;
  const std::int32_t width = largest_count(placement);
  const std::vector<std::int64_t> arrays[] = {{placement.phy2log.begin(), placement.phy2log.end()},
                                              unpack_log2phy(placement, width),
                                              {placement.logcnt.begin(), placement.logcnt.end()}};
  const std::vector<std::int64_t> shapes[] = {
      {layers, shape.slots}, {layers, shape.experts, width}, {layers, shape.experts}};
  for (std::size_t i = 0; i < std::size(kArrays); ++i) {
    const Status status =
        files.write(array_path(options, kArrays[i]), npy_int64(arrays[i], shapes[i]));
    if (!status.ok()) return status;
  }
  return files.commit();
}

// The same loads without a balancer, for comparison.
Status run_contiguous(const Loads& loads, const Shape& shape, const Placement* previous,
                      const Execution& execution, Result& out) {
  const Strategy* contiguous = nullptr;
  if (Status status = find_strategy("contiguous", contiguous); !status.ok()) return status;
  return balance(loads, shape, contiguous->rules, previous, execution, out);
}

Status print_table(const BalanceOptions& options, const Strategy& strategy, const Loads& loads,
                   const Shape& shape, const Placement* previous, const Execution& execution,
                   const Result& result) {
  std::vector<Column> columns;
  Result without;
  if (strategy.name != "contiguous") {
    if (Status s = run_contiguous(loads, shape, previous, execution, without); !s.ok()) return s;
    columns.push_back({"contiguous", without.metrics});
  }
  columns.push_back({std::string(strategy.name), result.metrics});
  return print_out(describe_window(options.loads, loads) + "\n" + describe_shape(shape) + "\n\n" +
                   figures_text(shape, loads.first_layer, columns) + "\nresult hash " +
                   hash_text(result.placement) + " (" + std::string(execution.backend->name) +
                   ")\n");
}

Status run(const BalanceOptions& options) {
  const Strategy* strategy = nullptr;
  if (Status status = find_strategy(options.strategy, strategy); !status.ok()) return status;
  Execution execution;
  if (Status s = resolve_execution(options.execution, execution); !s.ok()) return s;
  OutputFiles files(options.force);
  if (!options.out.empty() && options.out != "-" && options.format == "npy") {
    if (Status status = files.make_folder(options.out); !status.ok()) return status;
  }
  if (Status status = check_output(options, files); !status.ok()) return status;

  Loads loads;
  if (Status status = read_window(options.loads, loads); !status.ok()) return status;
  Shape shape;
  if (Status s = resolve_shape(options.shape, loads, options.quiet, shape); !s.ok()) return s;
  Placement previous;
  if (!options.previous.empty()) {
    Status status = read_placement_path(options.previous, shape.experts, previous);
    if (status.ok()) status = keep_layers(options.previous, options.loads, loads, previous);
    if (!status.ok()) return status;
  }
  const Placement* moved_from = options.previous.empty() ? nullptr : &previous;

  Rules rules = strategy->rules;
  rules.seed = options.seed;
  Result result;
  if (Status s = balance(loads, shape, rules, moved_from, execution, result); !s.ok()) return s;
  const std::string warning = empty_layers_text(result.metrics);
  if (!warning.empty()) say(options.quiet, "warning", warning);
  if (interrupted()) return Status::error("stopped");

  const ResultOrigin origin = {strategy->name, execution.backend->name, options.seed,
                               loads.first_layer};
  if (!options.out.empty()) {
    if (Status s = write_placement(options, origin, shape, result, files); !s.ok()) return s;
  }
  if (options.json) return print_out(result_json(origin, shape, result));
  if (options.quiet || options.out == "-") return {};
  return print_table(options, *strategy, loads, shape, moved_from, execution, result);
}

}  // namespace

void add_balance_command(CLI::App& program, int& exit_status) {
  auto options = std::make_shared<BalanceOptions>();
  CLI::App* app = program.add_subcommand("balance", "balance recorded loads and write a placement");
  add_load_options(*app, options->loads);
  add_gpus_option(*app, options->shape, true);
  add_slot_options(*app, options->shape);
  add_node_options(*app, options->shape);
  app->add_option("--strategy", options->strategy, "see `evenkeel strategies` [deepseek]")
      ->type_name("NAME");
  app->add_option("--seed", options->seed, "seed of the random strategies [0]")->type_name("S");
  app->add_option("--previous", options->previous,
                  "the placement that runs now (JSON file, phy2log .npy or npy folder): count the "
                  "slots that would have to move")
      ->type_name("PLACEMENT");
  add_execution_options(*app, options->execution);
  app->add_option("--out", options->out,
                  "write the placement: a file for json (- for standard output), a folder for npy")
      ->type_name("PATH");
  app->add_option("--format", options->format, "of --out: json or npy [json]")
      ->check(one_of({"json", "npy"}))
      ->type_name("FORMAT");
  app->add_flag("--force", options->force, "replace what --out would overwrite");
  app->add_flag("--json", options->json, "print one JSON object instead of the table");
  app->add_flag("--quiet", options->quiet, "no table, notes or warnings");
  app->footer(
      "Examples:\n"
      "  evenkeel balance example:deepseek --gpus 8 --slots 16 --nodes 2 --groups 4\n"
      "  evenkeel balance trace.npy --gpus 32 --redundant 32 --out placement.json\n"
      "  evenkeel balance trace.npy --steps 300:600 --gpus 8 --slots 40 --previous p\n"
      "  evenkeel balance - --gpus 8 --slots 40 --json < loads.csv\n"
      "Loads are [layers, experts] or [steps, layers, experts]; the steps are summed.");
  app->callback([options, &exit_status] {
    if (options->out == "-" && (options->json || options->format == "npy")) {
      throw CLI::ValidationError("--out - prints the placement as JSON",
                                 "it goes with neither --json nor --format npy");
    }
    const Status status = run(*options);
    exit_status = status.ok() ? kOk : interrupted() ? kInterruptedExit : fail(status);
  });
}

}  // namespace evenkeel
