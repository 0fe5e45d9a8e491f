// Loads from JSON, parsed as a stream of events: memory does not grow with the number of records.
#include <vector>

#include "core/io/json_text.hpp"
#include "core/io/read_loads.hpp"
#include "core/io/window_sum.hpp"

namespace evenkeel {
namespace {

constexpr const char* kHistory = "load_history";
constexpr const char* kRecordLoads = "logical_expert_load";
constexpr std::string_view kExpectedLoads =
    "{\"load_history\": [{\"logical_expert_load\": [[...]]}]} or [[...]], a list of "
    "numbers for each layer";

class LoadsSax final : public JsonSax {
 public:
  LoadsSax(const RecordedFile& file, const ReadOptions& options, WindowSum& window)
      : JsonSax(file.bytes, file.name), window_(window), progress_(file.name, options) {}

 private:
  // The role of the innermost open list or object.
  enum class Inside {
    nothing,
    undecided_outer,  // a list of layers or of steps: known two levels further in
    undecided_inner,  // its first list: a layer or a step
    document,         // {"load_history": ...}
    history,          // its list of records
    record,           // {"logical_expert_load": ...}
    steps,            // a list of steps without records
    layers,           // one step
    row,              // one layer of it
    ignored,          // the value of an unknown key
  };

  Inside inside() const { return open_.empty() ? Inside::nothing : open_.back(); }

  bool enter(Inside what) {
    open_.push_back(what);
    return true;
  }

  bool on_scalar(std::string_view kind) override { return ignores_value() || unexpected(kind); }

  bool on_number(double real, std::uint64_t whole, bool is_whole) override {
    if (inside() == Inside::undecided_inner) {  // [[1: the outer list is one step
      open_ = {Inside::layers, Inside::row};
      begin_step();
    }
    if (inside() != Inside::row) return ignores_value() || unexpected(kJsonNumber);
    if (row_.size() == static_cast<std::size_t>(kMaxExperts)) {
      return fail(describe(place_), ": more than ", kMaxExperts,
                  " experts, the most that can be read");
    }
    row_.push_back({real, whole, is_whole});
    return true;
  }

  bool on_begin_list() override {
    switch (inside()) {
      case Inside::nothing:
        return enter(Inside::undecided_outer);
      case Inside::undecided_outer:
        return enter(Inside::undecided_inner);
      case Inside::undecided_inner:  // [[[: the outer list is a list of steps
        open_ = {Inside::steps, Inside::layers};
        begin_step();
        return enter(Inside::row);
      case Inside::document:
        if (!awaits_value_) return enter(Inside::ignored);
        awaits_value_ = false;
        return enter(Inside::history);
      case Inside::record:
        if (!awaits_value_) return enter(Inside::ignored);
        awaits_value_ = false;
        begin_step();
        return enter(Inside::layers);
      case Inside::steps:
        begin_step();
        return enter(Inside::layers);
      case Inside::layers:
        return enter(Inside::row);
      case Inside::ignored:
        return enter(Inside::ignored);
      default:
        return unexpected(kJsonList);
    }
  }

  bool on_end_list() override {
    const Inside closed = inside();
    open_.pop_back();
    switch (closed) {
      case Inside::undecided_outer:
      case Inside::undecided_inner:
        return fail("byte ", consumed(), ": an empty list; expected ", kExpectedLoads);
      case Inside::row:
        return end_row();
      case Inside::layers:
        return require(window_.end_step());
      case Inside::history:
      case Inside::steps:
        return window_.steps() > 0 || fail("no steps; expected at least one");
      default:
        return true;
    }
  }

  bool on_begin_object() override {
    if (ignores_value()) return enter(Inside::ignored);
    if (inside() == Inside::nothing) return enter(Inside::document);
    if (inside() != Inside::history) return unexpected(kJsonObject);
    has_loads_ = false;
    return enter(Inside::record);
  }

  bool on_key(const std::string& key) override {
    if (inside() == Inside::document && key == kHistory) {
      if (has_history_) return fail("\"", kHistory, "\" appears twice");
      awaits_value_ = has_history_ = true;
    } else if (inside() == Inside::record && key == kRecordLoads) {
      if (has_loads_) {
        return fail("step ", window_.steps() - 1, ": \"", kRecordLoads, "\" appears twice");
      }
      awaits_value_ = has_loads_ = true;
    }
    return true;
  }

  bool on_end_object() override {
    const Inside closed = inside();
    open_.pop_back();
    if (closed == Inside::document && !has_history_) {
      return fail("no \"", kHistory, "\" in the object; expected ", kExpectedLoads);
    }
    if (closed == Inside::record && !has_loads_) {
      return fail("step ", window_.steps(), ": no \"", kRecordLoads, "\" in the record");
    }
    return true;
  }

  // Whether the parser is in the value of an unknown key, at any depth.
  bool ignores_value() const {
    const bool in_object = inside() == Inside::document || inside() == Inside::record;
    return inside() == Inside::ignored || (in_object && !awaits_value_);
  }

  void begin_step() {
    place_ = {};
    place_.step = window_.steps();
  }

  bool end_row() {
    if (!require(window_.add_row(place_, row_))) return false;
    row_.clear();
    ++place_.layer;
    return require(progress_.at(consumed()));
  }

  bool require(Status status) { return status.ok() || fail(std::move(status)); }

  // Reports a value of the wrong kind; the message depends on the enclosing list or object.
  bool unexpected(std::string_view kind) {
    switch (inside()) {
      case Inside::history:
        return fail("step ", window_.steps(), ": ", kind, " where an object with \"", kRecordLoads,
                    "\" is expected");
      case Inside::record:
      case Inside::steps:
        return fail("step ", window_.steps(), ": ", kind, " where a list of layers is expected");
      case Inside::layers:
        return fail(describe(place_), ": ", kind, " where a list of numbers is expected");
      case Inside::row:
      case Inside::undecided_inner:
        return fail(describe(place_, static_cast<std::int64_t>(row_.size())), ": ", kind,
                    " where a number is expected");
      case Inside::document:
        return fail("\"", kHistory, "\" is ", kind, "; expected a list of records");
      default:
        return fail("byte ", consumed(), ": ", kind, "; expected ", kExpectedLoads);
    }
  }

  WindowSum& window_;
  ReadProgress progress_;
  std::vector<Inside> open_;
  bool awaits_value_ = false;  // the last key has a value that we read
  bool has_history_ = false;
  bool has_loads_ = false;  // of the open record
  Place place_;             // of the open or the next row
  std::vector<Number> row_;
};

}  // namespace

Status add_json(const RecordedFile& file, const ReadOptions& options, WindowSum& window,
                std::vector<std::string>&) {
  return LoadsSax(file, options, window).parse(kExpectedLoads);
}

}  // namespace evenkeel
