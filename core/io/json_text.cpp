#include "core/io/json_text.hpp"

#include <algorithm>
#include <utility>

namespace evenkeel {
namespace {

// Deeper than all known files, and shallow enough for recursive code.
constexpr int kDeepest = 64;

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

Status JsonSax::parse(std::string_view expected) {
  if (text_.find_first_not_of(" \t\r\n") == std::string_view::npos) {
    return refuse(name_, "empty; expected ", expected);
  }
  // The parser takes a zero byte for the end of the text and ignores what follows.
  if (const std::size_t zero = text_.find('\0'); zero != std::string_view::npos) {
    return refuse(name_, "byte ", zero + 1, ": a zero byte; expected JSON as UTF-8 text");
  }
  const Cursor begin{text_.data(), &at_};
  const Cursor end{text_.data() + text_.size(), &at_};
  nlohmann::json_sax<nlohmann::json>* const events =
      this;  // the base class, in which they are public
  if (!nlohmann::json::sax_parse(begin, end, events) && status_.ok()) fail("not valid JSON");
  return status_;
}

bool JsonSax::fail(Status status) {
  status_ = std::move(status);
  return false;
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
  const std::size_t byte = std::min(position, text_.size());
  const auto line =
      1 + std::count(text_.begin(), text_.begin() + static_cast<std::ptrdiff_t>(byte), '\n');
  if (error.id == kNumberOverflow) {
    return fail("byte ", byte, " (line ", line, "): number ", in_quotes(token),
                " is too large for binary64; expected a finite number");
  }
  return fail("byte ", byte, " (line ", line, "): not valid JSON, ", cause_of(error.what()));
}

}  // namespace evenkeel
