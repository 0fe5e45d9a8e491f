// --export FORMAT:PATH: the placement as the files that serving engines load.
#pragma once

#include <CLI/CLI.hpp>
#include <cstdint>
#include <string>
#include <vector>

#include "core/base/status.hpp"
#include "core/io/engine_files.hpp"
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
// --export, as often as wanted, and --first-moe-layer.
void add_export_options(CLI::App& app, ExportOptions& options);

// Refuses now what writing would refuse later.
Status check_exports(const ExportOptions& options, const OutputFiles& files);

// Writes each file beside its path; files.commit() puts it there. Says on standard error, unless quiet, how
// layers are numbered where nobody said it.
Status write_exports(const ExportOptions& options, const Placement& placement, bool quiet,
                     OutputFiles& files);

}  // namespace evenkeel
