// An object of a JSON file with loads: which of its keys have them.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "core/base/status.hpp"
#include "core/io/loads/json_keys.hpp"
#include "core/io/loads/window_sum.hpp"

namespace evenkeel {

struct JsonRecord {
  bool is_member = false;           // of a list of records; else it is a whole document
  Place place = {};                 // its first step, layer 0
  std::int64_t rank = -1;           // -1: it says none
  const LoadsKey* loads = nullptr;  // the key of its loads or records
  const LoadsKey* map = nullptr;
  const LoadsKey* left_out = nullptr;  // counts that are not summed
  const LoadsKey* placement = nullptr;
  const LoadsKey* value = nullptr;  // the key of the next value, if known
  std::uint32_t seen = 0;           // bits of known keys
  bool has_type = false;
  KeysFound keys = {};

  bool has_counts() const { return loads != nullptr && are_counts(*loads); }
  // A map outside of the records would be of all or of the last; we cannot know.
  bool has_outer_map() const {
    return map != nullptr && loads != nullptr && loads->role == KeyRole::records;
  }
  bool ignores_value() const { return value == nullptr || !is_list(*value); }

  Status add_key(std::string_view name, std::string_view key);
  // The value is a list that is not ignored: whether it is read. Then it is the record's map or loads.
  Status begin_list(std::string_view name, bool& reads);
  // The error of an object that ends without loads.
  Status refuse_to_lack_loads(std::string_view name) const;

  // "step 7: " before errors of a member.
  std::string prefix() const;
};

}  // namespace evenkeel
