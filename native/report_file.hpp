// --report FILE.html: writes the report.
#pragma once

#include <CLI/CLI.hpp>
#include <string>
#include <vector>

#include "core/base/status.hpp"
#include "core/report/html.hpp"
#include "native/load_options.hpp"
#include "native/output_files.hpp"

namespace evenkeel {

void add_report_option(CLI::App& app, std::string& path);

// Writes the report under a temporary name, unless `path` is empty; files.commit() renames it. The pictures
// compare strategies[before] and strategies[after].
Status write_report(const std::string& path, const std::string& command, const LoadOptions& window,
                    const Loads& loads, const Shape& shape, std::vector<ReportStrategy> strategies,
                    std::size_t before, std::size_t after, OutputFiles& files);

// Whether an automatic report may have this name: nothing has it, or a report that the same command made. A link is
// never followed.
Status check_own_report(const std::string& path, const std::string& command);

}  // namespace evenkeel
