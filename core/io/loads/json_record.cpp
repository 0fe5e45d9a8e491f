#include "core/io/loads/json_record.hpp"

#include "core/base/text.hpp"

namespace evenkeel {

std::string JsonRecord::prefix() const { return is_member ? describe_step(place) + ": " : ""; }

Status JsonRecord::add_key(std::string_view name, std::string_view key) {
  keys.add(key);
  value = find_loads_key(key);
  if (value == nullptr) return {};
  const std::uint32_t bit = std::uint32_t{1} << order_of(*value);
  if ((seen & bit) != 0) return refuse(name, prefix(), in_quotes(key), " appears twice");
  seen |= bit;
  if (value->role == KeyRole::record_type) has_type = true;
  if (value->role == KeyRole::placement) placement = value;
  if (value->role == KeyRole::records && is_member) value = nullptr;
  return {};
}

Status JsonRecord::begin_list(std::string_view name, bool& reads) {
  reads = true;
  const LoadsKey*& place_of_value = value->role == KeyRole::map ? map : loads;
  const LoadsKey* const have = place_of_value;
  if (have != nullptr) {
    const bool records = have->role == KeyRole::records || value->role == KeyRole::records;
    if (records || (!are_counts(*have) && !are_counts(*value))) {
      return refuse(name, prefix(), in_quotes(value->name), " beside ", in_quotes(have->name),
                    "; expected only one of them");
    }
    reads = order_of(*value) < order_of(*have);
    left_out = reads ? have : value;
  }
  if (reads) place_of_value = value;
  return {};
}

Status JsonRecord::refuse_to_lack_loads(std::string_view name) const {
  const LoadsKey* const key = placement != nullptr ? placement : map;
  if (!is_member && key != nullptr) {
    return refuse(name, "a placement (", in_quotes(key->name),
                  "), not recorded loads; evenkeel score LOADS PLACEMENT reads it");
  }
  return refuse(name, prefix(), is_member ? "the record has " : "the object has ", keys.text(),
                "; expected ", expected_loads_keys(!is_member));
}

}  // namespace evenkeel
