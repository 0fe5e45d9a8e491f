// Counts by slot in JSON records, folded to loads of experts by the map in the same record.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/status.hpp"
#include "core/io/loads/json_record.hpp"
#include "core/io/loads/window_sum.hpp"

namespace evenkeel {

// Lists of numbers, one for each layer.
class NumberRows {
 public:
  void clear();
  void add(const Number& number) { numbers_.push_back(number); }
  void end_row() { ends_.push_back(numbers_.size()); }
  std::int64_t rows() const { return std::ssize(ends_); }
  std::size_t open_size() const { return numbers_.size() - (ends_.empty() ? 0 : ends_.back()); }
  std::span<const Number> row(std::int64_t i) const;

 private:
  std::vector<Number> numbers_;
  std::vector<std::size_t> ends_;
};

class SlotCounts {
 public:
  SlotCounts(std::string_view name, WindowSum& window) : name_(name), window_(window) {}

  // Filled by the caller while it reads a record: map and counts come in any order.
  NumberRows counts;
  NumberRows map;
  // What the file says, 0: nothing yet.
  std::uint64_t logical_experts = 0;
  std::uint64_t window_size = 0;

  // Adds the counts of an object as a step.
  Status end_record(const JsonRecord& record);
  // Takes note of the map of an object, which may lack counts.
  Status note_map(const JsonRecord& record);
  // Checks what could not be known before, because a document may say its sizes last. `outer_map`: it has a map
  // outside of its records.
  Status end_document(bool outer_map);

  void add_notes(std::vector<std::string>& notes) const;

 private:
  Status read_map(SlotMap& out) const;
  Status add_without_map(Place place);
  Status refuse_to_lack_map(const Place& place, std::string_view others) const;
  Status check_assumed(bool outer_map) const;
  void watch_windows(const Place& step);

  std::string_view name_;
  WindowSum& window_;
  std::int64_t experts_ = 0;        // of the last map
  std::int64_t folded_slots_ = 0;   // of the first record with a map
  std::int64_t assumed_slots_ = 0;  // of the first record without a map
  Place assumed_place_;
  bool has_map_ = false;  // the file, up to here
  std::int64_t last_step_ = -1;
  std::int64_t least_distance_ = -1;  // of the steps of successive records
  const LoadsKey* summed_ = nullptr;
  const LoadsKey* left_out_ = nullptr;
  std::vector<Number> folded_;
};

}  // namespace evenkeel
