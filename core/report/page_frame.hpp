// The frame of every report: head, logo, footer.
#pragma once

#include <string>
#include <string_view>

#include "core/report/markup.hpp"

namespace evenkeel::report {

// Opens html, body and main. title: of the window, behind "Evenkeel report: "; name: of the report, such as
// "expert placement report".
void open_page(const std::string& title, std::string_view name, const std::string& version,
               Markup& page);
void close_page(const std::string& version, Markup& page);

// The command line that made the report.
void write_command(const std::string& command, Markup& page);

}  // namespace evenkeel::report
