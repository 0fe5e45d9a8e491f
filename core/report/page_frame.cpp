// Head, logo and footer of the reports.
#include "core/report/page_frame.hpp"

#include "core/report/style.hpp"

namespace evenkeel::report {
namespace {

// The logo: a hull on still water.
constexpr std::string_view kMark =
    "<svg class=\"mark\" viewBox=\"0 0 24 24\" width=\"22\" height=\"22\" aria-hidden=\"true\">"
    "<path class=\"hull\" d=\"M3 10h18c0 5-4 9-9 9s-9-4-9-9z\"/>"
    "<path class=\"mast\" d=\"M12 10V2.500l6 5.500z\"/>"
    "<path class=\"water\" d=\"M1 22h22\"/></svg>";

void write_head(const std::string& title, const std::string& version, Markup& page) {
  page.open("head").leaf("meta", {{"charset", "utf-8"}});
  page.leaf("meta", {{"name", "viewport"}, {"content", "width=device-width, initial-scale=1"}});
  page.leaf("meta", {{"name", "generator"}, {"content", "Evenkeel " + version}});
  page.element("title", {}, "Evenkeel report: " + title);
  page.open("style").raw(style()).close().close();
}

}  // namespace

void open_page(const std::string& title, std::string_view name, const std::string& version,
               Markup& page) {
  page.raw("<!DOCTYPE html>\n").open("html", {{"lang", "en"}});
  write_head(title, version, page);
  page.raw("\n").open("body").open("header").raw(kMark);
  page.open("span").element("b", {}, "Evenkeel").text(" ").text(name).close().close();
  page.raw("\n").open("main");
}

void close_page(const std::string& version, Markup& page) {
  page.close().raw("\n").element(
      "footer", {},
      "Made by Evenkeel " + version +
          ". One file without scripts; nothing is loaded from elsewhere.");
  page.close().close().raw("\n");
}

void write_command(const std::string& command, Markup& page) {
  page.open("section").element("h2", {}, "The command that made this report");
  page.open("pre").element("code", {}, command).close().close();
}

}  // namespace evenkeel::report
