#include "core/io/formats/yaml_lines.hpp"

#include <algorithm>

#include "core/base/text.hpp"

namespace evenkeel {
namespace {

bool is_yaml_blank(std::string_view text, std::size_t at) {
  return kYamlBlank.find(text[at]) != std::string_view::npos;
}

}  // namespace

std::string_view trim_yaml(std::string_view text) {
  const std::size_t begin = text.find_first_not_of(kYamlBlank);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(kYamlBlank) + 1 - begin);
}

std::string_view before_comment(std::string_view text) {
  for (std::size_t at = text.find('#'); at != std::string_view::npos; at = text.find('#', at + 1)) {
    if (at == 0 || is_yaml_blank(text, at - 1)) return text.substr(0, at);
  }
  return text;
}

std::size_t yaml_colon(std::string_view text) {
  for (std::size_t at = text.find(':'); at != std::string_view::npos; at = text.find(':', at + 1)) {
    if (at + 1 == text.size() || is_yaml_blank(text, at + 1)) return at;
  }
  return std::string_view::npos;
}

bool is_yaml_item(std::string_view text) {
  return text.starts_with('-') && (text.size() == 1 || is_yaml_blank(text, 1));
}

bool parse_yaml_integer(std::string_view text, std::int64_t& out) {
  const std::string_view digits = text.starts_with('-') ? text.substr(1) : text;
  if (digits.size() > 1 && digits.front() == '0') return false;
  return parse_integer(text, out);
}

bool is_yaml_scalar(std::string_view text) {
  return std::string_view(",[]{}#&*!|>%@`").find(text.front()) == std::string_view::npos &&
         !is_yaml_item(text) && yaml_colon(text) == std::string_view::npos &&
         !(text.front() == '?' && (text.size() == 1 || is_yaml_blank(text, 1)));
}

std::string_view cut_yaml_quoted(std::string_view& rest, std::string_view& text) {
  const char mark = rest.front();
  const std::size_t end = rest.find(mark, 1);
  if (end == std::string_view::npos) return "that does not end in its line";
  const bool is_doubled = end + 1 < rest.size() && rest[end + 1] == mark;
  if (is_doubled || (mark == '"' && rest.substr(0, end).find('\\') != std::string_view::npos)) {
    return "with escaped characters, which are not read here";
  }
  text = rest.substr(1, end - 1);
  rest.remove_prefix(end + 1);
  return {};
}

Status YamlLines::check(std::string_view name) const {
  std::int64_t line = 1;
  for (std::size_t i = 0; i < text_.size(); ++i) {
    const char c = text_[i];
    if (c == '\n') ++line;
    const bool is_end = c == '\n' || (c == '\r' && i + 1 < text_.size() && text_[i + 1] == '\n');
    if (static_cast<unsigned char>(c) >= ' ' || c == '\t' || is_end) continue;
    return refuse(name, "line ", line, ": a control character, byte ",
                  static_cast<int>(static_cast<unsigned char>(c)), "; expected YAML as text");
  }
  return {};
}

bool YamlLines::next() {
  while (at_ < text_.size()) {
    const std::size_t end = std::min(text_.find('\n', at_), text_.size());
    rest = text_.substr(at_, end - at_);
    at_ = std::min(end + 1, text_.size());
    ++number_;
    if (rest.ends_with('\r')) rest.remove_suffix(1);
    indent_ = std::min(rest.find_first_not_of(' '), rest.size());
    rest.remove_prefix(indent_);
    if (rest.empty() || rest.starts_with('#')) continue;
    marker_ = indent_ == 0 && (rest.starts_with("---") || rest.starts_with("...")) &&
              (rest.size() == 3 || is_yaml_blank(rest, 3));
    return true;
  }
  return false;
}

}  // namespace evenkeel
