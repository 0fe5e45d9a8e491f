// The rows of a CSV of loads: their lines, and the numbers of steps and layers in them.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "core/base/status.hpp"
#include "core/io/loads/csv_columns.hpp"
#include "core/io/loads/read_loads.hpp"
#include "core/io/loads/window_sum.hpp"

namespace evenkeel {

// Rows have loads by expert, or by slot.
inline std::int32_t most_experts_of(const ReadOptions& options) {
  return options.counted_under != nullptr ? kMaxSlots : kMaxExperts;
}

class CsvRows {
 public:
  CsvRows(CsvFile& file, const ReadOptions& options)
      : file_(file), most_experts_(most_experts_of(options)), progress_(file.name, options) {}

  // Goes to the next row; false at the end, or after an error, which status() has.
  bool next();
  const Status& status() const { return status_; }
  bool any() const { return rows_ > 0; }
  bool is_first() const { return rows_ == 1; }

  std::string_view name() const { return file_.name; }
  std::string_view text() const { return file_.lines.line(); }
  std::int64_t line() const { return file_.lines.number(); }
  char separator() const { return file_.separator; }
  std::size_t most_experts() const { return static_cast<std::size_t>(most_experts_); }

  // Takes the cells before the loads off the line; false: the row must be split instead.
  bool take_keys(std::size_t keys, std::string_view& rest);
  // Splits the row, which must have as many cells as the header.
  Status split();
  const std::vector<std::string_view>& cells() const { return cells_; }

  // Reads the numbers from the cells. Steps must ascend. Without a column they do not change.
  Status read_step(std::int64_t& step) const;
  Status read_layer(std::int64_t& layer) const;

  Status refuse_cell(int column, std::string_view fault) const;
  Status refuse_key(int column, std::string_view expected) const;
  Status refuse_layers() const;
  // The `parts` of the file, from a column of its header on, count slots without a map.
  Status refuse_slots(int column, std::string_view parts) const;

 private:
  CsvFile& file_;
  std::int32_t most_experts_;
  ReadProgress progress_;
  Status status_;
  std::int64_t rows_ = 0;
  std::vector<std::string_view> cells_;
};

}  // namespace evenkeel
