// Writes markup that is well-formed by construction: elements are closed in order, text is escaped.
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace evenkeel::report {

// Makes untrusted text safe in an element and in a quoted attribute: escapes markup; control bytes and
// invalid UTF-8 become U+FFFD.
std::string escaped(std::string_view outside);

// A length in an SVG with at most two decimals: "12.5".
std::string px(double value);
// A fraction of the width of an SVG: "12.5%".
std::string share(double part);

struct Attribute {
  std::string_view name;
  std::string value;
};
using Attributes = std::initializer_list<Attribute>;

// HTML with inline SVG that is also well-formed XML. Tags and attribute names are string literals; attribute
// values and texts may be untrusted.
class Markup {
 public:
  Markup& open(std::string_view tag, Attributes attributes = {});
  Markup& close();  // the innermost open element
  // An element without content: a void element of HTML, or a shape of SVG.
  Markup& leaf(std::string_view tag, Attributes attributes);
  // An element that contains only text.
  Markup& element(std::string_view tag, Attributes attributes, std::string_view text);
  // An SVG shape with a tooltip.
  Markup& tipped(std::string_view tag, Attributes attributes, std::string_view tip);
  Markup& text(std::string_view outside);
  // A name or path, which may break after _ / - and . but does not change when it is copied.
  Markup& name(std::string_view outside);
  // Trusted markup, unchanged.
  Markup& raw(std::string_view ours);

  std::string take() && { return std::move(text_); }

 private:
  Markup& start(std::string_view tag, Attributes attributes, std::string_view end);

  std::string text_;
  std::vector<std::string_view> open_;
};

}  // namespace evenkeel::report
