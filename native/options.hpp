// Options of any kind, and the help that lists them.
#pragma once

#include <CLI/CLI.hpp>
#include <cstdint>
#include <string>
#include <vector>

#include "core/base/number_list.hpp"
#include "core/base/range.hpp"

namespace evenkeel {

// A strictly decimal number, a path that is not empty, a range, numbers of layers. Anything else is a usage error.
CLI::Option* add_number(CLI::App& app, const char* name, std::int64_t& out,
                        const std::string& what);
CLI::Option* add_path(CLI::App& app, const char* name, std::string& out, const std::string& what);
CLI::Option* add_range(CLI::App& app, const char* name, Range& out, const char* what);
CLI::Option* add_layers(CLI::App& app, const char* name, NumberList& out, const char* what);

// Accepts only these words.
CLI::Validator one_of(const std::vector<std::string>& words);

// Help with at most 80 columns.
class WrappedHelp : public CLI::Formatter {
 public:
  WrappedHelp() { column_width(25); }
  std::string make_option_desc(const CLI::Option* option) const override;
  // "LOADS ..." in the line of usage.
  std::string make_option_usage(const CLI::Option* option) const override;
};

}  // namespace evenkeel
