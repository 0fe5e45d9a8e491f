// The meaning of saved objects: which of their tensors are loads.
#include <algorithm>
#include <cmath>

#include "core/base/text.hpp"
#include "core/io/loads/recorded_object.hpp"
#include "core/io/loads/slot_map.hpp"

namespace evenkeel {
namespace {

constexpr std::string_view kLogicalCount = "logical_count";
constexpr std::string_view kRecords = "records";
constexpr std::string_view kPhysicalCount = "global_physical_count";
constexpr std::string_view kSlotMap = "last_physical_to_logical_map";
constexpr std::string_view kPass = "forward_pass_id";
constexpr std::string_view kRank = "rank";
constexpr std::string_view kExpectedObject =
    "expected a tensor [layers, experts] or [steps, layers, experts], or a dictionary with "
    "\"logical_count\" or with \"records\" and \"last_physical_to_logical_map\"";

std::string keys_of(const PickleValue& dict) {
  constexpr std::size_t kMost = 8;
  std::string text;
  for (std::size_t i = 0; i < dict.size() && i < 2 * kMost; i += 2) {
    const PickleValue key = dict[i];
    text += (i == 0 ? "" : ", ") +
            (key.is(PickleKind::text) ? in_quotes(key.text()) : "a key that is not text");
  }
  return dict.size() > 2 * kMost ? text + ", ..." : text;
}

// Counts by slot of the records of single passes, as SGLang's modes per_pass and per_token save them.
class Records {
 public:
  Records(std::string_view name, const RecordedObject& object, const ReadOptions& options,
          WindowSum& window)
      : name_(name), object_(object), window_(window), progress_(name, options) {}

  Status add(const PickleValue& dict, std::vector<std::string>& notes) {
    const PickleValue records = *dict.find(kRecords);
    if (!records.is(PickleKind::list) || records.size() == 0) {
      return refuse(name_, "\"records\" is not a list with at least one record");
    }
    if (Status status = read_map(dict); !status.ok()) return status;
    for (std::size_t i = 0; i < records.size(); ++i) {
      if (Status status = add_record(records[i], i); !status.ok()) return status;
    }
    if (Status status = end_pass(); !status.ok()) return status;
    if (map_.slots() > 0) {
      notes.push_back("counts of " + several(map_.slots(), "slot") + ", folded to " +
                      several(map_.experts(), "expert") + " by the map in the file");
    }
    return {};
  }

 private:
  Status read_map(const PickleValue& dict) {
    const auto map = dict.find(kSlotMap);
    if (window_.folds()) {
      return !map ? Status()
                  : refuse(name_, "the file has the map of its counts; leave out --counted-under");
    }
    if (!map) {
      return refuse(name_, "counts of slots without \"", kSlotMap,
                    "\"; give the map with --counted-under");
    }
    Tensor tensor;
    if (Status s = object_.tensor(*map, kSlotMap, tensor); !s.ok()) return s;
    if (tensor.array.dimensions != 2) {
      return refuse(name_, "\"", kSlotMap, "\" has ",
                    several(static_cast<std::int64_t>(tensor.array.dimensions), "dimension"),
                    "; expected [layers, slots]");
    }
    for (std::int64_t layer = 0; layer < tensor.size(0); ++layer) {
      read_row(tensor, 0, layer, row_);
      if (Status s = map_.add_layer(name_, row_); !s.ok()) return s;
    }
    return map_.check(name_);
  }

  // Records of one pass, such as those of its two halves, add up.
  Status add_record(const PickleValue& record, std::size_t number) {
    const std::string what = "record " + std::to_string(number);
    const auto count = record.find(kPhysicalCount);
    if (!count) {
      return refuse(name_, what, " has no \"", kPhysicalCount, "\"",
                    record.is(PickleKind::dict) ? "; it has " + keys_of(record) : std::string());
    }
    Tensor tensor;
    if (Status s = object_.tensor(*count, what, tensor); !s.ok()) return s;
    if (tensor.array.dimensions != 2) {
      return refuse(name_, what, " has ",
                    several(static_cast<std::int64_t>(tensor.array.dimensions), "dimension"),
                    "; expected [layers, slots]");
    }
    const auto pass = record.find(kPass);
    const std::int64_t id = pass && pass->is(PickleKind::integer) ? pass->integer() : -1;
    if (!pass_.empty() && (id < 0 || id != pass_id_)) {
      if (Status s = end_pass(); !s.ok()) return s;
    }
    pass_id_ = id;
    const bool is_first = pass_.empty();
    constexpr std::int64_t kMostRows = 4096;  // more than any model has
    if (tensor.size(0) > kMostRows) {
      return refuse(name_, what, " has ", tensor.size(0), " layers; expected at most ", kMostRows);
    }
    if (is_first) pass_.resize(static_cast<std::size_t>(tensor.size(0)));
    if (std::ssize(pass_) != tensor.size(0)) {
      return refuse(name_, what, " has ", several(tensor.size(0), "layer"),
                    ", but the record before it, of the same pass, has ", pass_.size());
    }
    if (Status s = progress_.advance(tensor.array.data.size()); !s.ok()) return s;
    Place place;
    place.step = window_.steps();
    place.recorded_step = id;
    for (std::int64_t layer = 0; layer < tensor.size(0); ++layer) {
      place.layer = layer;
      read_row(tensor, 0, layer, row_);
      for (std::size_t i = 0; i < row_.size(); ++i) {
        if (row_[i].real >= 0 && !std::isinf(row_[i].real)) continue;
        return refuse_load(name_, place, static_cast<std::int64_t>(i), row_[i].real, "slot");
      }
      if (map_.slots() > 0) {
        if (Status s = map_.fold(name_, place, layer, row_, folded_); !s.ok()) return s;
        row_.swap(folded_);
      }
      std::vector<Number>& sum = pass_[static_cast<std::size_t>(layer)];
      if (is_first) {
        sum = row_;
        continue;
      }
      if (sum.size() != row_.size()) {
        return refuse(name_, what, " has ", several(std::ssize(row_), "count"),
                      " a layer, but the record before it, of the same pass, has ", sum.size());
      }
      for (std::size_t i = 0; i < sum.size(); ++i) sum[i] += row_[i];
    }
    return {};
  }

  Status end_pass() {
    Place place;
    place.step = window_.steps();
    place.recorded_step = pass_id_;
    for (const std::vector<Number>& row : pass_) {
      if (Status status = window_.add_row(place, row); !status.ok()) return status;
      ++place.layer;
    }
    pass_.clear();
    return window_.end_step();
  }

  std::string_view name_;
  const RecordedObject& object_;
  WindowSum& window_;
  ReadProgress progress_;
  SlotMap map_;
  std::vector<std::vector<Number>> pass_;  // the sums of the open pass
  std::int64_t pass_id_ = -1;
  std::vector<Number> row_;
  std::vector<Number> folded_;
};

}  // namespace

Status add_object(std::string_view name, const PickleValue& root, const RecordedObject& object,
                  const ReadOptions& options, WindowSum& window, std::vector<std::string>& notes) {
  ReadProgress progress(name, options);
  const auto add = [&](const PickleValue& value, std::string_view what, bool skip_empty) {
    Tensor tensor;
    if (Status s = object.tensor(value, what, tensor); !s.ok()) return s;
    const std::int64_t before = window.steps();
    if (Status s = add_tensor(name, tensor, {0, skip_empty}, window, progress); !s.ok()) return s;
    const std::int64_t steps = tensor.array.dimensions == 3 ? tensor.size(0) : 1;
    const std::int64_t empty = steps - (window.steps() - before);
    if (empty == steps) return refuse(name, what, " holds no load in any step");
    if (empty > 0) {
      notes.push_back(several(empty, "step") + " of " + std::to_string(steps) +
                      " without any load left out: the recorder's buffer was not full");
    }
    return Status();
  };
  if (RecordedObject::is_tensor(root)) return add(root, "the tensor", false);
  if (root.is(PickleKind::list) && root.size() > 0 && RecordedObject::is_tensor(root[0])) {
    for (std::size_t i = 0; i < root.size(); ++i) {
      if (Status s = add(root[i], "tensor " + std::to_string(i), false); !s.ok()) return s;
    }
    return {};
  }
  if (!root.is(PickleKind::dict)) {
    return refuse(name, "the saved object holds no loads; ", kExpectedObject);
  }
  if (const auto count = root.find(kLogicalCount)) {
    if (window.folds()) {
      return refuse(name, "\"", kLogicalCount,
                    "\" counts experts, not slots; leave out --counted-under");
    }
    return add(*count, kLogicalCount, true);
  }
  if (root.find(kRecords)) return Records(name, object, options, window).add(root, notes);
  return refuse(name, "a dictionary with the keys ", keys_of(root), "; ", kExpectedObject);
}

std::int64_t rank_of_object(const PickleValue& root) {
  auto rank = root.find(kRank);
  if (const auto records = root.find(kRecords); !rank && records && records->size() > 0) {
    rank = (*records)[0].find(kRank);
  }
  return rank && rank->is(PickleKind::integer) ? rank->integer() : -1;
}

}  // namespace evenkeel
