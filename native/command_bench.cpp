// evenkeel bench: measures the speed of strategies.

#include <cstdio>
#include <functional>
#include <memory>

#include "core/traffic/example.hpp"
#include "native/bench_output.hpp"
#include "native/bench_trace.hpp"
#include "native/commands.hpp"
#include "native/execution_options.hpp"
#include "native/messages.hpp"
#include "native/options.hpp"
#include "native/output_files.hpp"
#include "native/progress.hpp"
#include "native/report_text.hpp"
#include "native/request_options.hpp"
#include "native/stop.hpp"
#include "native/timing.hpp"

namespace evenkeel {
namespace {

struct BenchOptions {
  Request request;
  ExecutionOptions execution{"cpu", 1};
  std::vector<std::string> strategies;
  std::int64_t layers = 58;
  std::int64_t experts = 256;
  std::int64_t rows = 5800;
  std::int64_t repeats = 7;
  std::string trace;
  TraceWindows windows;
  bool standard = false;
  bool has_threads = false;
  bool json = false;
};

// The production shapes in native/RESULTS.md.
constexpr Shape kStandardShapes[] = {
    {58, 256, 288, 32, 1, 1}, {58, 256, 288, 32, 4, 8}, {58, 256, 320, 64, 8, 8},
    {94, 128, 160, 32, 1, 1}, {60, 384, 448, 64, 1, 1}, {92, 896, 960, 64, 1, 1},
    {24, 32, 40, 8, 1, 1},
};

constexpr std::int64_t kMostRows = 10'000'000;
constexpr std::int64_t kMostBytes = std::int64_t{8} << 30;  // of loads and placements

Status check_counts(const BenchOptions& options) {
  if (options.rows < 1 || options.rows > kMostRows) {
    return Status::error("--rows " + std::to_string(options.rows) + "; expected 1 to " +
                         std::to_string(kMostRows));
  }
  if (options.repeats < 1 || options.repeats > 1000) {
    return Status::error("--repeats " + std::to_string(options.repeats) + "; expected 1 to 1000");
  }
  if (options.layers < 1 || options.layers > kMaxLayers || options.experts < 1 ||
      options.experts > kMaxExperts) {
    return Status::error(std::to_string(options.layers) + " layers of " +
                         std::to_string(options.experts) + " experts; expected 1 to " +
                         std::to_string(kMaxLayers) + " layers of 1 to " +
                         std::to_string(kMaxExperts) + " experts");
  }
  return {};
}

// Rows of loads and placements for the windows of the benchmark.
struct Rows {
  std::vector<float> loads;
  std::vector<std::int32_t> phy2log, logcnt, log2phy;

  Rows(const Loads& window, const Shape& shape, std::int64_t rows) {
    const auto count = static_cast<std::size_t>(rows);
    loads.resize(count * static_cast<std::size_t>(shape.experts));
    for (std::size_t i = 0; i < loads.size(); ++i) {
      loads[i] = window.values[i % window.values.size()];
    }
    phy2log.resize(count * static_cast<std::size_t>(shape.slots));
    log2phy.resize(phy2log.size());
    logcnt.resize(loads.size());
  }
};

// Measures all chosen strategies on one shape and number of threads. `tick` is called after each run.
Status bench_shape(const BenchOptions& options, const Execution& execution, const Shape& shape,
                   const std::vector<NamedRules>& chosen, const std::function<void()>& tick,
                   BenchOutput& out) {
  const std::int64_t bytes = options.rows * 8 * (std::int64_t{shape.experts} + shape.slots);
  if (bytes > kMostBytes) {
    return Status::error("--rows " + std::to_string(options.rows) + " need " +
                         std::to_string(bytes >> 20) + " MiB for this shape; expected at most " +
                         std::to_string(kMostBytes >> 20) + " MiB");
  }
  Rows rows(skewed_loads(shape.layers, shape.experts, 1), shape, options.rows);
  Batch batch;
  batch.shape = shape;
  batch.rows = options.rows;
  batch.in.loads = rows.loads.data();
  batch.out.placement = {rows.phy2log.data(), rows.logcnt.data(), rows.log2phy.data()};
  batch.threads = execution.threads;
  std::vector<Timing> timings;
  const Status status = time_in_turn(
      options.repeats, chosen.size(),
      [&](std::size_t i) { return execution.backend->run(batch, chosen[i].rules); }, tick, timings);
  if (!status.ok()) return status;
  out.begin(execution, shape, chosen);
  for (const Timing& timing : timings) {
    out.add(timing.seconds * 1e6 / static_cast<double>(options.rows), timing.ratio);
  }
  out.end(describe_shape(shape) + "\n" + std::to_string(options.rows) + " rows, " +
          describe_execution(execution));
  return {};
}

Status run(const BenchOptions& options) {
  if (Status status = check_counts(options); !status.ok()) return status;
  Request request = options.request;
  if (Status s = check_request(request, Vocabulary::command); !s.ok()) return s;
  Execution execution;
  if (Status s = resolve_execution(options.execution, false, execution); !s.ok()) return s;
  std::vector<NamedRules> chosen;
  if (Status s =
          choose_strategies(options.strategies, request.stages, 0, Vocabulary::command, chosen);
      !s.ok()) {
    return s;
  }
  BenchOutput out;
  const auto print = [&] { return print_out(options.json ? out.json() : out.text()); };
  if (!options.trace.empty()) {
    const Status status =
        bench_trace(options.trace, options.windows, request, chosen, execution, out);
    if (!status.ok()) return status;
    const Status printed = print();
    return printed.ok() && interrupted() ? Status::stopped() : printed;
  }
  std::vector<Shape> shapes(std::begin(kStandardShapes), std::end(kStandardShapes));
  std::vector<int> threads = {execution.threads};
  if (options.standard && !options.has_threads) threads = {1, 0};  // one thread, and all cores
  if (!options.standard) {
    Loads window;  // only its sizes are used
    window.layers = static_cast<std::int32_t>(options.layers);
    window.experts = static_cast<std::int32_t>(options.experts);
    window.source = "bench";
    shapes.resize(1);
    const bool has_no_numbers = !request.gpus && !request.slots && !request.redundant;
    if (!request.gpus) request.gpus = kStandardShapes[0].gpus;
    if (has_no_numbers && window.experts == kStandardShapes[0].experts) {
      request.slots = kStandardShapes[0].slots;
    }
    if (Status s = resolve_shape_for(window, request, false, shapes[0]); !s.ok()) return s;
  }
  const std::size_t medians = shapes.size() * threads.size() * chosen.size();
  Progress progress(
      "benchmarking",
      static_cast<std::int64_t>(medians) * (options.repeats + 1));  // plus one warm-up
  std::int64_t runs = 0;
  const auto tick = [&] { progress.update(++runs); };
  for (const Shape& shape : shapes) {
    for (const int count : threads) {
      execution.threads = count;
      const Status status = bench_shape(options, execution, shape, chosen, tick, out);
      if (!status.ok()) return status;
    }
  }
  progress.clear();
  return print();
}

// Rejects options that `option` would ignore.
void exclude(const CLI::App& app, const char* option, const char* what,
             std::initializer_list<const char*> others) {
  for (const char* other : others) {
    if (app.count(option) > 0 && app.count(other) > 0) {
      throw CLI::ValidationError(
          other, std::string("cannot be combined with ") + option + ", which has its own " + what);
    }
  }
}

}  // namespace

void add_bench_command(CLI::App& program, Context& context) {
  auto options = std::make_shared<BenchOptions>();
  CLI::App* app = program.add_subcommand("bench", "measure how fast strategies run here");
  app->add_option("--strategy", options->strategies, "may be repeated [all]")->type_name("NAME");
  add_stage_options(*app, options->request);
  add_number(*app, "--layers", options->layers, "layers per window [58]")->type_name("L");
  add_number(*app, "--experts", options->experts, "experts per layer [256]")->type_name("E");
  add_shape_options(*app, options->request);
  add_number(*app, "--rows", options->rows, "rows (layers of windows) per run [5800]")
      ->type_name("N");
  add_number(*app, "--repeats", options->repeats, "runs; the result is their median [7]")
      ->type_name("N");
  app->add_option("--backend", options->execution.backend, "the back end [cpu]")->type_name("NAME");
  add_number(*app, "--threads", options->execution.threads, "threads, 0 for all cores [1]")
      ->type_name("N");
  app->add_flag("--standard", options->standard,
                "all production shapes, on one thread and on all cores");
  add_path(*app, "--trace", options->trace,
           "use a .npy trace (memory-mapped): sum and balance each of its windows")
      ->type_name("FILE");
  add_number(*app, "--window", options->windows.steps, "steps per window of --trace [300]")
      ->type_name("N");
  add_number(*app, "--every", options->windows.every,
             "steps between the beginnings of windows [the steps per window]")
      ->type_name("N");
  app->add_flag("--json", options->json, "print a list of JSON objects instead of tables");
  app->footer(
      "Examples:\n"
      "  evenkeel bench\n"
      "  evenkeel bench --standard\n"
      "  evenkeel bench --trace trace.npy --window 1000 --gpus 32 --slots 288\n"
      "  evenkeel bench --trace t.npy --window 1000 --every 100 --gpus 8 --slots 40\n"
      "--threads 0\n"
      "  evenkeel bench --experts 384 --slots 448 --gpus 64 --threads 0 --json\n"
      "Without --trace the default is 32 GPUs.");
  app->callback([app, options, &context] {
    exclude(*app, "--standard", "shapes",
            {"--trace", "--layers", "--experts", "--slots", "--redundant", "--gpus", "--nodes",
             "--groups", "--policy"});
    exclude(*app, "--trace", "loads", {"--layers", "--experts", "--rows", "--repeats"});
    for (const char* option : {"--window", "--every"}) {
      if (app->count(option) > 0 && app->count("--trace") == 0) {
        throw CLI::ValidationError(option, "needs --trace FILE");
      }
    }
    options->has_threads = app->count("--threads") > 0;
    context.exit_status = exit_status_of(run(*options));
  });
}

}  // namespace evenkeel
