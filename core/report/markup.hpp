// Markup that is well-formed by construction: elements close in order, text is escaped.
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace evenkeel::report {

// Text from outside, harmless in an element and in a quoted attribute: markup is escaped; control
// bytes and what is not UTF-8 become U+FFFD.
std::string escaped(std::string_view outside);

struct Attribute {
  std::string_view name;
  std::string value;
};
using Attributes = std::initializer_list<Attribute>;

// HTML with inline SVG, written so that an XML parser would accept it too. Tags and attribute names
// are ours, literals that live for ever; attribute values and texts may come from outside.
class Markup {
 public:
  Markup& open(std::string_view tag, Attributes attributes = {});
  Markup& close();  // the innermost open element
  // An element that cannot have content: a void one of HTML, or a shape of SVG.
  Markup& leaf(std::string_view tag, Attributes attributes);
  // An element with nothing but text.
  Markup& element(std::string_view tag, Attributes attributes, std::string_view text);
  // An SVG shape with a tooltip.
  Markup& tipped(std::string_view tag, Attributes attributes, std::string_view tip);
  Markup& text(std::string_view outside);
  // Text that may break after _ / - and . as names and paths should, without changing when copied.
  Markup& name(std::string_view outside);
  // Markup of ours, as it is.
  Markup& raw(std::string_view ours);

  std::string take() && { return std::move(text_); }

 private:
  Markup& start(std::string_view tag, Attributes attributes, std::string_view end);

  std::string text_;
  std::vector<std::string_view> open_;
};

}  // namespace evenkeel::report
