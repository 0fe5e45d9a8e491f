// The header of a CSV of loads.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/status.hpp"
#include "core/io/loads/csv_columns.hpp"

namespace evenkeel {

// A name that ends in a number, such as expert_12.
struct NumberedName {
  std::string_view prefix;
  std::uint64_t number = 0;
};
bool split_name(std::string_view text, NumberedName& out);

// Whether the cells are 0, 1, 2, ... from `first` on.
bool counts_up(std::span<const std::string_view> cells, std::uint64_t first = 0);

// Reads the words of a header into `out`. If the cells are none, `out` has no header then; if they are only numbers,
// the rows must decide.
Status read_header(std::string_view name, std::int64_t line,
                   std::span<const std::string_view> cells, CsvColumns& out,
                   std::vector<std::string>& notes);

}  // namespace evenkeel
