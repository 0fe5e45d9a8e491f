#include "core/io/formats/json_text.hpp"

#include <algorithm>
#include <utility>

namespace evenkeel {
namespace {

// Deeper than all known files, and shallow enough for recursive code.
constexpr int kDeepest = 64;

constexpr std::string_view kBlank = " \t\r\n";

// nlohmann's error code for a number that is too large for binary64.
constexpr int kNumberOverflow = 406;

// An iterator over the bytes that tells the reader the position of the parser.
struct Cursor {
  using iterator_category = std::forward_iterator_tag;
  using value_type = char;
  using difference_type = std::ptrdiff_t;
  using pointer = const char*;
  using reference = const char&;

  reference operator*() const { return *at; }
  pointer operator->() const { return at; }
  Cursor& operator++() {
    *progress = ++at;
    return *this;
  }
  Cursor operator++(int) {
    const Cursor before = *this;
    ++*this;
    return before;
  }
  friend bool operator==(const Cursor& a, const Cursor& b) { return a.at == b.at; }

  const char* at = nullptr;
  const char** progress = nullptr;
};

// "[json.exception.parse_error.101] parse error at line 1, column 2: syntax error while parsing
// value - invalid literal; last read: 'x'" becomes "invalid literal".
std::string_view cause_of(std::string_view message) {
  if (const std::size_t dash = message.find(" - "); dash != std::string_view::npos) {
    message.remove_prefix(dash + 3);
  }
  return message.substr(0, message.find("; last read: "));
}

}  // namespace

JsonSax::JsonSax(std::span<const std::byte> bytes, std::string_view name)
    : text_(reinterpret_cast<const char*>(bytes.data()), bytes.size()),
      name_(name),
      at_(text_.data()) {}

Status JsonSax::check_text(std::string_view expected) const {
  if (text_.find_first_not_of(kBlank) == std::string_view::npos) {
    return refuse(name_, "empty; expected ", expected);
  }
  // The parser takes a zero byte for the end of the text and ignores what follows.
  if (const std::size_t zero = text_.find('\0'); zero != std::string_view::npos) {
    return refuse(name_, "byte ", zero + 1, ": a zero byte; expected JSON as UTF-8 text");
  }
  return {};
}

bool JsonSax::parse_document(bool only) {
  const Cursor begin{text_.data() + begin_, &at_};
  const Cursor end{text_.data() + text_.size(), &at_};
  nlohmann::json_sax<nlohmann::json>* const events =
      this;  // the base class, in which they are public
  const bool parsed =
      nlohmann::json::sax_parse(begin, end, events, nlohmann::json::input_format_t::json, only);
  return parsed || !status_.ok() ? parsed : fail("not valid JSON");
}

Status JsonSax::parse(std::string_view expected) {
  if (Status status = check_text(expected); !status.ok()) return status;
  parse_document(true);
  return status_;
}

Status JsonSax::parse_lines(std::string_view expected) {
  if (Status status = check_text(expected); !status.ok()) return status;
  begin_ = text_.find_first_not_of(kBlank);
  while (parse_document(false)) {
    // All lists and objects are closed, so the parser has read nothing after the last bracket.
    const std::size_t next = text_.find_first_not_of(kBlank, consumed());
    if (next == std::string_view::npos) break;
    if (text_.substr(consumed(), next - consumed()).find('\n') == std::string_view::npos) {
      const std::string_view rest = text_.substr(next);
      fail("byte ", next + 1, " (line ", line_of(next), "): not valid JSON, ",
           in_quotes(rest.substr(0, rest.find_first_of("\r\n"))),
           " after the end; expected each document on a new line");
      break;
    }
    begin_ = next;
    ++documents_;
  }
  return status_;
}

std::int64_t JsonSax::line_of(std::size_t byte) const {
  return 1 + std::count(text_.begin(), text_.begin() + static_cast<std::ptrdiff_t>(byte), '\n');
}

// 0 if there is only one document.
std::int64_t JsonSax::document_line() const {
  if (documents_ > 0) return line_of(begin_);
  // A bracket that closes at the end of a line, and one that opens on the next, are of two documents.
  const std::size_t end = text_.find('\n', begin_);
  if (end == std::string_view::npos) return 0;
  const std::size_t next = text_.find_first_not_of(kBlank, end);
  const char last = text_[text_.find_last_not_of(kBlank, end)];
  const bool closes = last == '}' || last == ']';
  const bool opens = next != std::string_view::npos && (text_[next] == '{' || text_[next] == '[');
  return closes && opens ? line_of(begin_) : 0;
}

bool JsonSax::fail(Status status) {
  status_ = std::move(status);
  return false;
}

bool JsonSax::require(Status status) {
  if (status.ok()) return true;
  const std::int64_t line = status.is_stopped() ? 0 : document_line();
  if (line == 0) return fail(std::move(status));
  std::string sentence = status.sentence();
  sentence.insert(shown_name(name_).size() + 2, "line " + std::to_string(line) + ": ");
  return fail(status.reworded(std::move(sentence)));
}

bool JsonSax::enter() {
  if (depth_ == kDeepest) {
    return fail("byte ", consumed(), ": nested deeper than ", kDeepest, " lists and objects");
  }
  ++depth_;
  return true;
}

bool JsonSax::number_integer(std::int64_t value) {
  if (value >= 0) return number_unsigned(static_cast<std::uint64_t>(value));
  return on_negative(value);
}

bool JsonSax::number_unsigned(std::uint64_t value) {
  return on_number(static_cast<double>(value), value, true);
}

bool JsonSax::end_object() {
  --depth_;
  return on_end_object();
}

bool JsonSax::end_array() {
  --depth_;
  return on_end_list();
}

bool JsonSax::parse_error(std::size_t position, const std::string& token,
                          const nlohmann::json::exception& error) {
  const std::size_t byte = std::min(begin_ + position, text_.size());
  const std::int64_t line = line_of(byte);
  if (error.id == kNumberOverflow) {
    return fail("byte ", byte, " (line ", line, "): number ", in_quotes(token),
                " is too large for binary64; expected a finite number");
  }
  return fail("byte ", byte, " (line ", line, "): not valid JSON, ", cause_of(error.what()));
}

}  // namespace evenkeel
