// What the columns of a CSV of loads are: its first lines say it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/status.hpp"
#include "core/io/loads/csv_text.hpp"

namespace evenkeel {

// Columns are counted from 0. A table has one row of loads a layer; a list has one row a count, or a token.
struct CsvColumns {
  static constexpr int kNone = -1;

  bool has_header = false;
  std::size_t width = 0;  // of a row, if the file has a header
  int index = kNone;      // row numbers, as pandas writes them
  int step = kNone;
  int layer = kNone;
  int rank = kNone;
  int expert = kNone;  // of a list
  int count = kNone;   // of a list; none: each row is a token
  bool by_slot = false;
  std::size_t first_expert = 0;  // of a table

  bool is_list() const { return expert != kNone; }
  bool has_keys() const { return step != kNone || layer != kNone || rank != kNone; }
};

// A file whose columns are known. `lines` stands before the first row.
struct CsvFile {
  std::string_view name;
  CsvLines lines;
  char separator = ',';
  CsvColumns columns;
};

// Finds the columns by the first lines, and an index without a name by its whole column. Adds notes about what is
// skipped.
Status find_columns(std::string_view name, std::span<const std::byte> bytes,
                    std::int32_t most_experts, CsvFile& out, std::vector<std::string>& notes);

// Whether the first line is the header of a list.
bool has_list_header(std::span<const std::byte> bytes);

}  // namespace evenkeel
