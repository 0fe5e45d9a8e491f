// --export FORMAT:PATH: writes the placement in the formats of serving engines.
#pragma once

#include <CLI/CLI.hpp>
#include <cstdint>
#include <string>
#include <vector>

#include "core/base/status.hpp"
#include "core/io/placements/engine_files.hpp"
#include "core/model/types.hpp"
#include "native/output_files.hpp"

namespace evenkeel {

struct ExportFile {
  const EngineFormat* format;
  std::string path;
};

struct ExportOptions {
  std::vector<ExportFile> files;
  std::int64_t first_moe_layer = 0;
  bool has_first_moe_layer = false;
};
// Adds --export, which can be repeated, and --first-moe-layer.
void add_export_options(CLI::App& app, ExportOptions& options);

// Reports early what would make writing fail.
Status check_exports(const ExportOptions& options, const OutputFiles& files);

// Writes each file under a temporary name; files.commit() renames it. If --first-moe-layer is missing, prints
// a note about layer numbers to standard error, unless quiet.
Status write_exports(const ExportOptions& options, const Placement& placement, bool quiet,
                     OutputFiles& files);

}  // namespace evenkeel
