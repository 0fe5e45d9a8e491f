#include "native/options.hpp"

#include <cstdio>
#include <filesystem>
#include <sstream>

#include "core/base/text.hpp"
#include "core/io/placement_io.hpp"
#include "core/io/read_synth.hpp"
#include "core/traffic/example.hpp"
#include "native/input_file.hpp"
#include "native/progress.hpp"
#include "native/stop.hpp"

namespace evenkeel {
namespace {

constexpr std::int64_t kMostThreads = 1024;

void add_range(CLI::App& app, const char* name, Range& range, const char* what) {
  app.add_option(
         name,
         [&range, name](const CLI::results_t& values) {
           if (parse_range(values.back(), range)) return true;
           throw CLI::ValidationError(
               name, in_quotes(values.back()) + " is not a range; give A:B, for example 300:600");
         },
         what)
      ->type_name("A:B");
}

// Strictly decimal: "010" is ten, and "0x10" no number.
bool parse_number(const std::string& text, std::int64_t& out) {
  constexpr std::uint64_t kMost = 999'999'999'999'999'999;
  const bool negative = !text.empty() && text.front() == '-';
  std::uint64_t value = 0;
  if (!parse_whole(negative ? text.substr(1) : text, value) || value > kMost) return false;
  out = negative ? -static_cast<std::int64_t>(value) : static_cast<std::int64_t>(value);
  return true;
}

}  // namespace

int fail(const Status& status) {
  std::fprintf(stderr, "evenkeel: %s\n", status.sentence().c_str());
  return kBadInput;
}

void say(bool quiet, const char* kind, const std::string& text) {
  if (!quiet) std::fprintf(stderr, "evenkeel: %s: %s\n", kind, text.c_str());
}

CLI::Validator one_of(const std::vector<std::string>& words) {
  CLI::Validator validator = CLI::IsMember(words);
  validator.description("");  // the help says the words in a sentence of its own
  return validator;
}

std::string WrappedHelp::make_option_desc(const CLI::Option* option) const {
  const std::size_t width = 80 - get_column_width();
  std::string out;
  std::size_t used = 0;
  std::istringstream words(option->get_description());
  for (std::string word; words >> word;) {
    if (used != 0 && used + 1 + word.size() > width) {
      out += "\n";
      used = 0;
    }
    out += (used == 0 ? "" : " ") + word;
    used += (used == 0 ? 0 : 1) + word.size();
  }
  return out;
}

std::string short_path(const std::string& path) {
  constexpr std::size_t kMost = 48;
  return path.size() <= kMost ? path : "..." + path.substr(path.size() - kMost + 3);
}

CLI::Option* add_number(CLI::App& app, const char* name, std::int64_t& out,
                        const std::string& what) {
  return app.add_option(
      name,
      [&out, name](const CLI::results_t& values) {
        if (parse_number(values.back(), out)) return true;
        throw CLI::ValidationError(name, in_quotes(values.back()) + " is not a decimal number");
      },
      what);
}

CLI::Option* add_path(CLI::App& app, const char* name, std::string& out, const std::string& what) {
  return app.add_option(name, out, what)
      ->type_name("PATH")
      ->check(CLI::Validator(
          [](const std::string& text) {
            return text.empty() ? "an empty path; name a file or leave out the option" : "";
          },
          ""));
}

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

Status read_window(const LoadOptions& options, Loads& out) {
  ReadOptions read;
  read.steps = options.steps;
  read.layers = options.layers;
  if (options.path == kExampleName) {
    return read_loads_csv(std::as_bytes(std::span(kExampleCsv)), kExampleName, read, out);
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

CLI::Option* add_gpus_option(CLI::App& app, ShapeOptions& options) {
  return add_number(app, "--gpus", options.gpus, "GPUs that share the experts (EP size); needed")
      ->type_name("G");
}

void add_slot_options(CLI::App& app, ShapeOptions& options) {
  add_number(app, "--slots", options.slots, "slots (physical experts) per layer, or")
      ->type_name("P")
      ->each([&options](const std::string&) { options.has_slots = true; });
  add_number(app, "--redundant", options.redundant,
             "redundant experts per layer: slots minus experts; one of the two is needed")
      ->type_name("N");
}

void take(const Deployment& deployment, ShapeOptions& options) {
  const auto set = [](const std::optional<std::int64_t>& number, std::int64_t& option) {
    if (number) option = *number;
  };
  set(deployment.gpus, options.gpus);
  set(deployment.slots, options.slots);
  set(deployment.nodes, options.nodes);
  set(deployment.groups, options.groups);
  options.has_slots = deployment.slots.has_value();
}

Status complete_from_preset(const CLI::App& app, const std::string& loads, ShapeOptions& options) {
  const auto given = [&](const char* name, std::int64_t value) {
    const CLI::Option* option = app.get_option_no_throw(name);
    return option != nullptr && option->count() > 0 ? std::optional(value) : std::nullopt;
  };
  Deployment asked = {given("--gpus", options.gpus), given("--slots", options.slots),
                      given("--redundant", options.redundant), given("--nodes", options.nodes),
                      given("--groups", options.groups)};
  if (asked.slots && asked.redundant) {
    throw CLI::ValidationError("--slots", "cannot be combined with --redundant; give one of them");
  }
  if (is_synth(loads)) {
    SynthSpec spec;
    if (Status status = parse_synth(loads, spec); !status.ok()) return status;
    asked = completed(asked, *spec.preset);
  }
  if (!asked.gpus) throw CLI::RequiredError("--gpus");
  const bool has_slot_options = app.get_option_no_throw("--slots") != nullptr;
  if (has_slot_options && !asked.slots && !asked.redundant) {
    throw CLI::RequiredError("--slots or --redundant");
  }
  take(asked, options);
  return {};
}

void add_node_options(CLI::App& app, ShapeOptions& options) {
  add_number(app, "--nodes", options.nodes, "nodes that share the GPUs [1]")->type_name("K");
  add_number(app, "--groups", options.groups, "expert groups of the model [1]")->type_name("Q");
  app.add_option(
         "--policy", options.policy,
         "hierarchical: each group on one node; global: nodes and groups are ignored; auto: "
         "hierarchical where groups are a multiple of nodes, else global [auto]")
      ->check(one_of({"auto", "hierarchical", "global"}))
      ->type_name("POLICY");
}

Policy policy_of(const ShapeOptions& options) {
  return options.policy == "global"         ? Policy::global
         : options.policy == "hierarchical" ? Policy::hierarchical
                                            : Policy::automatic;
}

Status resolve_shape(const ShapeOptions& options, const Loads& loads, bool quiet, Shape& out) {
  Deployment asked = {options.gpus, {}, {}, options.nodes, options.groups};
  (options.has_slots ? asked.slots : asked.redundant) =
      options.has_slots ? options.slots : options.redundant;
  std::string note;
  const Status status = resolve_deployment(asked, policy_of(options), loads, out, note);
  if (status.ok() && !note.empty()) say(quiet, "note", note);
  return status;
}

void add_seed_option(CLI::App& app, std::uint64_t& seed) {
  app.add_option(
         "--seed",
         [&seed](const CLI::results_t& values) {
           if (parse_whole(values.back(), seed)) return true;
           throw CLI::ValidationError("--seed", in_quotes(values.back()) +
                                                    "; expected a whole number from 0 to " +
                                                    "18446744073709551615");
         },
         "seed of the random strategies [0]")
      ->type_name("S");
}

void add_execution_options(CLI::App& app, ExecutionOptions& options) {
  app.add_option("--backend", options.backend,
                 "back end: cpu, cuda, or auto for the fastest available; all give the same "
                 "placement [cpu]")
      ->type_name("NAME");
  add_number(app, "--threads", options.threads, "threads, 0 for all cores [0]")->type_name("N");
}

Status resolve_execution(const ExecutionOptions& options, bool quiet, Execution& out) {
  std::int32_t threads = 0;
  if (Status s = narrow("--threads", options.threads, 0, kMostThreads, threads); !s.ok()) return s;
  out.threads = threads;
  if (options.backend != "auto") return find_backend(options.backend, out.backend);
  std::string note;
  out.backend = &fastest_backend(note);
  if (!note.empty()) say(quiet, "note", note);
  return {};
}

Status read_placement_path(const std::string& path, std::int32_t experts, Placement& out) {
  namespace fs = std::filesystem;
  std::error_code ignored;
  const bool folder = fs::is_directory(path, ignored);
  const std::string file_path = folder ? (fs::path(path) / "phy2log.npy").string() : path;
  InputFile file;
  if (Status status = file.open(file_path); !status.ok()) return status;
  const std::string name = path == "-" ? "standard input" : file_path;
  if (Status status = read_placement(file.bytes(), name, experts, out); !status.ok()) return status;
  // The copies' numbers are part of a placement, and of its hash.
  const std::string log2phy_path = (fs::path(path) / "log2phy.npy").string();
  if (!folder || !fs::exists(log2phy_path, ignored)) return {};
  InputFile log2phy;
  if (Status status = log2phy.open(log2phy_path); !status.ok()) return status;
  return read_log2phy_npy(log2phy.bytes(), log2phy_path, out);
}

Status keep_layers(const std::string& path, const LoadOptions& options, const Loads& loads,
                   Placement& placement) {
  const Range all;
  const bool chosen = options.layers.begin != all.begin || options.layers.end != all.end;
  const bool said = placement.first_layer >= 0;
  const bool as_many = placement.layers == loads.layers;
  const std::int32_t first =
      said ? placement.first_layer : (as_many ? loads.first_layer : std::int32_t{0});
  const std::int32_t end = loads.first_layer + loads.layers;
  const bool has_them = first <= loads.first_layer && end <= first + placement.layers;
  if (!has_them || !(chosen || as_many)) {
    const std::string range =
        std::to_string(first) + ":" + std::to_string(first + placement.layers);
    if (said) {
      return refuse(path, "places layers ", range, ", but the loads are of layers ",
                    loads.first_layer, ":", end, "; select layers within ", range,
                    " with --layers");
    }
    return refuse(path, "places ", placement.layers, " layers, but the loads have ", loads.layers,
                  "; expected the same number, or all layers before --layers");
  }
  const auto keep = [&](std::vector<std::int32_t>& rows, std::int32_t width) {
    const auto row = [&](std::int32_t layer) {
      return rows.begin() + std::ptrdiff_t{layer - first} * width;
    };
    rows = {row(loads.first_layer), row(end)};
  };
  keep(placement.phy2log, placement.slots);
  keep(placement.log2phy, placement.slots);
  keep(placement.logcnt, placement.experts);
  placement.layers = loads.layers;
  placement.first_layer = loads.first_layer;
  return {};
}

}  // namespace evenkeel
