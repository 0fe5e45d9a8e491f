#include "core/io/formats/yaml_lists.hpp"

#include <algorithm>

#include "core/base/text.hpp"
#include "core/io/formats/little_endian.hpp"
#include "core/io/formats/yaml_lines.hpp"

namespace evenkeel {
namespace {

class YamlReader {
 public:
  YamlReader(std::string_view text, std::string_view name, const YamlLimits& limits,
             YamlDocument& out)
      : lines_(text), rest_(lines_.rest), name_(name), limits_(limits), out_(out) {}

  Status read() {
    if (Status status = lines_.check(name_); !status.ok()) return status;
    while (lines_.next()) {
      Status status = lines_.is_marker() ? take_marker() : take_line();
      if (!status.ok()) return status;
    }
    return {};
  }

 private:
  template <class... Parts>
  Status wrong(const Parts&... parts) const {
    return refuse(name_, "line ", lines_.number(), ": ", parts...);
  }

  bool skip_blanks() {
    const std::size_t blanks = std::min(rest_.find_first_not_of(kYamlBlank), rest_.size());
    rest_.remove_prefix(blanks);
    return blanks > 0;
  }

  // "---" before the document, "..." after it.
  Status take_marker() {
    const bool begins = rest_.front() == '-';
    if (begins && (begun_ || ended_)) return wrong("a second document; expected one");
    rest_.remove_prefix(3);
    begun_ = true;
    ended_ = !begins;
    return end_line("the marker");
  }

  // Nothing but a comment may follow on the line.
  Status end_line(std::string_view what) {
    const bool is_comment = trim_yaml(before_comment(rest_)).empty();
    if (rest_.empty() || (kYamlBlank.find(rest_.front()) != std::string_view::npos && is_comment))
      return {};
    return wrong(in_quotes(rest_), " after ", what);
  }

  Status take_line() {
    if (ended_) return wrong("text after the end of the document");
    begun_ = true;
    if (rest_.front() == '\t') return wrong("a tab indents the line; expected spaces");
    if (rest_.front() == '%') return wrong("a directive, which is not read here");
    if (is_yaml_item(rest_)) return take_item();
    if (rest_.front() == '[' && open_ && !in_list_ && lines_.indent() > key_indent()) {
      open_ = false;
      return take_list(out_.entries.back());
    }
    return take_key();
  }

  std::size_t key_indent() const {
    return out_.entries.back().level == 0 ? outer_indent_ : inner_indent_;
  }

  Status take_item() {
    if (!open_ || lines_.indent() < key_indent() || (in_list_ && lines_.indent() != list_indent_)) {
      return wrong("a list item where a key is expected");
    }
    YamlEntry& entry = out_.entries.back();
    if (!in_list_) begin_list(entry);
    in_list_ = true;
    list_indent_ = lines_.indent();
    const std::string_view item = trim_yaml(before_comment(rest_.substr(1)));
    return add_number(item, entry);
  }

  void begin_list(YamlEntry& entry) {
    entry.kind = YamlKind::list;
    entry.first = out_.numbers.size();
  }

  Status add_number(std::string_view text, YamlEntry& entry) {
    std::int64_t number = 0;
    if (!parse_yaml_integer(text, number)) {
      return wrong(in_quotes(text), " in a list; expected a whole number without leading zeros");
    }
    if (out_.numbers.size() == limits_.numbers) {
      return wrong("more than ", limits_.numbers, " numbers in lists, too many for this file");
    }
    out_.numbers.push_back(number);
    ++entry.count;
    return {};
  }

  Status take_key() {
    std::int32_t level = 0;
    if (Status status = find_level(level); !status.ok()) return status;
    std::string_view key;
    if (Status status = cut_key(key); !status.ok()) return status;
    if (Status status = check_new(key, level); !status.ok()) return status;
    if (out_.entries.size() == limits_.entries) {
      return wrong("more than ", limits_.entries, " keys, too many for this file");
    }
    if (level == 0) {
      parent_ = out_.entries.size();
    } else {
      out_.entries[parent_].kind = YamlKind::map;
      ++out_.entries[parent_].count;
    }
    YamlEntry& entry = out_.entries.emplace_back();
    entry.key = key;
    entry.line = lines_.number();
    entry.level = level;
    in_list_ = false;
    skip_blanks();
    open_ = trim_yaml(before_comment(rest_)).empty();
    if (open_) return {};
    return rest_.front() == '[' ? take_list(entry) : take_scalar(entry);
  }

  // The level of a key by its indentation.
  Status find_level(std::int32_t& level) {
    level = 0;
    if (out_.entries.empty()) {
      outer_indent_ = lines_.indent();
      return {};
    }
    if (lines_.indent() == outer_indent_) return {};
    level = 1;
    const bool is_inside = out_.entries.back().level == 1;
    if (is_inside && lines_.indent() == inner_indent_) return {};
    if (!is_inside && open_ && !in_list_ && lines_.indent() > outer_indent_) {
      inner_indent_ = lines_.indent();
      return {};
    }
    if (is_inside && open_ && !in_list_ && lines_.indent() > inner_indent_) {
      return wrong("a map within a map within a map; expected at most two levels");
    }
    return wrong("a key indented by ", several(static_cast<std::int64_t>(lines_.indent()), "space"),
                 ", but no map is open there");
  }

  // Cuts the key and its colon off rest_.
  Status cut_key(std::string_view& key) {
    const std::string_view all = rest_;
    if (rest_.front() == '"' || rest_.front() == '\'') {
      if (Status status = cut_quoted(key); !status.ok()) return status;
      skip_blanks();
      if (yaml_colon(rest_) != 0) return wrong("no colon after the key ", in_quotes(key));
      rest_.remove_prefix(1);
      return {};
    }
    const std::size_t colon = yaml_colon(before_comment(rest_));
    if (std::string_view("?,[]{}#&*!|>@`").find(rest_.front()) != std::string_view::npos ||
        colon == std::string_view::npos || colon == 0) {
      return wrong(in_quotes(all), "; expected a key and a colon, as in \"num_slots: 288\"");
    }
    key = trim_yaml(rest_.substr(0, colon));
    rest_.remove_prefix(colon + 1);
    return {};
  }

  Status cut_quoted(std::string_view& text) {
    const std::string_view fault = cut_yaml_quoted(rest_, text);
    return fault.empty() ? Status() : wrong("a text in quotation marks ", fault);
  }

  Status check_new(std::string_view key, std::int32_t level) const {
    for (std::size_t i = level == 0 ? 0 : parent_ + 1; i < out_.entries.size(); ++i) {
      const YamlEntry& before = out_.entries[i];
      if (before.level == level && before.key == key) {
        return wrong("the key ", in_quotes(key), " appears again, after line ", before.line);
      }
    }
    return {};
  }

  Status take_scalar(YamlEntry& entry) {
    if (rest_.front() == '"' || rest_.front() == '\'') {
      entry.quoted = true;
      if (Status status = cut_quoted(entry.scalar); !status.ok()) return status;
      return end_line("a value");
    }
    entry.scalar = trim_yaml(before_comment(rest_));
    if (!is_yaml_scalar(entry.scalar)) {
      return wrong(in_quotes(entry.scalar),
                   "; expected a number, a text, or a list in brackets of whole numbers");
    }
    return {};
  }

  // Reads a list in brackets, which may go on in further lines, from rest_.
  Status take_list(YamlEntry& entry) {
    const std::int64_t begin = lines_.number();
    begin_list(entry);
    rest_.remove_prefix(1);
    while (true) {
      if (Status status = skip_to_content(begin); !status.ok()) return status;
      if (rest_.front() == ']') break;
      const std::size_t end = std::min(rest_.find_first_of(" \t,]"), rest_.size());
      if (Status status = add_number(rest_.substr(0, end), entry); !status.ok()) return status;
      rest_.remove_prefix(end);
      if (Status status = skip_to_content(begin); !status.ok()) return status;
      if (rest_.front() == ']') break;
      if (rest_.front() != ',') return wrong(in_quotes(rest_), " where a comma or ']' is expected");
      rest_.remove_prefix(1);
    }
    rest_.remove_prefix(1);
    return end_line("a list");
  }

  // Within brackets: to the next character that is neither blank nor of a comment, also in further lines.
  Status skip_to_content(std::int64_t begin) {
    bool at_blank = false;
    while (true) {
      at_blank = skip_blanks() || at_blank;
      if (!rest_.empty() && !(rest_.front() == '#' && at_blank)) return {};
      if (!lines_.next()) return wrong("the file ends within the list that begins in line ", begin);
      if (lines_.is_marker())
        return wrong("the document ends within the list that begins in line ", begin);
      at_blank = true;
    }
  }

  YamlLines lines_;
  std::string_view& rest_;
  std::string_view name_;
  YamlLimits limits_;
  YamlDocument& out_;
  bool begun_ = false;
  bool ended_ = false;
  std::size_t parent_ = 0;        // the last entry of level 0
  std::size_t outer_indent_ = 0;  // of keys of level 0
  std::size_t inner_indent_ = 0;  // of keys of level 1
  std::size_t list_indent_ = 0;   // of items
  bool open_ = false;             // the last key's value may be in the next lines
  bool in_list_ = false;          // the last key's value is a list of lines
};

}  // namespace

Status read_yaml_lists(std::span<const std::byte> bytes, std::string_view name,
                       const YamlLimits& limits, YamlDocument& out) {
  out = {};
  if (bytes.size() > limits.bytes) {
    return refuse(name, bytes.size(), " bytes, but such a file has at most ", limits.bytes);
  }
  std::string_view text = as_text(bytes);
  if (text.starts_with("\xef\xbb\xbf")) text.remove_prefix(3);
  return YamlReader(text, name, limits, out).read();
}

}  // namespace evenkeel
