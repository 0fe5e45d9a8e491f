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
  std::int64_t mtp = 0;
};
// Adds --export, which can be repeated, and --mtp.
void add_export_options(CLI::App& app, ExportOptions& options);

// Usage: --mtp needs a file that takes it.
void check_export_options(const ExportOptions& options);

// Reports early what would make writing fail.
Status check_exports(const ExportOptions& options, const OutputFiles& files);

// What is said of the files once they are published.
struct ExportMessages {
  std::vector<std::string> warnings;
  std::vector<std::string> notes;  // what was assumed; how each engine is started

  void say_all(bool quiet) const;
};

// Writes each file under a temporary name; files.commit() renames it.
Status write_exports(const ExportOptions& options, const Loads& loads, const Placement& placement,
                     OutputFiles& files, ExportMessages& out);

}  // namespace evenkeel
