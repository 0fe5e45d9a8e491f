#include "native/options.hpp"

#include <cstdio>
#include <filesystem>
#include <sstream>

#include "core/check.hpp"
#include "core/example.hpp"
#include "core/io/placement_io.hpp"
#include "native/files.hpp"

namespace evenkeel {
namespace {

constexpr std::int64_t kMostThreads = 1024;

bool parse_bound(const std::string& text, std::int64_t& out) {
  if (text.empty()) return true;  // keeps the default
  if (text.find_first_not_of("0123456789") != std::string::npos || text.size() > 18) return false;
  out = std::stoll(text);
  return true;
}

void add_range(CLI::App& app, const char* name, Range& range, const char* what) {
  app.add_option(
         name, [&range](const CLI::results_t& values) { return parse_range(values.back(), range); },
         what)
      ->type_name("A:B");
}

// Options are 64-bit so that any number gets check()'s kind of sentence.
Status narrow(const char* option, std::int64_t value, std::int32_t& out) {
  if (value < INT32_MIN || value > INT32_MAX) {
    return Status::error(std::string(option) + " " + std::to_string(value) + " is out of range");
  }
  out = static_cast<std::int32_t>(value);
  return {};
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

bool parse_range(const std::string& text, Range& out) {
  const std::size_t colon = text.find(':');
  return colon != std::string::npos && parse_bound(text.substr(0, colon), out.begin) &&
         parse_bound(text.substr(colon + 1), out.end);
}

void add_load_options(CLI::App& app, LoadOptions& options) {
  app.add_option("LOADS", options.path,
                 "recorded loads: a .npy, .json or .csv file, - for standard input, or " +
                     std::string(kExampleName))
      ->type_name("")
      ->required();
  add_range(app, "--steps", options.steps, "recorded steps to sum, from 0, B excluded [all]");
  add_range(app, "--layers", options.layers, "layers to use, from 0, B excluded [all]");
}

Status read_window(const LoadOptions& options, Loads& out) {
  if (options.path == kExampleName) {
    out = example_loads();
    return {};
  }
  InputFile file;
  if (Status status = file.open(options.path); !status.ok()) return status;
  ReadOptions read;
  read.steps = options.steps;
  read.layers = options.layers;
  read.progress = [&](std::size_t consumed) {
    file.release_before(consumed);
    return !interrupted();
  };
  const std::string name = options.path == "-" ? "standard input" : options.path;
  return read_loads(file.bytes(), name, read, out);
}

std::string describe_window(const LoadOptions& options, const Loads& loads) {
  const std::int64_t first = options.path == kExampleName ? 0 : options.steps.begin;
  std::string text = options.path == "-" ? "standard input" : short_path(options.path);
  if (loads.steps == 1 && first == 0) return text;
  return text + ", steps " + std::to_string(first) + ":" + std::to_string(first + loads.steps);
}

void add_gpus_option(CLI::App& app, ShapeOptions& options, bool required) {
  app.add_option("--gpus", options.gpus, "GPUs that share the experts (EP size)")
      ->type_name("G")
      ->required(required);
}

void add_slot_options(CLI::App& app, ShapeOptions& options) {
  CLI::Option* slots =
      app.add_option("--slots", options.slots, "slots (physical experts) a layer in all")
          ->type_name("P")
          ->each([&options](const std::string&) { options.has_slots = true; });
  app.add_option("--redundant", options.redundant,
                 "or the redundant experts a layer: slots minus experts")
      ->type_name("N")
      ->excludes(slots);
  app.parse_complete_callback([&app] {
    if (app.count("--slots") + app.count("--redundant") == 0) {
      throw CLI::RequiredError("--slots or --redundant");
    }
  });
}

void add_node_options(CLI::App& app, ShapeOptions& options) {
  app.add_option("--nodes", options.nodes, "nodes that share the GPUs [1]")->type_name("K");
  app.add_option("--groups", options.groups, "expert groups of the model [1]")->type_name("Q");
  app.add_option(
         "--policy", options.policy,
         "hierarchical: each group on one node; global: nodes and groups are ignored; auto: "
         "hierarchical where groups are a multiple of nodes, else global [auto]")
      ->check(one_of({"auto", "hierarchical", "global"}))
      ->type_name("POLICY");
}

Status resolve_shape(const ShapeOptions& options, const Loads& loads, bool quiet, Shape& out) {
  out.layers = loads.layers;
  out.experts = loads.experts;
  const std::int64_t slots =
      options.has_slots ? options.slots : options.redundant + std::int64_t{loads.experts};
  if (!options.has_slots && options.redundant < 0) {
    return Status::error("--redundant " + std::to_string(options.redundant) +
                         "; there must be at least 0 redundant experts");
  }
  for (const Status& status :
       {narrow("--gpus", options.gpus, out.gpus), narrow("--slots", slots, out.slots),
        narrow("--nodes", options.nodes, out.nodes),
        narrow("--groups", options.groups, out.groups)}) {
    if (!status.ok()) return status;
  }
  std::string note;
  const Policy policy = options.policy == "global"         ? Policy::global
                        : options.policy == "hierarchical" ? Policy::hierarchical
                                                           : Policy::automatic;
  if (Status status = resolve_policy(policy, out, note); !status.ok()) return status;
  if (Status status = evenkeel::check(out); !status.ok()) return status;
  if (!note.empty()) say(quiet, "note", note);
  return {};
}

void add_execution_options(CLI::App& app, ExecutionOptions& options) {
  app.add_option("--backend", options.backend, "who computes; all give the same placement [cpu]")
      ->type_name("NAME");
  app.add_option("--threads", options.threads, "threads, 0 for all cores [0]")->type_name("N");
}

Status resolve_execution(const ExecutionOptions& options, Execution& out) {
  if (options.threads < 0 || options.threads > kMostThreads) {
    return Status::error("--threads " + std::to_string(options.threads) +
                         "; there must be 0 (all cores) to " + std::to_string(kMostThreads));
  }
  out.threads = static_cast<int>(options.threads);
  return find_backend(options.backend, out.backend);
}

Status read_placement_path(const std::string& path, std::int32_t experts, Placement& out) {
  namespace fs = std::filesystem;
  std::error_code ignored;
  const std::string file_path =
      fs::is_directory(path, ignored) ? (fs::path(path) / "phy2log.npy").string() : path;
  InputFile file;
  if (Status status = file.open(file_path); !status.ok()) return status;
  return read_placement(file.bytes(), file_path, experts, out);
}

Status keep_layers(const std::string& path, const LoadOptions& options, const Loads& loads,
                   Placement& placement) {
  if (placement.layers == loads.layers) return {};
  const Range all;
  const bool chosen = options.layers.begin != all.begin || options.layers.end != all.end;
  const std::int32_t end = loads.first_layer + loads.layers;
  if (!chosen || placement.layers < end) {
    return Status::error(path + " places " + std::to_string(placement.layers) +
                         " layers, but the loads have " + std::to_string(loads.layers) +
                         "; it must have as many, or all layers that --layers counts");
  }
  const auto keep = [&](std::vector<std::int32_t>& rows, std::int32_t width) {
    const std::ptrdiff_t row = width;
    rows = {rows.begin() + loads.first_layer * row, rows.begin() + end * row};
  };
  keep(placement.phy2log, placement.slots);
  keep(placement.log2phy, placement.slots);
  keep(placement.logcnt, placement.experts);
  placement.layers = loads.layers;
  return {};
}

}  // namespace evenkeel
