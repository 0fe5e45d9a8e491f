#include "native/bench_trace.hpp"

#include <sys/resource.h>

#include <algorithm>
#include <chrono>

#include "core/io/npy.hpp"
#include "core/io/read_loads.hpp"
#include "native/input_file.hpp"
#include "native/progress.hpp"
#include "native/report_text.hpp"
#include "native/stop.hpp"
#include "native/table.hpp"

namespace evenkeel {
namespace {

using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point begin) {
  return std::chrono::duration<double>(Clock::now() - begin).count();
}

// The most this process has held so far, in MiB.
double peak_memory() {
  struct rusage usage = {};
  ::getrusage(RUSAGE_SELF, &usage);
  return static_cast<double>(usage.ru_maxrss) / 1024;
}

}  // namespace

Status bench_trace(const std::string& path, std::int64_t window, const ShapeOptions& shape_options,
                   const std::vector<NamedRules>& chosen, const Execution& execution,
                   BenchOutput& out) {
  if (window < 1) {
    return Status::error("--window " + std::to_string(window) + "; there must be at least 1 step");
  }
  InputFile file;
  if (Status status = file.open(path); !status.ok()) return status;
  NpyArray array;
  const NpyWanted wanted = {3, 3, "[steps, layers, experts]"};
  if (Status s = parse_npy(file.bytes(), path, wanted, array); !s.ok()) return s;
  const std::int64_t steps = array.shape[0];
  const std::size_t header = file.bytes().size() - array.data.size();
  const std::size_t step_bytes = array.data.size() / static_cast<std::size_t>(steps);
  window = std::min(window, steps);

  Progress progress("benchmarking " + short_path(path),
                    static_cast<std::int64_t>(file.bytes().size()));
  Loads loads;
  Shape shape;
  Result result;
  std::int64_t windows = 0;
  double sum_seconds = 0;
  std::vector<double> seconds(chosen.size());  // to balance and measure all windows
  for (std::int64_t step = 0; step < steps; step += window, ++windows) {
    const std::int64_t end = std::min(step + window, steps);
    ReadOptions read;
    read.steps = {step, end};
    read.progress = [&](std::size_t consumed) {
      file.release_before(consumed);
      progress.update(static_cast<std::int64_t>(consumed));
      return !interrupted();
    };
    const Clock::time_point reading = Clock::now();
    Status status = read_loads(file.bytes(), path, read, loads);
    // Short windows end before the reader reports progress: their pages are dropped here.
    const std::size_t window_end = header + static_cast<std::size_t>(end) * step_bytes;
    file.release_before(window_end);
    sum_seconds += seconds_since(reading);
    if (step == 0) progress.clear();  // for the note on the shape
    if (status.ok()) status = resolve_shape(shape_options, loads, step > 0, shape);
    for (std::size_t i = 0; i < chosen.size() && status.ok(); ++i) {
      const Clock::time_point balancing = Clock::now();
      status = balance(loads, shape, chosen[i].rules, nullptr, execution, result);
      seconds[i] += seconds_since(balancing);
    }
    if (status.ok() && interrupted()) status = Status::error("stopped");
    if (!status.ok()) return status;
    progress.update(static_cast<std::int64_t>(window_end));
  }
  const auto rows = static_cast<double>(windows * shape.layers);
  const double memory = peak_memory();
  out.begin(execution, shape, chosen);
  for (std::size_t i = 0; i < chosen.size(); ++i) {
    out.add(seconds[i] * 1e6 / rows, seconds[i] / seconds.front(),
            {{"windows", windows},
             {"steps_per_window", window},
             {"bytes", array.data.size()},
             {"sum_seconds", sum_seconds},
             {"peak_memory_mib", memory}});
  }
  const double gigabytes = static_cast<double>(array.data.size()) / 1e9;
  out.end(short_path(path) + ": " + amount(gigabytes) + " GB, " + std::to_string(windows) +
          " window" + plural(windows) + " of " + std::to_string(window) + " step" + plural(window) +
          "\n" + describe_shape(shape) + "\nsummed in " + amount(sum_seconds) + " s, " +
          amount(gigabytes / sum_seconds) + " GB/s; peak memory " + amount(memory) +
          " MiB\nbalanced and measured on " + describe_execution(execution));
  return {};
}

}  // namespace evenkeel
