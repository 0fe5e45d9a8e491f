// The page: its frame, and the sections in order.
#include "core/report/html.hpp"

#include <string_view>

#include "core/report/markup.hpp"
#include "core/report/style.hpp"
#include "core/report/view.hpp"

namespace evenkeel {
namespace report {
namespace {

// The logo: a hull on still water.
constexpr std::string_view kMark =
    "<svg class=\"mark\" viewBox=\"0 0 24 24\" width=\"22\" height=\"22\" aria-hidden=\"true\">"
    "<path class=\"hull\" d=\"M3 10h18c0 5-4 9-9 9s-9-4-9-9z\"/>"
    "<path class=\"mast\" d=\"M12 10V2.500l6 5.500z\"/>"
    "<path class=\"water\" d=\"M1 22h22\"/></svg>";

void write_head(const ReportInput& input, Markup& page) {
  page.open("head").leaf("meta", {{"charset", "utf-8"}});
  page.leaf("meta", {{"name", "viewport"}, {"content", "width=device-width, initial-scale=1"}});
  page.leaf("meta", {{"name", "generator"}, {"content", "Evenkeel " + input.version}});
  page.element("title", {}, "Evenkeel report: " + input.source);
  page.open("style").raw(style()).close().close();
}

void write_command(const std::string& command, Markup& page) {
  page.open("section").element("h2", {}, "The command that made this report");
  page.open("pre").element("code", {}, command).close().close();
}

}  // namespace
}  // namespace report

std::string report_html(const ReportInput& input) {
  using namespace report;
  const View view(input);
  Markup page;
  page.raw("<!DOCTYPE html>\n").open("html", {{"lang", "en"}});
  write_head(input, page);
  page.raw("\n").open("body").open("header").raw(kMark);
  page.open("span").element("b", {}, "Evenkeel").text(" expert placement report").close().close();
  page.raw("\n").open("main");
  for (const auto write :
       {write_headline, write_key_figures, write_table, write_layers, write_gpus, write_heat_map}) {
    write(view, page);
    page.raw("\n");
  }
  write_command(input.command, page);
  write_definitions(page);
  page.close().raw("\n").element(
      "footer", {},
      "Made by Evenkeel " + input.version +
          ". One file without scripts; nothing is loaded from elsewhere.");
  page.close().close().raw("\n");
  return std::move(page).take();
}

bool is_report_of(std::string_view html, const std::string& command) {
  report::Markup section;
  report::write_command(command, section);
  return html.find(std::move(section).take()) != std::string_view::npos;
}

}  // namespace evenkeel
