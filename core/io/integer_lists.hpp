// Nested lists of integers out of a JSON document.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/status.hpp"

namespace evenkeel {

// Lists of one shape, flattened.
struct IntegerLists {
  std::vector<std::int32_t> values;
  std::array<std::int64_t, 3> shape{};
};

// Reads lists nested as deep as there are `levels`, which name the levels in errors: {"layer",
// "slot"} for [[P] ... L]. All lists of one level must be equally long and not empty; `most` bounds
// the length of each level.
Status read_integer_lists(std::string_view name, std::string_view what, const nlohmann::json& value,
                          std::span<const std::string_view> levels,
                          std::span<const std::int32_t> most, IntegerLists& out);

// The integer under a key that must be there and within least..most. `place` begins the sentence:
// "shape: ", or nothing.
Status read_integer(std::string_view name, std::string_view place, const nlohmann::json& object,
                    const char* key, std::int32_t least, std::int32_t most, std::int32_t& out);

// What the value is called in errors.
std::string_view json_kind(const nlohmann::json& value);

}  // namespace evenkeel
