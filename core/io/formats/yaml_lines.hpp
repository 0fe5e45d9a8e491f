// The lines of a YAML document that have content.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "core/base/status.hpp"

namespace evenkeel {

inline constexpr std::string_view kYamlBlank = " \t";

// Without blanks at both ends.
std::string_view trim_yaml(std::string_view text);
// The text before a comment. A '#' begins one at the start of the text and after a blank.
std::string_view before_comment(std::string_view text);
// Where a colon ends a key: before a blank or the end of the text; npos if there is none.
std::size_t yaml_colon(std::string_view text);
// "- 1", or a dash alone.
bool is_yaml_item(std::string_view text);

// A whole number as YAML 1.1 and 1.2 both read it: decimal, without leading zeros, separators or a plus.
bool parse_yaml_integer(std::string_view text, std::int64_t& out);
// Whether a text that is not empty is a scalar without quotation marks.
bool is_yaml_scalar(std::string_view text);
// Cuts a text in quotation marks off `rest`, which begins with one. Returns what is wrong, or nothing.
std::string_view cut_yaml_quoted(std::string_view& rest, std::string_view& text);

class YamlLines {
 public:
  explicit YamlLines(std::string_view text) : text_(text) {}

  // Refuses control characters, with the file's name.
  Status check(std::string_view name) const;
  // Goes to the next line with more than spaces and a comment; false at the end of the file.
  bool next();

  std::int64_t number() const { return number_; }  // of the line, counted from 1
  std::size_t indent() const { return indent_; }   // its spaces
  // Whether it is "---" or "...", perhaps with more behind it.
  bool is_marker() const { return marker_; }
  // What has not been read of it, without its end.
  std::string_view rest;

 private:
  std::string_view text_;
  std::size_t at_ = 0;  // the beginning of the next line
  std::int64_t number_ = 0;
  std::size_t indent_ = 0;
  bool marker_ = false;
};

}  // namespace evenkeel
