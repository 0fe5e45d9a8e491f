// A JSON document as one flat array: 16 bytes per value, and freeing it cannot fail, unlike that of a tree.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/base/status.hpp"

namespace evenkeel {

enum class JsonKind : std::uint8_t {
  null,
  boolean,
  integer,
  large_integer,  // does not fit in 64 bits with a sign
  real,
  string,
  list,
  object,
  key,  // of the value that follows
};

struct JsonEntry {
  JsonKind kind;
  std::uint32_t size;  // values of a list or object, bytes of a key or string
  // An integer; of a list or object the index behind it; of a key or string the index of its first byte in the texts.
  std::int64_t number;
};

class JsonTape;

// A value of a document, which must exist longer.
class JsonValue {
 public:
  JsonValue(const JsonTape& tape, std::size_t at) : tape_(&tape), at_(at) {}

  JsonKind kind() const;
  bool is_list() const { return kind() == JsonKind::list; }
  bool is_object() const { return kind() == JsonKind::object; }
  // The name of the kind in errors: "a list".
  std::string_view kind_name() const;
  // Of JsonKind::integer.
  std::int64_t integer() const;
  // Of JsonKind::string.
  std::string_view text() const;
  // The number of values in a list or object.
  std::size_t size() const;
  // The first value of a list that is not empty.
  JsonValue first() const { return {*tape_, at_ + 1}; }
  // The values of a list.
  std::vector<JsonValue> values() const;
  // The keys and values of an object.
  std::vector<std::pair<std::string_view, JsonValue>> members() const;
  // The value under a key of an object.
  std::optional<JsonValue> find(std::string_view key) const;

 private:
  const JsonEntry& entry() const;

  const JsonTape* tape_;
  std::size_t at_;
};

// Limits on a document.
struct JsonLimits {
  std::size_t bytes;
  std::size_t lists;   // lists and objects
  std::size_t values;  // numbers and other scalars
  std::string_view what = "a placement";
};

class JsonTape {
 public:
  // Reads a whole document within the limits; no object may have a key twice. `expected` describes the document in
  // errors.
  Status read(std::span<const std::byte> bytes, std::string_view name, std::string_view expected,
              const JsonLimits& limits);
  JsonValue root() const { return {*this, 0}; }

 private:
  friend class JsonValue;
  friend class TapeWriter;
  std::vector<JsonEntry> entries_;
  std::string texts_;
};

}  // namespace evenkeel
