#include "native/options.hpp"

#include <sstream>

#include "core/base/text.hpp"

namespace evenkeel {

CLI::Option* add_number(CLI::App& app, const char* name, std::int64_t& out,
                        const std::string& what) {
  return app.add_option(
      name,
      [&out, name](const CLI::results_t& values) {
        if (parse_integer(values.back(), out)) return true;
        throw CLI::ValidationError(std::string(name) + " is " + in_quotes(values.back()) +
                                   "; expected a whole number");
      },
      what);
}

CLI::Option* add_path(CLI::App& app, const char* name, std::string& out, const std::string& what) {
  return app.add_option(name, out, what)
      ->type_name("PATH")
      ->check(CLI::Validator(
          [](const std::string& text) {
            return text.empty() ? "an empty path; name a file or leave out the option" : "";
          },
          ""));
}

CLI::Option* add_range(CLI::App& app, const char* name, Range& out, const char* what) {
  return app
      .add_option(
          name,
          [&out, name](const CLI::results_t& values) {
            if (parse_range(values.back(), out)) return true;
            throw CLI::ValidationError(std::string(name) + " is " + in_quotes(values.back()) +
                                       "; expected a range A:B, for example 300:600");
          },
          what)
      ->type_name("A:B");
}

CLI::Option* add_layers(CLI::App& app, const char* name, NumberList& out, const char* what) {
  return app
      .add_option(
          name,
          [&out, name](const CLI::results_t& values) {
            if (parse_numbers(values.back(), out)) return true;
            throw CLI::ValidationError(
                std::string(name) + " is " + in_quotes(values.back()) +
                "; expected layers A:B, A:B:STEP, single numbers, or several "
                "of these with commas, ascending; for example 3:61");
          },
          what)
      ->type_name("LAYERS");
}

CLI::Validator one_of(const std::vector<std::string>& words) {
  CLI::Validator validator = CLI::IsMember(words);
  validator.description("");  // the help lists the words in its own sentence
  return validator;
}

std::string WrappedHelp::make_option_desc(const CLI::Option* option) const {
  const std::size_t width = 80 - get_column_width();
  std::string out;
  std::size_t used = 0;
  std::istringstream words(option->get_description());
  for (std::string word; words >> word;) {
    if (used != 0 && used + 1 + word.size() > width) {
      out += "\n";
      used = 0;
    }
    out += (used == 0 ? "" : " ") + word;
    used += (used == 0 ? 0 : 1) + word.size();
  }
  return out;
}

std::string WrappedHelp::make_option_usage(const CLI::Option* option) const {
  constexpr std::string_view kRequired = " REQUIRED";
  std::string text = option->get_option_text();
  if (text.empty()) return Formatter::make_option_usage(option);
  if (text.ends_with(kRequired)) text.resize(text.size() - kRequired.size());
  return make_option_name(option, true) + " " + text;
}

}  // namespace evenkeel
