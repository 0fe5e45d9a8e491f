// LOADS, --steps and --layers: which loads a subcommand reads.
#pragma once

#include <CLI/CLI.hpp>
#include <string>

#include "core/base/range.hpp"
#include "core/base/status.hpp"
#include "core/model/types.hpp"

namespace evenkeel {

struct LoadOptions {
  std::string path;
  Range steps;
  Range layers;
};
void add_load_options(CLI::App& app, LoadOptions& options);

// Reads the window: a file, "-", a synthetic trace or the embedded example.
Status read_window(const LoadOptions& options, Loads& out);

// A path cut to fit a line of a table: its end says more than its beginning.
std::string short_path(const std::string& path);
// As LOADS and its ranges are shown to people.
std::string describe_window(const LoadOptions& options, const Loads& loads);

}  // namespace evenkeel
