// Counts of physical experts (slots), folded to logical experts by the map under which they were counted.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/base/status.hpp"
#include "core/io/loads/window_sum.hpp"

namespace evenkeel {

// The expert of each slot of each layer, as a file says it.
class SlotMap {
 public:
  // `where` precedes the places in errors, for files with several maps.
  explicit SlotMap(std::string where = "") : where_(std::move(where)) {}

  // Adds the next layer. -1 is a slot without an expert.
  Status add_layer(std::string_view name, std::span<const Number> experts_of_slots);
  // Says the numbers of the layers, which were added; without them, its layers are those of a step in their order.
  void name_layers(const LayerNumbers& numbers);
  bool has_numbers() const { return !numbers_.empty(); }
  std::span<const std::int32_t> numbers() const { return numbers_; }
  // The row of a layer by its number, or -1; for a map with numbers.
  std::int64_t row_of(std::int64_t layer) const;
  // Checks that each expert has a slot in every layer.
  Status check(std::string_view name) const;

  std::int64_t layers() const { return slots_ == 0 ? 0 : std::ssize(experts_of_) / slots_; }
  std::int64_t slots() const { return slots_; }
  std::int64_t experts() const { return experts_; }

  // Replaces `out` by the sums of the slots of each expert, for the row-th layer; a map of one layer is that of all.
  // `place` is for errors.
  Status fold(std::string_view name, const Place& place, std::int64_t row,
              std::span<const Number> slots, std::vector<Number>& out) const;

 private:
  std::string where_;
  std::int64_t slots_ = 0;
  std::int64_t experts_ = 0;
  std::vector<std::int32_t> experts_of_;  // [layers, slots]
  std::vector<std::int32_t> numbers_;     // of its layers, ascending; empty: not known
};

}  // namespace evenkeel
