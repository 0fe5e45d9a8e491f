#include "core/io/formats/integer_lists.hpp"

#include <limits>
#include <optional>

#include "core/base/text.hpp"

namespace evenkeel {
namespace {

class ListReader {
 public:
  ListReader(std::string_view name, std::string_view what, std::span<const std::string_view> levels,
             std::span<const std::int32_t> most, IntegerLists& out)
      : name_(name), what_(what), levels_(levels), most_(most), out_(out) {}

  Status read(const JsonValue& value, std::size_t depth) {
    if (depth == levels_.size()) return read_value(value, depth);
    if (!value.is_list()) {
      return refuse(name_, what_, place(depth), ": ", value.kind_name(),
                    " where a list is expected");
    }
    if (Status status = check_size(value.size(), depth); !status.ok()) return status;
    return read_all(value.values(), depth);
  }

  Status read_outermost(std::span<const JsonValue> values) {
    if (Status status = check_size(values.size(), 0); !status.ok()) return status;
    return read_all(values, 0);
  }

 private:
  // Before the values are listed, because a hostile list may be long.
  Status check_size(std::size_t count, std::size_t depth) {
    const auto size = static_cast<std::int64_t>(count);
    std::int64_t& expected = out_.shape[depth];
    if (size == 0) {
      return refuse(name_, what_, place(depth), ": an empty list; expected at least one ",
                    levels_[depth]);
    }
    if (size > most_[depth]) {
      return refuse(name_, what_, place(depth), ": ", several(size, levels_[depth]),
                    ", but at most ", most_[depth], " can be read");
    }
    if (expected == 0) expected = size;  // the first list at this level
    if (size != expected) {
      return refuse(name_, what_, place(depth), ": ", several(size, levels_[depth]),
                    ", but the lists before have ", expected);
    }
    return {};
  }

  Status read_all(std::span<const JsonValue> values, std::size_t depth) {
    for (std::size_t i = 0; i < values.size(); ++i) {
      index_[depth] = static_cast<std::int64_t>(i);
      if (Status status = read(values[i], depth + 1); !status.ok()) return status;
    }
    return {};
  }

  Status read_value(const JsonValue& value, std::size_t depth) {
    if (value.kind() != JsonKind::integer) {
      return refuse(name_, what_, place(depth), ": ", value.kind_name(),
                    " where an integer is expected");
    }
    const std::int64_t number = value.integer();
    if (number < std::numeric_limits<std::int32_t>::min() ||
        number > std::numeric_limits<std::int32_t>::max()) {
      return refuse(name_, what_, place(depth), ": ", number, " does not fit in 32 bits");
    }
    out_.values.push_back(static_cast<std::int32_t>(number));
    return {};
  }

  // ", layer 2, slot 7" for a value; empty for the outermost list.
  std::string place(std::size_t depth) const {
    std::string text;
    for (std::size_t i = 0; i < depth; ++i) {
      text += ", ";
      text += levels_[i];
      text += " " + std::to_string(index_[i]);
    }
    return text;
  }

  std::string_view name_;
  std::string_view what_;
  std::span<const std::string_view> levels_;
  std::span<const std::int32_t> most_;
  IntegerLists& out_;
  std::array<std::int64_t, 3> index_{};
};

}  // namespace

Status read_integer_lists(std::string_view name, std::string_view what, const JsonValue& value,
                          std::span<const std::string_view> levels,
                          std::span<const std::int32_t> most, IntegerLists& out) {
  out = {};
  return ListReader(name, what, levels, most, out).read(value, 0);
}

Status read_integer_lists(std::string_view name, std::string_view what,
                          std::span<const JsonValue> values,
                          std::span<const std::string_view> levels,
                          std::span<const std::int32_t> most, IntegerLists& out) {
  out = {};
  return ListReader(name, what, levels, most, out).read_outermost(values);
}

Status read_integer(std::string_view name, std::string_view place, const JsonValue& object,
                    const char* key, std::int32_t least, std::int32_t most, std::int32_t& out) {
  const std::optional<JsonValue> found = object.find(key);
  if (!found) return refuse(name, place, "no \"", key, "\"");
  if (found->kind() != JsonKind::integer) {
    return refuse(name, place, "\"", key, "\" is ", found->kind_name(),
                  "; expected an integer within ", least, "..", most);
  }
  const std::int64_t value = found->integer();
  if (value < least || value > most) {
    return refuse(name, place, "\"", key, "\" is ", value, "; expected an integer within ", least,
                  "..", most);
  }
  out = static_cast<std::int32_t>(value);
  return {};
}

}  // namespace evenkeel
