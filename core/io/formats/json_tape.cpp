#include "core/io/formats/json_tape.hpp"

#include <limits>
#include <set>

#include "core/base/text.hpp"
#include "core/io/formats/json_text.hpp"

namespace evenkeel {

class TapeWriter final : public JsonSax {
 public:
  TapeWriter(std::span<const std::byte> bytes, std::string_view name, const JsonLimits& limits,
             JsonTape& out)
      : JsonSax(bytes, name), limits_(limits), out_(out) {}

 private:
  bool count(std::size_t& counter, std::size_t most, std::string_view what) {
    return ++counter <= most || fail("byte ", consumed(), ": more than ", most, " ", what,
                                     ", too many for ", limits_.what);
  }
  bool add(JsonKind kind, std::int64_t number) {
    if (!open_.empty()) ++out_.entries_[open_.back()].size;
    out_.entries_.push_back({kind, 0, number});
    return true;
  }
  bool value(JsonKind kind, std::int64_t number = 0) {
    return count(values_, limits_.values, "values") && add(kind, number);
  }
  bool begin(JsonKind kind) {
    if (!count(lists_, limits_.lists, "lists and objects")) return false;
    add(kind, 0);
    open_.push_back(out_.entries_.size() - 1);
    return true;
  }
  bool end() {
    out_.entries_[open_.back()].number = static_cast<std::int64_t>(out_.entries_.size());
    open_.pop_back();
    return true;
  }

  bool on_scalar(std::string_view kind) override {
    return value(kind == kJsonNull ? JsonKind::null : JsonKind::boolean);
  }
  bool on_string(const std::string& text) override {
    if (!value(JsonKind::string, static_cast<std::int64_t>(out_.texts_.size()))) return false;
    out_.entries_.back().size = static_cast<std::uint32_t>(text.size());
    out_.texts_ += text;
    return true;
  }
  bool on_number(double, std::uint64_t whole, bool is_whole) override {
    constexpr std::uint64_t kMost = std::numeric_limits<std::int64_t>::max();
    if (!is_whole) return value(JsonKind::real);
    if (whole > kMost) return value(JsonKind::large_integer);
    return value(JsonKind::integer, static_cast<std::int64_t>(whole));
  }
  bool on_negative(std::int64_t number) override { return value(JsonKind::integer, number); }
  bool on_begin_list() override { return begin(JsonKind::list); }
  bool on_end_list() override { return end(); }
  bool on_begin_object() override {
    names_.emplace_back();
    return begin(JsonKind::object);
  }
  bool on_key(const std::string& key) override {
    if (!names_.back().insert(key).second) {
      return fail("byte ", consumed(), ": the key ", in_quotes(key),
                  " appears twice in one object");
    }
    out_.entries_.push_back({JsonKind::key, static_cast<std::uint32_t>(key.size()),
                             static_cast<std::int64_t>(out_.texts_.size())});
    out_.texts_ += key;
    return true;
  }
  bool on_end_object() override {
    names_.pop_back();
    return end();
  }

  JsonLimits limits_;
  JsonTape& out_;
  std::size_t values_ = 0;
  std::size_t lists_ = 0;
  std::vector<std::size_t> open_;             // lists and objects that have not ended
  std::vector<std::set<std::string>> names_;  // the keys of the open objects
};

Status JsonTape::read(std::span<const std::byte> bytes, std::string_view name,
                      std::string_view expected, const JsonLimits& limits) {
  if (bytes.size() > limits.bytes) {
    return refuse(name, bytes.size(), " bytes, but ", expected, " has at most ", limits.bytes);
  }
  entries_.clear();
  texts_.clear();
  return TapeWriter(bytes, name, limits, *this).parse(expected);
}

const JsonEntry& JsonValue::entry() const { return tape_->entries_[at_]; }

JsonKind JsonValue::kind() const { return entry().kind; }

std::string_view JsonValue::kind_name() const {
  switch (kind()) {
    case JsonKind::null:
      return kJsonNull;
    case JsonKind::boolean:
      return kJsonBoolean;
    case JsonKind::string:
      return kJsonString;
    case JsonKind::list:
      return kJsonList;
    case JsonKind::object:
      return kJsonObject;
    case JsonKind::real:
      return "a number that is not an integer";
    default:
      return kJsonNumber;
  }
}

std::int64_t JsonValue::integer() const { return entry().number; }

std::string_view JsonValue::text() const {
  return std::string_view(tape_->texts_)
      .substr(static_cast<std::size_t>(entry().number), entry().size);
}

std::size_t JsonValue::size() const { return entry().size; }

std::vector<JsonValue> JsonValue::values() const {
  std::vector<JsonValue> all;
  all.reserve(size());
  std::size_t at = at_ + 1;
  for (std::size_t i = 0; i < size(); ++i) {
    all.emplace_back(*tape_, at);
    const JsonValue& last = all.back();
    at =
        last.is_list() || last.is_object() ? static_cast<std::size_t>(last.entry().number) : at + 1;
  }
  return all;
}

std::vector<std::pair<std::string_view, JsonValue>> JsonValue::members() const {
  std::vector<std::pair<std::string_view, JsonValue>> all;
  all.reserve(size());
  std::size_t at = at_ + 1;
  for (std::size_t i = 0; i < size(); ++i) {
    const JsonValue key(*tape_, at);
    const JsonValue value(*tape_, at + 1);
    all.emplace_back(key.text(), value);
    at = value.is_list() || value.is_object() ? static_cast<std::size_t>(value.entry().number)
                                              : at + 2;
  }
  return all;
}

std::optional<JsonValue> JsonValue::find(std::string_view wanted) const {
  for (const auto& [key, value] : members()) {
    if (key == wanted) return value;
  }
  return {};
}

}  // namespace evenkeel
