#include "native/bench_trace.hpp"

#include <sys/resource.h>

#include <algorithm>
#include <chrono>
#include <optional>
#include <span>
#include <utility>

#include "core/base/numbers.hpp"
#include "core/base/text.hpp"
#include "core/batch/raw_steps.hpp"
#include "core/io/loads/read_loads.hpp"
#include "core/model/check.hpp"
#include "core/model/figures.hpp"
#include "native/input_file.hpp"
#include "native/load_options.hpp"
#include "native/messages.hpp"
#include "native/progress.hpp"
#include "native/report_text.hpp"
#include "native/request_options.hpp"
#include "native/stop.hpp"
#include "native/table.hpp"

namespace evenkeel {
namespace {

using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point begin) {
  return std::chrono::duration<double>(Clock::now() - begin).count();
}

// The peak memory of this process so far, in MiB.
double peak_memory() {
  struct rusage usage = {};
  ::getrusage(RUSAGE_SELF, &usage);
  return static_cast<double>(usage.ru_maxrss) / 1024;
}

// Some windows of a trace: their loads, or the recorded steps for back ends that sum them.
struct Windows {
  std::vector<StepRange> ranges;
  std::vector<float> loads;
  Loads first;  // of the first window, for its sizes
};

// The measurements so far.
struct TraceFigures {
  std::int64_t windows = 0;
  double sum_seconds = 0;            // time to read and sum them, if the host did
  std::vector<double> seconds;       // of each strategy: time to balance and measure them
  std::vector<double> balancedness;  // of each strategy, summed over windows
};

class TraceBench {
 public:
  TraceBench(const std::string& path, const TraceWindows& windows, std::size_t strategies)
      : path_(path), asked_(windows) {
    figures.seconds.resize(strategies);
    figures.balancedness.resize(strategies);
  }

  RawSteps raw;
  TraceFigures figures;

  Status open() {
    if (Status status = file_.open(path_); !status.ok()) return status;
    if (Status s = find_steps(file_.bytes(), path_, raw); !s.ok()) return s;
    header_ = static_cast<std::size_t>(raw.data - file_.bytes().data());
    asked_.steps = std::min(asked_.steps, raw.steps);
    if (asked_.every == 0) asked_.every = asked_.steps;
    // Each further window means sending `every` more steps to a device, or else one binary32 per sum.
    gives_steps_ = asked_.every * raw.item_size < std::int64_t{sizeof(float)};
    progress_.emplace("benchmarking " + short_path(path_),
                      static_cast<std::int64_t>(file_.bytes().size()));
    return {};
  }
  bool done() const { return next_ >= raw.steps || last_end_ >= raw.steps; }
  std::int64_t steps_read() const { return last_end_; }
  std::int64_t window_steps() const { return asked_.steps; }
  std::int64_t every() const { return asked_.every; }
  bool gives_steps() const { return gives_steps_; }
  void before_a_note() { progress_->clear(); }

  // Sums the next windows.
  Status read(const Execution& execution, Windows& out) {
    const Clock::time_point begin = Clock::now();
    out.ranges.clear();
    out.loads.clear();
    const std::int64_t most =
        std::max<std::int64_t>(execution.backend->rows_at_once / raw.layers, 1);  // windows
    while (!done() && static_cast<std::int64_t>(out.ranges.size()) < most) {
      const StepRange window = {next_, std::min(next_ + asked_.steps, raw.steps)};
      if (!gives_steps_ || out.ranges.empty()) {
        if (Status status = read_window(window, out); !status.ok()) return status;
      }
      out.ranges.push_back(window);
      last_end_ = window.end;
      next_ += asked_.every;
    }
    if (gives_steps_) out.loads.clear();
    figures.sum_seconds += seconds_since(begin);
    return {};
  }

  // Balances the windows with the i-th strategy.
  Status balance(const Windows& windows, const Shape& shape, const Rules& rules,
                 const Execution& execution, std::size_t i) {
    const Clock::time_point begin = Clock::now();
    metrics_.assign(windows.ranges.size() * static_cast<std::size_t>(shape.layers), {});
    Batch batch;
    batch.shape = shape;
    batch.rows = static_cast<std::int64_t>(metrics_.size());
    batch.work = RowWork::measure_placed;
    batch.out.metrics = metrics_.data();
    batch.threads = execution.threads;
    batch.stop.ask = [](void*) { return interrupted(); };
    batch.in.loads = windows.loads.data();
    if (gives_steps_) {
      batch.in.raw = raw;
      batch.in.windows = windows.ranges.data();
    }
    const Status status = execution.backend->run(batch, rules);
    figures.seconds[i] += seconds_since(begin);
    const auto layers = static_cast<std::size_t>(shape.layers);
    for (std::size_t first = 0; first < metrics_.size(); first += layers) {
      const Layers window = {std::span(metrics_).subspan(first, layers), windows.first.numbers()};
      figures.balancedness[i] += summarize(window)["balancedness"];
    }
    return status.ok() ? status : refuse(path_, status);
  }

  // All windows before the next one are balanced: their pages are no longer needed.
  void finish(const Windows& windows) {
    figures.windows += static_cast<std::int64_t>(windows.ranges.size());
    const std::size_t consumed =
        header_ + static_cast<std::size_t>(done() ? raw.steps : next_) * raw.step_bytes();
    file_.release_before(consumed);
    progress_->update(static_cast<std::int64_t>(consumed));
  }

 private:
  Status read_window(const StepRange& window, Windows& out) {
    ReadOptions read;
    read.steps = {window.begin, window.end};
    read.find_dense_layers = window.begin == 0;
    read.progress = [&](std::size_t consumed) {
      // Overlapping windows read the later part again.
      if (asked_.every >= asked_.steps) file_.release_before(consumed);
      progress_->update(static_cast<std::int64_t>(consumed));
      return !interrupted();
    };
    Loads loads;
    if (Status s = read_loads(file_.bytes(), path_, read, loads); !s.ok()) return s;
    Shape sizes;
    sizes.layers = loads.layers;
    sizes.experts = loads.experts;
    if (Status status = check_loads(loads, sizes); !status.ok()) return status;
    // The reader reports no progress for short windows: their pages are released here.
    if (asked_.every >= asked_.steps) {
      file_.release_before(header_ + static_cast<std::size_t>(window.end) * raw.step_bytes());
    }
    out.loads.insert(out.loads.end(), loads.values.begin(), loads.values.end());
    if (window.begin == 0) out.first = std::move(loads);
    return {};
  }

  const std::string& path_;
  TraceWindows asked_;
  InputFile file_;
  std::optional<Progress> progress_;
  std::size_t header_ = 0;
  std::int64_t next_ = 0;
  std::int64_t last_end_ = 0;
  bool gives_steps_ = false;
  std::vector<LayerMetrics> metrics_;
};

}  // namespace

Status bench_trace(const std::string& path, const TraceWindows& windows, const Request& request,
                   const std::vector<NamedRules>& chosen, const Execution& execution,
                   BenchOutput& out) {
  if (windows.steps < 1) {
    return Status::error("--window " + std::to_string(windows.steps) +
                         "; expected at least 1 step");
  }
  if (windows.every < 0) {
    return Status::error("--every " + std::to_string(windows.every) +
                         "; expected at least 1 step between windows");
  }
  TraceBench bench(path, windows, chosen.size());
  if (Status status = bench.open(); !status.ok()) return status;
  Windows some;
  Shape shape;
  Status status;
  while (status.ok() && !bench.done()) {
    const bool first = bench.figures.windows == 0;
    // Strategies are compared: a window counts for all of them or for none.
    const TraceFigures before = bench.figures;
    status = bench.read(execution, some);
    if (status.ok() && first) {
      bench.before_a_note();
      status = resolve_shape_for(some.first, request, false, shape);
    }
    for (std::size_t i = 0; i < chosen.size() && status.ok(); ++i) {
      status = bench.balance(some, shape, chosen[i].rules, execution, i);
    }
    if (status.ok() && interrupted()) status = Status::stopped();
    if (status.ok()) {
      bench.finish(some);
    } else {
      bench.figures = before;
    }
  }
  const TraceFigures& figures = bench.figures;
  if (!status.ok() && (!status.is_stopped() || figures.windows == 0)) return status;

  const double rows = static_cast<double>(figures.windows) * shape.layers;
  const double memory = peak_memory();
  const std::size_t bytes = static_cast<std::size_t>(bench.steps_read()) * bench.raw.step_bytes();
  out.begin(execution, shape, chosen);
  for (std::size_t i = 0; i < chosen.size(); ++i) {
    out.add(figures.seconds[i] * 1e6 / rows, figures.seconds[i] / figures.seconds.front(),
            {{"windows", figures.windows},
             {"steps_per_window", bench.window_steps()},
             {"steps_between_windows", bench.every()},
             {"balancedness", figures.balancedness[i] / static_cast<double>(figures.windows)},
             {"bytes", bytes},
             {"sum_seconds", figures.sum_seconds},
             {"peak_memory_mib", memory}});
  }
  const double gigabytes = static_cast<double>(bytes) / 1e9;
  std::string heading =
      short_path(path) + ": " + amount(gigabytes) + " GB, " +
      ascii(counted(figures.windows, "window") + " of " + counted(bench.window_steps(), "step"));
  if (bench.every() != bench.window_steps()) {
    heading += ", one every " + std::to_string(bench.every());
  }
  if (status.is_stopped()) heading += ", then stopped";
  heading += "\n" + describe_shape(shape) + "\n";
  heading += bench.gives_steps() ? "summed by the back end"
                                 : "summed in " + amount(figures.sum_seconds) + " s";
  out.end(heading + "; peak memory " + amount(memory) + " MiB\nbalanced and measured on " +
          describe_execution(execution));
  return {};
}

}  // namespace evenkeel
