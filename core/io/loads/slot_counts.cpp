#include "core/io/loads/slot_counts.hpp"

#include <algorithm>

#include "core/base/text.hpp"
#include "core/io/loads/slot_map.hpp"

namespace evenkeel {

void NumberRows::clear() {
  numbers_.clear();
  ends_.clear();
}

std::span<const Number> NumberRows::row(std::int64_t i) const {
  const auto at = static_cast<std::size_t>(i);
  const std::size_t begin = at == 0 ? 0 : ends_[at - 1];
  return std::span(numbers_).subspan(begin, ends_[at] - begin);
}

// The map of the open record.
Status SlotCounts::read_map(SlotMap& out) const {
  for (std::int64_t layer = 0; layer < map.rows(); ++layer) {
    if (Status status = out.add_layer(name_, map.row(layer)); !status.ok()) return status;
  }
  return out.check(name_);
}

// The words are also those of records in one document.
Status SlotCounts::refuse_to_lack_map(const Place& place, std::string_view others) const {
  return refuse(name_, describe_step(place), ": the record has no map, but ", others,
                "; expected it in each record");
}

Status SlotCounts::add_without_map(Place place) {
  if (!window_.folds() && has_map_) {
    return refuse_to_lack_map(place, "others in the file have one");
  }
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
    return refuse_to_lack_map(assumed_place_, "the document has one");
  }
  return refuse(name_, describe(assumed_place_), ": ", several(assumed_slots_, "count"),
                " by slot, without the map under which they were counted; expected a map in the "
                "record, or --counted-under MAP");
}

// A map in the file, in a record with counts or without them: then no counts are of experts.
Status SlotCounts::note_map(const JsonRecord& record) {
  has_map_ = true;
  if (assumed_slots_ == 0) return {};
  return refuse(name_, record.prefix(), in_quotes(record.map->name), ", but the record of ",
                describe_step(assumed_place_), " has no map; expected it in each record");
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
    if (Status status = note_map(record); !status.ok()) return status;
    SlotMap slots(describe_step(place) + ", ");
    if (Status status = read_map(slots); !status.ok()) return status;
    experts_ = slots.experts();
    for (; place.layer < counts.rows(); ++place.layer) {
      const std::span<const Number> row = counts.row(place.layer);
      Status status = slots.fold(name_, place, place.layer, row, folded_);
      if (status.ok()) status = window_.add_row(place, folded_);
      if (!status.ok()) return status;
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
  has_map_ = has_map_ || outer_map;
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
