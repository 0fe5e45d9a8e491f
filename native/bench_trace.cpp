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

// The most memory this process has held so far, in MiB.
double peak_memory() {
  struct rusage usage = {};
  ::getrusage(RUSAGE_SELF, &usage);
  return static_cast<double>(usage.ru_maxrss) / 1024;
}

}  // namespace

Status bench_trace(const std::string& path, std::int64_t window, const ShapeOptions& shape_options,
                   const Rules& rules, const Execution& execution, std::string& text) {
  InputFile file;
  if (Status status = file.open(path); !status.ok()) return status;
  NpyArray array;
  const NpyWanted wanted = {3, 3, "[steps, layers, experts]"};
  if (Status s = parse_npy(file.bytes(), path, wanted, array); !s.ok()) return s;
  const std::int64_t steps = array.shape[0];
  const std::size_t header = file.bytes().size() - array.data.size();
  const std::size_t step_bytes = array.data.size() / static_cast<std::size_t>(steps);

  const auto begin = std::chrono::steady_clock::now();
  Progress progress("benchmarking " + short_path(path),
                    static_cast<std::int64_t>(file.bytes().size()));
  Loads loads;
  Shape shape;
  Result result;
  std::int64_t windows = 0;
  for (std::int64_t step = 0; step < steps; step += window, ++windows) {
    const std::int64_t end = std::min(step + window, steps);
    ReadOptions read;
    read.steps = {step, end};
    read.progress = [&](std::size_t consumed) {
      file.release_before(consumed);
      progress.update(static_cast<std::int64_t>(consumed));
      return !interrupted();
    };
    Status status = read_loads(file.bytes(), path, read, loads);
    // Short windows end before the reader reports progress: their pages are dropped here.
    const std::size_t window_end = header + static_cast<std::size_t>(end) * step_bytes;
    file.release_before(window_end);
    if (step == 0) progress.clear();  // for the note on the shape
    if (status.ok()) status = resolve_shape(shape_options, loads, step > 0, shape);
    if (status.ok()) status = balance(loads, shape, rules, nullptr, execution, result);
    if (status.ok() && interrupted()) status = Status::error("stopped");
    if (!status.ok()) return status;
    progress.update(static_cast<std::int64_t>(window_end));
  }
  const std::chrono::duration<double> time = std::chrono::steady_clock::now() - begin;
  const double bytes = static_cast<double>(array.data.size());
  const double rows = static_cast<double>(windows * shape.layers);
  text = short_path(path) + ": " + amount(bytes / 1e9) + " GB, " + std::to_string(windows) +
         " window" + plural(windows) + " of " + std::to_string(window) + " steps\n" +
         describe_shape(shape) + "\n" + amount(time.count()) +
         " s: " + amount(bytes / 1e9 / time.count()) + " GB/s summed, " +
         amount(rows / time.count()) + " rows/s balanced and measured; peak memory " +
         amount(peak_memory()) + " MiB\n";
  return {};
}

}  // namespace evenkeel
