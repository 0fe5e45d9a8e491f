// The report of a placement: its sections in order.
#include "core/report/html.hpp"

#include <string_view>

#include "core/report/markup.hpp"
#include "core/report/page_frame.hpp"
#include "core/report/view.hpp"

namespace evenkeel {

std::string report_html(const ReportInput& input) {
  using namespace report;
  const View view(input);
  Markup page;
  open_page(input.source, "expert placement report", input.version, page);
  for (const auto write :
       {write_headline, write_key_figures, write_table, write_layers, write_gpus, write_heat_map}) {
    write(view, page);
    page.raw("\n");
  }
  write_command(input.command, page);
  write_definitions(page);
  close_page(input.version, page);
  return std::move(page).take();
}

bool is_report_of(std::string_view html, const std::string& command) {
  report::Markup section;
  report::write_command(command, section);
  return html.find(std::move(section).take()) != std::string_view::npos;
}

}  // namespace evenkeel
