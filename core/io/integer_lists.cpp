#include "core/io/integer_lists.hpp"

#include <limits>

#include "core/base/text.hpp"
#include "core/io/json_text.hpp"

namespace evenkeel {
namespace {

using nlohmann::json;

// False for integers that do not fit in 64 bits signed: no field has such values.
bool integer_value(const json& value, std::int64_t& out) {
  if (!value.is_number_integer()) return false;
  if (value.is_number_unsigned() &&
      value.get<std::uint64_t>() > std::uint64_t{std::numeric_limits<std::int64_t>::max()}) {
    return false;
  }
  out = value.get<std::int64_t>();
  return true;
}

class ListReader {
 public:
  ListReader(std::string_view name, std::string_view what, std::span<const std::string_view> levels,
             std::span<const std::int32_t> most, IntegerLists& out)
      : name_(name), what_(what), levels_(levels), most_(most), out_(out) {}

  Status read(const json& value, std::size_t depth) {
    if (depth == levels_.size()) return read_value(value, depth);
    if (!value.is_array()) {
      return refuse(name_, what_, place(depth), ": ", json_kind(value),
                    " where a list is expected");
    }
    const auto size = static_cast<std::int64_t>(value.size());
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
    for (std::int64_t i = 0; i < size; ++i) {
      index_[depth] = i;
      if (Status status = read(value[static_cast<std::size_t>(i)], depth + 1); !status.ok()) {
        return status;
      }
    }
    return {};
  }

 private:
  Status read_value(const json& value, std::size_t depth) {
    std::int64_t number = 0;
    if (!integer_value(value, number)) {
      return refuse(name_, what_, place(depth), ": ", json_kind(value),
                    " where an integer is expected");
    }
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

std::string_view json_kind(const json& value) {
  if (value.is_null()) return kJsonNull;
  if (value.is_boolean()) return kJsonBoolean;
  if (value.is_string()) return kJsonString;
  if (value.is_array()) return kJsonList;
  if (value.is_object()) return kJsonObject;
  if (value.is_number_float()) return "a number that is not an integer";
  return kJsonNumber;
}

Status read_integer_lists(std::string_view name, std::string_view what, const json& value,
                          std::span<const std::string_view> levels,
                          std::span<const std::int32_t> most, IntegerLists& out) {
  out = {};
  return ListReader(name, what, levels, most, out).read(value, 0);
}

Status read_integer(std::string_view name, std::string_view place, const json& object,
                    const char* key, std::int32_t least, std::int32_t most, std::int32_t& out) {
  const auto found = object.find(key);
  if (found == object.end()) return refuse(name, place, "no \"", key, "\"");
  std::int64_t value = 0;
  if (!integer_value(*found, value)) {
    return refuse(name, place, "\"", key, "\" is ", json_kind(*found),
                  "; expected an integer within ", least, "..", most);
  }
  if (value < least || value > most) {
    return refuse(name, place, "\"", key, "\" is ", value, "; expected an integer within ", least,
                  "..", most);
  }
  out = static_cast<std::int32_t>(value);
  return {};
}

}  // namespace evenkeel
