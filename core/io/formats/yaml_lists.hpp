// The part of YAML that tables of integer lists need: a map of scalars, of lists of integers, and of maps of these.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "core/base/status.hpp"

namespace evenkeel {

enum class YamlKind : std::uint8_t { scalar, list, map };

// A key and its value.
struct YamlEntry {
  std::string_view key;    // without quotation marks
  std::int64_t line = 0;   // of the key, counted from 1
  std::int32_t level = 0;  // 0: of the document; 1: of the map before it
  YamlKind kind = YamlKind::scalar;
  std::string_view scalar;  // without quotation marks; empty: null
  bool quoted = false;      // the scalar
  std::size_t first = 0;    // of a list: its integers in YamlDocument::numbers
  std::size_t count = 0;    // of a list: its integers; of a map: the entries that follow it
};

// It refers to the bytes that were read.
struct YamlDocument {
  std::vector<YamlEntry> entries;  // in the order of the file, a map before its entries
  std::vector<std::int64_t> numbers;
};

struct YamlLimits {
  std::size_t bytes;
  std::size_t entries;
  std::size_t numbers;
};

// Reads one document of two levels of block maps. Lists have integers only, in brackets, also over several lines, or
// one to a line after "- ". Everything else in YAML (anchors, tags, texts over several lines, maps in braces, ...) is
// an error that names the line.
Status read_yaml_lists(std::span<const std::byte> bytes, std::string_view name,
                       const YamlLimits& limits, YamlDocument& out);

}  // namespace evenkeel
