#include "core/report/markup.hpp"

#include <cstddef>
#include <cstdint>

#include "core/base/numbers.hpp"
#include "core/base/utf8.hpp"

namespace evenkeel::report {
namespace {

constexpr std::string_view kReplacement = "\xef\xbf\xbd";  // U+FFFD

bool is_control(char c) {
  return (static_cast<std::uint8_t>(c) < 0x20 && c != '\n' && c != '\t') || c == '\x7f';
}

}  // namespace

std::string px(double value) { return shortest(value, 2); }

std::string share(double part) { return px(part * 100) + "%"; }

std::string escaped(std::string_view outside) {
  std::string out;
  while (!outside.empty()) {
    const std::size_t length = utf8_length(outside);
    const char c = outside.front();
    if (length == 0 || is_control(c)) {
      out += kReplacement;
    } else if (c == '&') {
      out += "&amp;";
    } else if (c == '<') {
      out += "&lt;";
    } else if (c == '>') {
      out += "&gt;";
    } else if (c == '"') {
      out += "&quot;";
    } else if (c == '\'') {
      out += "&#39;";
    } else {
      out += outside.substr(0, length);
    }
    outside.remove_prefix(length == 0 ? 1 : length);
  }
  return out;
}

Markup& Markup::start(std::string_view tag, Attributes attributes, std::string_view end) {
  text_ += '<';
  text_ += tag;
  for (const Attribute& attribute : attributes) {
    text_ += ' ';
    text_ += attribute.name;
    text_ += "=\"" + escaped(attribute.value) + "\"";
  }
  return raw(end);
}

Markup& Markup::open(std::string_view tag, Attributes attributes) {
  open_.push_back(tag);
  return start(tag, attributes, ">");
}

Markup& Markup::close() {
  text_ += "</";
  text_ += open_.back();
  text_ += '>';
  open_.pop_back();
  return *this;
}

Markup& Markup::leaf(std::string_view tag, Attributes attributes) {
  return start(tag, attributes, "/>");
}

Markup& Markup::element(std::string_view tag, Attributes attributes, std::string_view text) {
  return open(tag, attributes).text(text).close();
}

Markup& Markup::tipped(std::string_view tag, Attributes attributes, std::string_view tip) {
  return open(tag, attributes).element("title", {}, tip).close();
}

Markup& Markup::text(std::string_view outside) { return raw(escaped(outside)); }

Markup& Markup::name(std::string_view outside) {
  while (!outside.empty()) {
    const std::size_t end = outside.find_first_of("_/-.");
    if (end == std::string_view::npos) return text(outside);
    text(outside.substr(0, end + 1)).raw("<wbr/>");
    outside.remove_prefix(end + 1);
  }
  return *this;
}

Markup& Markup::raw(std::string_view ours) {
  text_ += ours;
  return *this;
}

}  // namespace evenkeel::report
