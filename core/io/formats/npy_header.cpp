// The header of a .npy file: {'descr': '<u2', 'fortran_order': False, 'shape': (3, 4), }
#include <limits>

#include "core/base/text.hpp"
#include "core/io/formats/npy.hpp"

namespace evenkeel {
namespace {

class HeaderParser {
 public:
  HeaderParser(std::string_view literal, std::string_view name, NpyHeader& out)
      : literal_(literal), name_(name), out_(out) {}

  Status parse() {
    if (!take('{')) return unexpected("a python dict, '{'");
    while (!take('}')) {
      if (Status status = parse_entry(); !status.ok()) return status;
      if (take(',')) continue;
      if (take('}')) break;
      return unexpected("',' or '}'");
    }
    skip_spaces();
    if (at_ < literal_.size()) return unexpected("nothing after the dict");
    if (!has_descr_) return missing("descr");
    if (!has_order_) return missing("fortran_order");
    if (!has_shape_) return missing("shape");
    return {};
  }

 private:
  Status parse_entry() {
    std::string_view key;
    if (!take_string(key)) return unexpected("a key in quotes");
    if (!take(':')) return unexpected("':'");
    if (key == "descr") return once(has_descr_, key, &HeaderParser::parse_descr);
    if (key == "fortran_order") return once(has_order_, key, &HeaderParser::parse_order);
    if (key == "shape") return once(has_shape_, key, &HeaderParser::parse_shape);
    return refuse(name_, "header key ", in_quotes(key),
                  " is unknown; expected descr, fortran_order and shape");
  }

  Status once(bool& seen, std::string_view key, Status (HeaderParser::*parse_value)()) {
    if (seen) return refuse(name_, "header key '", key, "' appears twice");
    seen = true;
    return (this->*parse_value)();
  }

  Status parse_descr() {
    if (take_string(out_.descr)) return {};
    if (take('[') || take('(')) {
      return refuse(name_,
                    "the dtype is structured; expected one integer or float type, so save one "
                    "field of the array");
    }
    return unexpected("a dtype in quotes");
  }

  Status parse_order() {
    if (take_word("False")) {
      out_.fortran_order = false;
    } else if (take_word("True")) {
      out_.fortran_order = true;
    } else {
      return unexpected("True or False");
    }
    return {};
  }

  // A python tuple: (), (3,), (3, 4) or (3, 4,), but not (3), which is a number.
  Status parse_shape() {
    if (!take('(')) return unexpected("a tuple, '('");
    bool comma = true;
    while (!take(')')) {
      if (!comma) return unexpected("',' or ')'");
      std::int64_t dimension = 0;
      if (Status status = parse_dimension(dimension); !status.ok()) return status;
      if (out_.dimensions < out_.shape.size()) out_.shape[out_.dimensions] = dimension;
      ++out_.dimensions;
      comma = take(',');
    }
    if (out_.dimensions == 1 && !comma) return unexpected("a tuple such as (3, 4)");
    return {};
  }

  Status parse_dimension(std::int64_t& dimension) {
    skip_spaces();
    const std::size_t begin = at_;
    for (; at_ < literal_.size() && literal_[at_] >= '0' && literal_[at_] <= '9'; ++at_) {
      const std::int64_t digit = literal_[at_] - '0';
      if (dimension > (std::numeric_limits<std::int64_t>::max() - digit) / 10) {
        return refuse(name_, "a dimension in the header's shape is above ",
                      std::numeric_limits<std::int64_t>::max());
      }
      dimension = dimension * 10 + digit;
    }
    return at_ > begin ? Status() : unexpected("a dimension of at least 0");
  }

  void skip_spaces() {
    while (at_ < literal_.size() &&
           (literal_[at_] == ' ' || literal_[at_] == '\t' || literal_[at_] == '\n')) {
      ++at_;
    }
  }

  bool take(char c) {
    skip_spaces();
    if (at_ == literal_.size() || literal_[at_] != c) return false;
    ++at_;
    return true;
  }

  bool take_word(std::string_view word) {
    skip_spaces();
    if (literal_.substr(at_, word.size()) != word) return false;
    at_ += word.size();
    return true;
  }

  // A python string without escapes: numpy writes none in headers.
  bool take_string(std::string_view& text) {
    skip_spaces();
    if (at_ == literal_.size() || (literal_[at_] != '\'' && literal_[at_] != '"')) return false;
    const std::size_t end = literal_.find(literal_[at_], at_ + 1);
    if (end == std::string_view::npos) return false;
    text = literal_.substr(at_ + 1, end - at_ - 1);
    if (text.find('\\') != std::string_view::npos) return false;
    at_ = end + 1;
    return true;
  }

  Status unexpected(std::string_view expected) {
    skip_spaces();
    const std::string_view rest = literal_.substr(at_);
    if (rest.empty()) return refuse(name_, "the header ends where ", expected, " is expected");
    return refuse(name_, "header byte ", at_, ": ", in_quotes(rest), " where ", expected,
                  " is expected");
  }

  Status missing(std::string_view key) const {
    return refuse(name_, "the header has no '", key, "'");
  }

  std::string_view literal_;
  std::string_view name_;
  NpyHeader& out_;
  std::size_t at_ = 0;
  bool has_descr_ = false;
  bool has_order_ = false;
  bool has_shape_ = false;
};

}  // namespace

Status parse_npy_header(std::string_view literal, std::string_view name, NpyHeader& out) {
  out = {};
  return HeaderParser(literal, name, out).parse();
}

}  // namespace evenkeel
