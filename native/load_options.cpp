#include "native/load_options.hpp"

#include "core/base/text.hpp"
#include "core/io/read_loads.hpp"
#include "core/io/read_synth.hpp"
#include "core/traffic/example.hpp"
#include "native/decompress.hpp"
#include "native/input_file.hpp"
#include "native/options.hpp"
#include "native/progress.hpp"
#include "native/stop.hpp"

namespace evenkeel {

void add_load_options(CLI::App& app, LoadOptions& options) {
  add_path(app, "LOADS", options.path,
           "recorded loads: a .npy, .json or .csv file, - for standard input, "
           "synth:PRESET[,seed=N,steps=N,skew=X] (see `evenkeel synth`), or " +
               std::string(kExampleName))
      ->type_name("")
      ->required();
  add_range(app, "--steps", options.steps, "recorded steps A to B-1 to sum, counted from 0 [all]");
  add_range(app, "--layers", options.layers, "layers A to B-1 to use, counted from 0 [all]");
}

std::string short_path(const std::string& path) { return shown_name(path, 48); }

Status read_window(const LoadOptions& options, Loads& out) {
  ReadOptions read;
  read.steps = options.steps;
  read.layers = options.layers;
  read.inflate = inflate_raw;
  if (options.path == kExampleName) {
    return read_as(add_csv, {kExampleName, std::as_bytes(std::span(kExampleCsv))}, read, out);
  }
  if (options.path.starts_with("example:")) {
    return Status::error("unknown example " + in_quotes(options.path) +
                         "; known: " + std::string(kExampleName));
  }
  if (is_synth(options.path)) {
    SynthSpec spec;
    if (Status status = parse_synth(options.path, spec); !status.ok()) return status;
    const auto bytes_a_step = static_cast<std::int64_t>(spec.preset->shape.layers) *
                              spec.preset->shape.experts * std::int64_t{sizeof(std::uint32_t)};
    Progress progress("generating " + synth_text(spec), bytes_a_step * spec.steps);
    read.progress = [&](std::size_t made) {
      progress.update(static_cast<std::int64_t>(made));
      return !interrupted();
    };
    return read_synth(spec, read, out);
  }
  InputFile file;
  if (Status status = file.open(options.path); !status.ok()) return status;
  Progress progress("reading " + short_path(options.path),
                    static_cast<std::int64_t>(file.bytes().size()));
  read.progress = [&](std::size_t consumed) {
    file.release_before(consumed);
    progress.update(static_cast<std::int64_t>(consumed));
    return !interrupted();
  };
  const std::string name = options.path == "-" ? "standard input" : options.path;
  return read_loads(file.bytes(), name, read, out);
}

std::string describe_window(const LoadOptions& options, const Loads& loads) {
  const std::int64_t first = options.steps.begin;
  std::string text = options.path == "-" ? "standard input" : short_path(options.path);
  if (loads.steps == 1 && first == 0) return text;
  return text + ", steps " + std::to_string(first) + ":" + std::to_string(first + loads.steps);
}

}  // namespace evenkeel
