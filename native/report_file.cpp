#include "native/report_file.hpp"

#include <utility>

#include "native/options.hpp"

namespace evenkeel {

void add_report_option(CLI::App& app, std::string& path) {
  add_path(app, "--report", path, "write an HTML report with pictures, in one file")
      ->type_name("FILE.html")
      ->check(CLI::Validator(
          [](const std::string& text) {
            return text == "-"
                       ? "a report needs a file name; standard output is used for the results"
                       : "";
          },
          ""));
}

Status write_report(const std::string& path, const std::string& command, const LoadOptions& window,
                    const Loads& loads, const Shape& shape, std::vector<ReportStrategy> strategies,
                    std::size_t before, std::size_t after, OutputFiles& files) {
  if (path.empty()) return {};
  ReportInput input;
  input.source = describe_window(window, loads);
  input.command = command;
  input.version = EVENKEEL_VERSION;
  input.loads = &loads;
  input.shape = shape;
  input.strategies = std::move(strategies);
  input.before = before;
  input.after = after;
  return files.write(path, report_html(input));
}

}  // namespace evenkeel
