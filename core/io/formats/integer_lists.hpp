// Reads nested lists of integers from a JSON document.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/status.hpp"
#include "core/io/formats/json_tape.hpp"

namespace evenkeel {

// A list of lists of equal lengths, flattened.
struct IntegerLists {
  std::vector<std::int32_t> values;
  std::array<std::int64_t, 3> shape{};
};

// Reads lists nested to the depth of `levels`, which has the names of the levels for errors: {"layer",
// "slot"} for [[P] ... L]. All lists of one level must have the same length, at least 1 and at most that in
// `most`.
Status read_integer_lists(std::string_view name, std::string_view what, const JsonValue& value,
                          std::span<const std::string_view> levels,
                          std::span<const std::int32_t> most, IntegerLists& out);
// The same for the values of an outermost list.
Status read_integer_lists(std::string_view name, std::string_view what,
                          std::span<const JsonValue> values,
                          std::span<const std::string_view> levels,
                          std::span<const std::int32_t> most, IntegerLists& out);

// Reads the integer under a required key; it must be within least..most. `place` is a prefix for errors:
// "shape: ", or empty.
Status read_integer(std::string_view name, std::string_view place, const JsonValue& object,
                    const char* key, std::int32_t least, std::int32_t most, std::int32_t& out);

}  // namespace evenkeel
