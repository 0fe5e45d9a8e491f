#include "native/report_file.hpp"

#include <filesystem>
#include <string_view>
#include <utility>

#include "core/base/text.hpp"
#include "native/input_file.hpp"
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

Status check_own_report(const std::string& path, const std::string& command) {
  namespace fs = std::filesystem;
  std::error_code ignored;
  const fs::file_type type = fs::symlink_status(path, ignored).type();
  if (type == fs::file_type::not_found) return {};
  const std::string advice = "; move it away, or start in another folder";
  if (type != fs::file_type::regular) {
    return Status::error(shown_name(path) + " is not a regular file, so it is not replaced" +
                         advice);
  }
  InputFile file;
  if (Status status = file.open(path); !status.ok()) return status;
  const std::string_view text(reinterpret_cast<const char*>(file.bytes().data()),
                              file.bytes().size());
  if (is_report_of(text, command)) return {};
  return Status::error(shown_name(path) + " is not a report of " + command +
                       ", so it is not replaced" + advice);
}

}  // namespace evenkeel
