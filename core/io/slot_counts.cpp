#include "core/io/slot_counts.hpp"

#include <algorithm>
#include <cmath>

#include "core/base/text.hpp"

namespace evenkeel {
namespace {

bool is_empty_slot(const Number& entry) { return entry.real == -1; }

std::string entry_text(const Number& entry) {
  return entry.is_whole ? std::to_string(entry.whole) : number_text(entry.real);
}

std::string slot_text(const Place& place, std::size_t slot) {
  return describe(place) + ", slot " + std::to_string(slot);
}

}  // namespace

void NumberRows::clear() {
  numbers_.clear();
  ends_.clear();
}

std::span<const Number> NumberRows::row(std::int64_t i) const {
  const auto at = static_cast<std::size_t>(i);
  const std::size_t begin = at == 0 ? 0 : ends_[at - 1];
  return std::span(numbers_).subspan(begin, ends_[at] - begin);
}

// The largest number of the map says how many experts there are.
Status SlotCounts::find_experts(Place place) {
  experts_ = 0;
  for (place.layer = 0; place.layer < map.rows(); ++place.layer) {
    const std::span<const Number> entries = map.row(place.layer);
    for (std::size_t slot = 0; slot < entries.size(); ++slot) {
      const Number& entry = entries[slot];
      if (is_empty_slot(entry)) continue;
      if (!entry.is_whole || entry.whole >= static_cast<std::uint64_t>(kMaxExperts)) {
        return refuse(name_, slot_text(place, slot), ": the map says expert ", entry_text(entry),
                      "; expected 0 to ", kMaxExperts - 1, ", or -1 for an empty slot");
      }
      experts_ = std::max(experts_, static_cast<std::int64_t>(entry.whole) + 1);
    }
  }
  return {};
}

// Sums the slots of each expert of one layer into folded_.
Status SlotCounts::fold(Place place) {
  const std::span<const Number> slots = counts.row(place.layer);
  const std::span<const Number> entries = map.row(place.layer);
  if (slots.size() != entries.size()) {
    return refuse(name_, describe(place), ": ", several(std::ssize(slots), "count"),
                  ", but the map has ", several(std::ssize(entries), "slot"));
  }
  folded_.assign(static_cast<std::size_t>(experts_), Number{0, 0, true});
  std::vector<bool> placed(folded_.size());
  for (std::size_t slot = 0; slot < slots.size(); ++slot) {
    const Number& count = slots[slot];
    if (!(count.real >= 0) || std::isinf(count.real)) {
      return refuse_load(name_, place, static_cast<std::int64_t>(slot), count.real);
    }
    if (is_empty_slot(entries[slot])) {
      if (count.real == 0) continue;
      return refuse(name_, slot_text(place, slot), ": load ", entry_text(count),
                    ", but the map says that the slot is empty");
    }
    const auto expert = static_cast<std::size_t>(entries[slot].whole);
    Number& sum = folded_[expert];
    placed[expert] = true;
    sum.whole += count.whole;
    sum.real += count.real;
    sum.is_whole = sum.is_whole && count.is_whole && sum.whole >= count.whole;
  }
  const auto missing = std::find(placed.begin(), placed.end(), false) - placed.begin();
  if (missing == std::ssize(placed)) return {};
  return refuse(name_, describe(place), ": the map has no slot for expert ", missing,
                "; expected each of the ", several(experts_, "expert"), " in a slot");
}

Status SlotCounts::add_without_map(Place place) {
  for (; place.layer < counts.rows(); ++place.layer) {
    const std::span<const Number> row = counts.row(place.layer);
    if (!window_.folds() && assumed_slots_ == 0 && !row.empty()) {
      assumed_slots_ = std::ssize(row);
      assumed_place_ = place;
      if (logical_experts != 0) {
        if (Status status = check_assumed(false); !status.ok()) return status;
      }
    }
    if (Status status = window_.add_row(place, row); !status.ok()) return status;
  }
  return {};
}

Status SlotCounts::check_assumed(bool outer_map) const {
  const auto slots = static_cast<std::uint64_t>(assumed_slots_);
  if (slots == 0 || (slots == logical_experts && !outer_map)) return {};
  if (outer_map) {
    return refuse(name_, describe_step(assumed_place_),
                  ": the record has no map, but the document has one; expected it in each record");
  }
  return refuse(name_, describe(assumed_place_), ": ", several(assumed_slots_, "count"),
                " by slot, without the map under which they were counted; expected a map in the "
                "record, or --counted-under MAP");
}

// Windows that begin before the one before them has ended share steps.
void SlotCounts::watch_windows(const Place& step) {
  if (last_step_ >= 0 && step.recorded_step >= last_step_) {
    const std::int64_t distance = step.recorded_step - last_step_;
    least_distance_ = least_distance_ < 0 ? distance : std::min(least_distance_, distance);
  }
  last_step_ = step.recorded_step;
}

Status SlotCounts::end_record(const JsonRecord& record) {
  Place place = record.place;
  if (record.map == nullptr) {
    if (Status status = add_without_map(place); !status.ok()) return status;
  } else {
    if (window_.folds()) {
      return refuse(name_, describe_step(place), ": the record has its own map, ",
                    in_quotes(record.map->name), "; leave out --counted-under");
    }
    if (counts.rows() > 0 && counts.rows() != map.rows()) {
      return refuse(name_, describe_step(place), ": counts of ", several(counts.rows(), "layer"),
                    ", but the map has ", map.rows());
    }
    if (Status status = find_experts(place); !status.ok()) return status;
    for (; place.layer < counts.rows(); ++place.layer) {
      if (Status status = fold(place); !status.ok()) return status;
      if (Status status = window_.add_row(place, folded_); !status.ok()) return status;
    }
    if (folded_slots_ == 0 && counts.rows() > 0) folded_slots_ = std::ssize(counts.row(0));
  }
  if (record.left_out != nullptr) {
    summed_ = record.loads;
    left_out_ = record.left_out;
  }
  if (record.loads->role == KeyRole::slot_counts) watch_windows(record.place);
  return window_.end_step();
}

Status SlotCounts::end_document(bool outer_map) {
  if (Status status = check_assumed(outer_map); !status.ok()) return status;
  if (experts_ == 0 || logical_experts == 0) return {};
  if (static_cast<std::uint64_t>(experts_) == logical_experts) return {};
  return refuse(name_, "the map has ", several(experts_, "expert"),
                ", but \"num_logical_experts\" says ", logical_experts);
}

void SlotCounts::add_notes(std::vector<std::string>& notes) const {
  if (folded_slots_ > 0) {
    notes.push_back("counts of " + several(folded_slots_, "slot") + ", folded to " +
                    several(experts_, "expert") + " by the map in the file");
  }
  if (assumed_slots_ > 0) {
    notes.push_back("no map in the file: its counts are taken as those of " +
                    several(assumed_slots_, "expert") + ", because it says as many experts");
  }
  if (left_out_ != nullptr) {
    notes.push_back("the loads are " + in_quotes(summed_->name) + "; " +
                    in_quotes(left_out_->name) + " is left out");
  }
  if (least_distance_ >= 0 && static_cast<std::uint64_t>(least_distance_) < window_size) {
    notes.push_back("windows of " + std::to_string(window_size) +
                    " steps, of which some end only " + several(least_distance_, "step") +
                    " apart, overlap: their tokens are counted several times");
  }
}

}  // namespace evenkeel
