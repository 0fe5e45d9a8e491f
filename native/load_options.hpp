// LOADS, --steps, --layers, --moe-layers and what else says which loads a subcommand reads.
#pragma once

#include <CLI/CLI.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/number_list.hpp"
#include "core/base/range.hpp"
#include "core/base/status.hpp"
#include "core/io/loads/read_loads.hpp"
#include "core/model/types.hpp"
#include "native/output_files.hpp"

namespace evenkeel {

struct LoadOptions {
  std::vector<std::string> paths;
  Range steps;
  NumberList layers;
  std::optional<NumberList> moe_layers;
  Join join = Join::automatic;
  std::string counted_under;

  bool has(std::string_view path) const;
  // None of these files may be replaced by an output.
  void protect(OutputFiles& files) const;
};
// `more` continues the description of LOADS.
CLI::Option* add_load_options(CLI::App& app, LoadOptions& options, const std::string& more = "");

// Errors that the paths alone show.
Status check_paths(const LoadOptions& options);
// Whether it is a synthetic trace or an example.
bool is_named_loads(const std::string& path);
// Reads the map under which loads were counted by slot.
Status read_slot_map(const std::string& path, SlotMap& out, std::vector<std::string>& notes);

// A path cut to fit a line of a table: its end says more than its beginning.
std::string short_path(const std::string& path);
// As LOADS and its ranges are shown to people.
std::string describe_window(const LoadOptions& options, const Loads& loads);

}  // namespace evenkeel
