// The keys of recorded loads in JSON, as engines' recorders write them.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace evenkeel {

// Those up to `latest_counts` lead to loads, and those up to `map` are lists that are read.
enum class KeyRole : std::uint8_t {
  records,          // a list of objects with loads
  logical_loads,    // of experts: [L, E], or [steps, L, E] in an object that is no member of a list
  slot_counts,      // of slots: [L, P]
  latest_counts,    // of slots, of the last step alone
  map,              // [L, P] the expert in each slot
  step,             // the engine's number of the step
  rank,             // the rank that counted the loads
  logical_experts,  // E
  window_size,      // the number of steps in slot_counts
  record_type,      // such an object may lack loads
  placement,        // the object is a placement
};

struct LoadsKey {
  std::string_view name;
  KeyRole role;
  std::string_view of_records = {};  // the usual key of the loads in its records
};

bool are_counts(const LoadsKey& key);
// Whether its list is read; other values are numbers, or are ignored.
bool is_list(const LoadsKey& key);

// Null: the key is not known, and its value is ignored.
const LoadsKey* find_loads_key(std::string_view name);

// The place of the key in the table. Of several counts in one object those of the lowest place are summed.
int order_of(const LoadsKey& key);

// The keys of loads, as "one of" for errors; with or without those of lists of records.
std::string expected_loads_keys(bool with_records);

// The first keys of an object, for errors.
class KeysFound {
 public:
  void add(std::string_view key);
  std::string text() const;

 private:
  std::string shown_;
  std::int64_t count_ = 0;
  std::int64_t shown_count_ = 0;
};

}  // namespace evenkeel
