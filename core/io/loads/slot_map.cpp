#include "core/io/loads/slot_map.hpp"

#include <algorithm>
#include <cmath>

#include "core/base/text.hpp"

namespace evenkeel {

Status SlotMap::add_layer(std::string_view name, std::span<const Number> experts_of_slots) {
  const std::int64_t layer = layers();
  const auto slots = std::ssize(experts_of_slots);
  if (slots == 0 || slots > kMaxSlots) {
    return refuse(name, where_, "layer ", layer, ": the map has ", several(slots, "slot"),
                  "; expected 1 to ", kMaxSlots);
  }
  if (slots_ != 0 && slots != slots_) {
    return refuse(name, where_, "layer ", layer, ": the map has ", several(slots, "slot"),
                  ", but in layer 0 ", slots_);
  }
  slots_ = slots;
  for (std::int64_t slot = 0; slot < slots; ++slot) {
    const Number& entry = experts_of_slots[static_cast<std::size_t>(slot)];
    const double expert = entry.real;
    if (!(expert >= -1 && expert < kMaxExperts) || expert != std::floor(expert)) {
      return refuse(name, where_, "layer ", layer, ", slot ", slot, ": the map says expert ",
                    entry.is_whole ? std::to_string(entry.whole) : number_text(expert),
                    "; expected 0 to ", kMaxExperts - 1, ", or -1 for an empty slot");
    }
    experts_of_.push_back(static_cast<std::int32_t>(expert));
    experts_ = std::max<std::int64_t>(experts_, experts_of_.back() + 1);
  }
  return {};
}

void SlotMap::name_layers(const LayerNumbers& numbers) {
  numbers_.clear();
  for (std::int64_t i = 0; i < layers(); ++i)
    numbers_.push_back(numbers[static_cast<std::size_t>(i)]);
}

std::int64_t SlotMap::row_of(std::int64_t layer) const {
  const auto at = std::lower_bound(numbers_.begin(), numbers_.end(), layer);
  return at == numbers_.end() || *at != layer ? -1 : at - numbers_.begin();
}

Status SlotMap::check(std::string_view name) const {
  for (std::int64_t layer = 0; layer < layers(); ++layer) {
    std::vector<bool> seen(static_cast<std::size_t>(experts_));
    for (std::int64_t slot = 0; slot < slots_; ++slot) {
      const std::int32_t expert = experts_of_[static_cast<std::size_t>(layer * slots_ + slot)];
      if (expert >= 0) seen[static_cast<std::size_t>(expert)] = true;
    }
    const auto lost = std::find(seen.begin(), seen.end(), false);
    if (lost == seen.end()) continue;
    return refuse(name, where_, "layer ", layer, ": the map has no slot for expert ",
                  lost - seen.begin(), "; expected each of the ", several(experts_, "expert"),
                  " in a slot");
  }
  return {};
}

Status SlotMap::fold(std::string_view name, const Place& place, std::int64_t row,
                     std::span<const Number> slots, std::vector<Number>& out) const {
  if (std::ssize(slots) != slots_) {
    return refuse(name, describe(place), ": ", several(std::ssize(slots), "count"),
                  ", but the map has ", several(slots_, "slot"));
  }
  if (layers() == 1) row = 0;
  if (row >= layers()) {
    return refuse(name, describe(place), ": the map has only ", several(layers(), "layer"));
  }
  out.assign(static_cast<std::size_t>(experts_), Number{0, 0, true});
  const std::int32_t* const expert_of = experts_of_.data() + row * slots_;
  for (std::size_t slot = 0; slot < slots.size(); ++slot) {
    const Number& count = slots[slot];
    if (!(count.real >= 0) || std::isinf(count.real)) {
      return refuse_load(name, place, static_cast<std::int64_t>(slot), count.real, "slot");
    }
    if (expert_of[slot] < 0) {
      if (count.real == 0) continue;
      return refuse(name, describe(place), ", slot ", slot, ": load ", count.real,
                    ", but the map says that the slot is empty");
    }
    out[static_cast<std::size_t>(expert_of[slot])] += count;
  }
  return {};
}

}  // namespace evenkeel
