// --report FILE.html: the page that people attach to issues.
#pragma once

#include <CLI/CLI.hpp>
#include <string>
#include <vector>

#include "core/base/status.hpp"
#include "core/report/html.hpp"
#include "native/output_files.hpp"
#include "native/problem.hpp"

namespace evenkeel {

void add_report_option(CLI::App& app, std::string& path);

// Writes the page beside `path`, unless that is empty; files.commit() puts it there. before and after
// are the two of `strategies` that its pictures compare.
Status write_report(const std::string& path, const std::string& command, const LoadOptions& window,
                    const Loads& loads, const Shape& shape, std::vector<ReportStrategy> strategies,
                    std::size_t before, std::size_t after, OutputFiles& files);

}  // namespace evenkeel
