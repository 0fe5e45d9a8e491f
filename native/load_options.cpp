#include "native/load_options.hpp"

#include <algorithm>

#include "core/base/text.hpp"
#include "core/io/loads/slot_map.hpp"
#include "core/io/loads/window_sum.hpp"
#include "core/request/request_options.hpp"
#include "core/traffic/example.hpp"
#include "core/traffic/synth.hpp"
#include "native/options.hpp"
#include "native/placement_input.hpp"
#include "native/recording.hpp"

namespace evenkeel {
namespace {

// --moe-layers and --first-moe-layer, which say the same.
void add_layer_numbers(CLI::App& app, LoadOptions& options) {
  const RequestOption& option = *find_request_option("moe-layers");
  CLI::Option* const moe_layers = app.add_option(
                                         "--moe-layers",
                                         [&option, &options](const CLI::results_t& values) {
                                           Request request;
                                           const Status status = option.read(
                                               option, values.back(), Vocabulary::command, request);
                                           if (!status.ok())
                                             throw CLI::ValidationError(status.sentence());
                                           options.moe_layers = request.moe_layers;
                                           return true;
                                         },
                                         std::string(option.sentence))
                                      ->type_name(std::string(option.value));
  app.add_option(
         "--first-moe-layer",
         [&options](const CLI::results_t& values) {
           std::int64_t first = 0;
           if (!parse_integer(values.back(), first) || first < 0 || first > kMaxLayers) {
             throw CLI::ValidationError("--first-moe-layer is " + in_quotes(values.back()) +
                                        "; expected 0 to " + std::to_string(kMaxLayers));
           }
           options.moe_layers = NumberList(first, NumberList::kOpen);
           return true;
         },
         "the same as --moe-layers N:")
      ->type_name("N")
      ->excludes(moe_layers);
}

}  // namespace

bool is_named_loads(const std::string& path) {
  return is_synth(path) || path.starts_with("example:");
}

Status read_slot_map(const std::string& path, SlotMap& out, std::vector<std::string>& notes) {
  Placement placement;
  if (Status status = read_placement_path(path, 0, placement); !status.ok()) return status;
  notes = placement.notes;
  std::vector<Number> row(static_cast<std::size_t>(placement.slots));
  for (std::int32_t layer = 0; layer < placement.layers; ++layer) {
    for (std::size_t slot = 0; slot < row.size(); ++slot) {
      const std::size_t at = static_cast<std::size_t>(layer) * row.size() + slot;
      row[slot].real = placement.phy2log[at];
    }
    if (Status status = out.add_layer(path, row); !status.ok()) return status;
  }
  if (placement.first_layer >= 0) out.name_layers(placement.numbers());
  if (placement.layers == 1 && placement.first_layer < 0 && placement.order != LayerOrder::same) {
    notes.push_back(short_path(path) + ": the map of one layer, taken for all layers");
  }
  return {};
}

void LoadOptions::protect(OutputFiles& files) const {
  for (const std::string& path : paths) files.protect(path);
  files.protect(counted_under);
}

bool LoadOptions::has(std::string_view path) const {
  return std::find(paths.begin(), paths.end(), path) != paths.end();
}

CLI::Option* add_load_options(CLI::App& app, LoadOptions& options, const std::string& more) {
  CLI::Option* const loads =
      app.add_option(
             "LOADS", options.paths,
             "recorded loads: files that an engine's recorder wrote (.pt, .safetensors, .json, "
             ".jsonl), .npy, .npz, .csv, any of them gzip or zstd; TensorRT-LLM's folder; - for "
             "standard input; synth:PRESET[,seed=N,steps=N,skew=X] (see `evenkeel synth`), or " +
                 std::string(kExampleName) + more)
          ->type_name("")
          ->option_text("... REQUIRED")
          ->expected(1, kMostFiles)
          ->check(CLI::Validator(
              [](const std::string& text) {
                return text.empty() ? "an empty path; name a file or leave out the option" : "";
              },
              ""))
          ->required();
  add_range(app, "--steps", options.steps,
            "recorded steps A to B-1 to sum, counted from 0; -100: is the last hundred [all]");
  add_layers(app, "--layers", options.layers,
             "layers to use, by their numbers in the model: 3:61 is 3 to 60, 1:48:2 every second "
             "one, 5,7 single ones [all]");
  add_layer_numbers(app, options);
  app.add_option(
         "--join",
         [&options](const CLI::results_t& values) {
           options.join = values.back() == "ranks" ? Join::ranks : Join::time;
           if (values.back() == "ranks" || values.back() == "time") return true;
           throw CLI::ValidationError("--join is " + in_quotes(values.back()) +
                                      "; expected ranks or time");
         },
         "several files: of ranks, whose loads add up, or one after another in time [as the "
         "files say]")
      ->type_name("ranks|time");
  add_path(app, "--counted-under", options.counted_under,
           "the loads are counts of slots (physical experts): the placement under which they were "
           "counted")
      ->type_name("PLACEMENT");
  return loads;
}

std::string short_path(const std::string& path) { return shown_name(path, 48); }

Status check_paths(const LoadOptions& options) {
  const std::string& first = options.paths.front();
  if (options.paths.size() > 1) {
    const auto named = std::find_if(options.paths.begin(), options.paths.end(), is_named_loads);
    if (named != options.paths.end()) {
      return Status::error(in_quotes(*named) + " cannot be joined with files");
    }
  }
  if (std::count(options.paths.begin(), options.paths.end(), "-") +
          (options.counted_under == "-" ? 1 : 0) >
      1) {
    return Status::error("standard input (-) can be read only once");
  }
  if (is_named_loads(first) && !options.counted_under.empty()) {
    return Status::error(in_quotes(first) +
                         " counts experts, not slots; leave out --counted-under");
  }
  return {};
}

std::string describe_window(const LoadOptions& options, const Loads& loads) {
  const std::string& first = options.paths.front();
  std::string text = first == "-" ? "standard input" : short_path(first);
  if (options.paths.size() > 1) {
    text += " and " + several(std::ssize(options.paths) - 1, "more file");
  }
  if (loads.steps == 1 && loads.first_step == 0) return text;
  return text + ", steps " + std::to_string(loads.first_step) + ":" +
         std::to_string(loads.first_step + loads.steps);
}

}  // namespace evenkeel
