// Loads from JSON, parsed as a stream of events: memory does not grow with the number of records.
//
// A file has one document, or several as JSON lines:
//   [[E] ... L], or a list of those
//   an object with loads of experts, [[E] ... L] or a list of those
//   an object with a list of records, which are objects with loads
// Instead of loads, objects may have counts by slot and the map of slots to experts. json_keys.cpp has the keys; other
// keys are ignored. Loads are summed row by row; counts are kept until their object ends, because the map may follow.
// In one file either each record with counts has a map, or none has. Lines are sorted by step; a file is of one rank.
#include <algorithm>
#include <limits>
#include <vector>

#include "core/io/formats/json_text.hpp"
#include "core/io/loads/json_record.hpp"
#include "core/io/loads/loads_format.hpp"
#include "core/io/loads/read_loads.hpp"
#include "core/io/loads/slot_counts.hpp"
#include "core/io/loads/window_sum.hpp"

namespace evenkeel {
namespace {

constexpr std::string_view kExpectedLoads =
    "{\"load_history\": [{\"logical_expert_load\": [[...]]}]} or [[...]], a list of "
    "numbers for each layer";

// Of steps and ranks; larger ones are ignored.
constexpr auto kLargestKey = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());

class LoadsSax final : public JsonSax {
 public:
  LoadsSax(const RecordedFile& file, const ReadOptions& options, WindowSum& window)
      : JsonSax(file.bytes, file.name),
        window_(window),
        progress_(file.name, options),
        slots_(file.name, window) {}

  Status read(std::vector<std::string>& notes) {
    if (Status status = parse_lines(kExpectedLoads); !status.ok()) return status;
    if (window_.steps() == 0) {
      return refuse(name(), "no loads; the last object has ", document_.keys.text(), "; expected ",
                    expected_loads_keys(true));
    }
    slots_.add_notes(notes);
    if (skipped_ > 0) notes.push_back(several(skipped_, "record") + " without loads left out");
    return {};
  }

 private:
  // The role of the innermost open list or object.
  enum class Inside {
    nothing,
    undecided_outer,  // a list of layers or of steps: known two levels further in
    undecided_inner,  // its first list: a layer or a step
    object,
    records,    // a list of objects
    steps,      // a list of steps without records
    layers,     // one step
    row,        // one layer of it
    kept_rows,  // counts or a map
    kept_row,   // one layer of them
    ignored,    // the value of an unknown key
  };

  Inside inside() const { return open_.empty() ? Inside::nothing : open_.back(); }

  bool enter(Inside what) {
    open_.push_back(what);
    return true;
  }

  // Whether the value is of no interest, at any depth.
  bool ignores_value() const {
    return inside() == Inside::ignored || (inside() == Inside::object && object_->ignores_value());
  }

  bool on_scalar(std::string_view kind) override {
    if (ignores_value()) return true;
    const bool may_lack = kind == kJsonNull && inside() == Inside::object &&
                          (are_counts(*object_->value) || object_->value->role == KeyRole::map);
    return may_lack || unexpected(kind);
  }

  bool on_number(double real, std::uint64_t whole, bool is_whole) override {
    switch (inside()) {
      case Inside::undecided_inner:  // [[1: the outer list is one step
        decide(Inside::layers, Inside::row);
        begin_step(open_.size() > 2 ? object_->place.recorded_step : -1);
        [[fallthrough]];
      case Inside::row: {
        const std::int32_t most = window_.folds() ? kMaxSlots : kMaxExperts;
        if (row_.size() == static_cast<std::size_t>(most)) {
          return wrong(describe(place_), ": more than ", most,
                       window_.folds() ? " slots" : " experts", ", the most that can be read");
        }
        row_.push_back({real, whole, is_whole});
        return true;
      }
      case Inside::kept_row:
        if (kept_->open_size() == static_cast<std::size_t>(kMaxSlots)) {
          return wrong(describe(place_), ": more than ", kMaxSlots,
                       " slots, the most that can be read");
        }
        kept_->add({real, whole, is_whole});
        return true;
      case Inside::object:
        if (object_->value != nullptr) {
          keep_size(object_->value->role, is_whole ? whole : 0, is_whole);
        }
        break;
      default:
        break;
    }
    return ignores_value() || unexpected(kJsonNumber);
  }

  void keep_size(KeyRole role, std::uint64_t size, bool is_whole) {
    if (role == KeyRole::logical_experts) slots_.logical_experts = size;
    if (role == KeyRole::window_size) slots_.window_size = size;
    if (!is_whole || size > kLargestKey) return;
    if (role == KeyRole::step) object_->place.recorded_step = static_cast<std::int64_t>(size);
    if (role == KeyRole::rank) object_->rank = static_cast<std::int64_t>(size);
  }

  bool on_begin_list() override {
    switch (inside()) {
      case Inside::nothing:
        return enter(Inside::undecided_outer);
      case Inside::undecided_outer:
        return enter(Inside::undecided_inner);
      case Inside::undecided_inner:  // [[[: the outer list is a list of steps
        decide(Inside::steps, Inside::layers);
        begin_step(-1);
        return enter(Inside::row);
      case Inside::object:
        return ignores_value() ? enter(Inside::ignored) : begin_value();
      case Inside::steps:
        begin_step(-1);
        return enter(Inside::layers);
      case Inside::layers:
        return enter(Inside::row);
      case Inside::kept_rows:
        if (kept_->rows() == kMaxLayers) {
          return wrong(describe_step(place_), ": more than ", kMaxLayers,
                       " layers, the most that can be folded");
        }
        place_.layer = kept_->rows();
        return enter(Inside::kept_row);
      case Inside::ignored:
        return enter(Inside::ignored);
      default:
        return unexpected(kJsonList);
    }
  }

  // Both lists of an undecided pair are open.
  void decide(Inside outer, Inside inner) {
    open_[open_.size() - 2] = outer;
    open_.back() = inner;
  }

  // The list of the key that came last.
  bool begin_value() {
    bool reads = false;
    if (!require(object_->begin_list(name(), reads))) return false;
    if (!reads) return enter(Inside::ignored);
    const LoadsKey& key = *object_->value;
    if (key.role == KeyRole::map) return keep(slots_.map);
    if (are_counts(key)) return keep(slots_.counts);
    if (key.role == KeyRole::records) return enter(Inside::records);
    if (window_.folds()) {
      return wrong(object_->prefix(), in_quotes(key.name),
                   " has loads of experts, not counts by slot; leave out --counted-under");
    }
    if (!object_->is_member) return enter(Inside::undecided_outer);
    begin_step(object_->place.recorded_step);
    return enter(Inside::layers);
  }

  bool keep(NumberRows& rows) {
    kept_ = &rows;
    rows.clear();
    place_ = object_->place;
    return enter(Inside::kept_rows);
  }

  bool on_end_list() override {
    const Inside closed = inside();
    open_.pop_back();
    switch (closed) {
      case Inside::undecided_outer:
      case Inside::undecided_inner:
        return wrong("byte ", consumed(), ": an empty list; expected ", kExpectedLoads);
      case Inside::row:
        if (!require(window_.add_row(place_, row_))) return false;
        row_.clear();
        ++place_.layer;
        return require(progress_.at(consumed()));
      case Inside::kept_row:
        kept_->end_row();
        return require(progress_.at(consumed()));
      case Inside::layers:
        return require(window_.end_step());
      case Inside::records:
      case Inside::steps:
        return window_.steps() > 0 || wrong("no steps; expected at least one");
      default:
        return true;
    }
  }

  bool on_begin_object() override {
    if (ignores_value()) return enter(Inside::ignored);
    if (inside() != Inside::nothing && inside() != Inside::records) return unexpected(kJsonObject);
    object_ = inside() == Inside::nothing ? &document_ : &member_;
    *object_ = {};
    object_->is_member = object_ == &member_;
    object_->place.step = window_.steps();
    return enter(Inside::object);
  }

  bool on_key(const std::string& key) override {
    return inside() != Inside::object || require(object_->add_key(name(), key));
  }

  bool on_end_object() override {
    const Inside closed = inside();
    open_.pop_back();
    if (closed == Inside::ignored) return true;
    const JsonRecord& ended = *object_;
    object_ = &document_;
    if (ended.loads == nullptr) {
      if (!ended.has_type) return require(ended.refuse_to_lack_loads(name()));
      ++skipped_;
    }
    const bool has_other_map =
        ended.map != nullptr && !ended.has_counts() && !ended.has_outer_map();
    if (has_other_map && !require(slots_.note_map(ended))) return false;
    if (!check_order(ended)) return false;
    if (ended.has_counts() && !require(slots_.end_record(ended))) return false;
    if (!ended.is_member && !require(slots_.end_document(ended.has_outer_map()))) return false;
    return require(progress_.at(consumed()));
  }

  // Lines are sorted by step, as rows of CSV are. In a list of records, numbers may begin again: the engine was started
  // again.
  bool check_order(const JsonRecord& record) {
    const std::int64_t step = record.place.recorded_step;
    if (record.loads == nullptr || record.loads->role == KeyRole::records || step < 0) return true;
    if (!record.is_member && step < last_step_) {
      return wrong("step ", step, " after step ", last_step_, "; sort the records by step");
    }
    if (step == last_step_ && last_rank_ >= 0 && record.rank >= 0 && record.rank != last_rank_) {
      return wrong("step ", step, " of rank ", record.rank, " after the same step of rank ",
                   last_rank_,
                   "; expected each rank in a file of its own, which are then added up");
    }
    last_step_ = step;
    last_rank_ = record.rank;
    return true;
  }

  void begin_step(std::int64_t recorded) {
    place_ = {};
    place_.step = window_.steps();
    place_.recorded_step = recorded;
  }

  // Reports a value of the wrong kind; the message depends on the enclosing list or object.
  bool unexpected(std::string_view kind) {
    switch (inside()) {
      case Inside::records:
        return wrong("step ", window_.steps(), ": ", kind, " where an object with ",
                     in_quotes(document_.loads->of_records), " is expected");
      case Inside::object:
        if (object_->value->role == KeyRole::records) {
          return wrong(in_quotes(object_->value->name), " is ", kind,
                       "; expected a list of records");
        }
        return wrong(describe_step(object_->place), ": ", kind,
                     " where a list of layers is expected");
      case Inside::steps:
        return wrong("step ", window_.steps(), ": ", kind, " where a list of layers is expected");
      case Inside::kept_rows:
        place_.layer = kept_->rows();
        [[fallthrough]];
      case Inside::layers:
        return wrong(describe(place_), ": ", kind, " where a list of numbers is expected");
      case Inside::kept_row:
        return wrong(describe(place_), ", slot ", kept_->open_size(), ": ", kind,
                     " where a number is expected");
      case Inside::row:
      case Inside::undecided_inner:
        return wrong(describe(place_, static_cast<std::int64_t>(row_.size())), ": ", kind,
                     " where a number is expected");
      default:
        return wrong("byte ", consumed(), ": ", kind, "; expected ", kExpectedLoads);
    }
  }

  WindowSum& window_;
  ReadProgress progress_;
  SlotCounts slots_;
  std::vector<Inside> open_;
  JsonRecord document_;
  JsonRecord member_;  // of its list of records
  JsonRecord* object_ = &document_;
  NumberRows* kept_ = nullptr;  // of the open counts or map
  Place place_;                 // of the open or the next row
  std::vector<Number> row_;
  std::int64_t skipped_ = 0;     // records without loads
  std::int64_t last_step_ = -1;  // that a record said, and
  std::int64_t last_rank_ = -1;  // its rank
};

// Finds the rank that the first record with loads says.
class RankSax final : public JsonSax {
 public:
  RankSax(std::span<const std::byte> bytes, std::string_view name) : JsonSax(bytes, name) {}

  std::int64_t read() {
    // The reader reports errors; here the end may be cut off.
    static_cast<void>(parse_lines(kExpectedLoads));
    return rank_;
  }

 private:
  // Whether the innermost list or object is a document or a record.
  bool in_record() const { return open_ == "{" || (open_ == "{[{" && in_records_); }

  bool on_scalar(std::string_view) override { return true; }
  bool on_number(double, std::uint64_t whole, bool is_whole) override {
    if (!in_record() || key_ == nullptr || key_->role != KeyRole::rank) return true;
    if (is_whole && whole <= kLargestKey) rank_ = static_cast<std::int64_t>(whole);
    return false;
  }
  bool on_begin_list() override {
    if (open_.empty()) return false;  // it has only numbers
    if (open_ == "{") in_records_ = key_ != nullptr && key_->role == KeyRole::records;
    open_ += '[';
    return true;
  }
  bool on_end_list() override { return close(); }
  bool on_begin_object() override {
    open_ += '{';
    if (in_record()) has_loads_ = false;
    return true;
  }
  bool on_key(const std::string& key) override {
    if (!in_record()) return true;
    key_ = find_loads_key(key);
    has_loads_ = has_loads_ || (key_ != nullptr && key_->role != KeyRole::records &&
                                key_->role <= KeyRole::latest_counts);
    return true;
  }
  bool on_end_object() override {
    const bool ends = in_record() && has_loads_;
    return close() && !ends;
  }
  bool close() {
    open_.pop_back();
    return true;
  }

  std::string open_;  // the brackets of open lists and objects
  bool in_records_ = false;
  bool has_loads_ = false;
  const LoadsKey* key_ = nullptr;
  std::int64_t rank_ = -1;
};

}  // namespace

Status add_json(const RecordedFile& file, const ReadOptions& options, WindowSum& window,
                std::vector<std::string>& notes) {
  return LoadsSax(file, options, window).read(notes);
}

std::int64_t rank_in_json(const RecordedFile& file, const ReadOptions&) {
  constexpr std::size_t kBeginning = std::size_t{1} << 20;
  return RankSax(file.bytes.first(std::min(file.bytes.size(), kBeginning)), file.name).read();
}

}  // namespace evenkeel
