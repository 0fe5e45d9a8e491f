#include "core/io/loads/csv_table.hpp"

#include <algorithm>

#include "core/base/text.hpp"
#include "core/io/loads/csv_counts.hpp"
#include "core/io/loads/csv_rows.hpp"

namespace evenkeel {
namespace {

class TableReader {
 public:
  TableReader(CsvFile& file, const ReadOptions& options, WindowSum& window)
      : rows_(file, options),
        columns_(file.columns),
        window_(window),
        numbers_(file.separator),
        counts_(window, 0) {
    place_.first_column = static_cast<std::int64_t>(columns_.first_expert) + 1;
  }

  Status read() {
    if (columns_.by_slot && !window_.folds()) {
      return rows_.refuse_slots(static_cast<int>(columns_.first_expert), "columns");
    }
    while (rows_.next()) {
      if (Status status = read_row(); !status.ok()) return status;
    }
    if (!rows_.status().ok()) return rows_.status();
    if (!rows_.any()) {
      return refuse(rows_.name(), columns_.has_header ? "no rows after the header" : "empty",
                    "; expected one row of numbers per layer");
    }
    if (Status status = numbers_.check_points(rows_.name()); !status.ok()) return status;
    return end_step();
  }

 private:
  // Most rows are plain; the others are split first.
  Status read_row() {
    const bool plain = rows_.take_keys(columns_.first_expert, rest_) &&
                       parse_plain_row(rest_, rows_.separator(), rows_.most_experts(), row_);
    const std::size_t width = columns_.first_expert + row_.size();
    if (!plain || (columns_.has_header && width != columns_.width)) {
      if (Status status = rows_.split(); !status.ok()) return status;
    }
    if (Status status = read_keys(); !status.ok()) return status;
    if (!plain) {
      if (Status status = parse_cells(); !status.ok()) return status;
    } else if (rows_.separator() != ',') {
      for (const Number& number : row_) numbers_.add_whole(number.whole);
    }
    place_.line = rows_.line();
    if (columns_.rank == CsvColumns::kNone) return window_.add_row(place_, row_);
    return counts_.add_row(place_, row_) ? Status() : rows_.refuse_layers();
  }

  Status parse_cells() {
    row_.clear();
    const auto& cells = rows_.cells();
    for (std::size_t c = columns_.first_expert; c < cells.size(); ++c) {
      Number number;
      if (!numbers_.parse(cells[c], number, rows_.line(), static_cast<std::int64_t>(c) + 1)) {
        return rows_.refuse_cell(static_cast<int>(c), numbers_.fault(cells[c]));
      }
      row_.push_back(number);
    }
    return {};
  }

  Status read_keys() {
    if (!columns_.has_keys()) {
      const bool first = rows_.is_first();
      place_.layer = first ? 0 : place_.layer + 1;
      if (columns_.index != 0 || rows_.cells()[0] == std::to_string(place_.layer)) return {};
      return rows_.refuse_cell(0, in_quotes(rows_.cells()[0]) +
                                      " is not the next number of an index, " +
                                      std::to_string(place_.layer) +
                                      "; name the column layer if it has the numbers of layers");
    }
    std::int64_t step = place_.recorded_step;
    if (Status status = rows_.read_step(step); !status.ok()) return status;
    if (step != place_.recorded_step && place_.recorded_step >= 0) {
      if (Status status = end_step(); !status.ok()) return status;
    }
    place_.recorded_step = step;
    place_.step = window_.steps();
    if (Status status = rows_.read_layer(place_.layer); !status.ok()) return status;
    if (columns_.rank != CsvColumns::kNone) return {};
    const auto seen = static_cast<std::size_t>(place_.layer);
    if (seen_.size() <= seen) seen_.resize(seen + 1);
    if (seen_[seen]) {
      return refuse(rows_.name(), "line ", rows_.line(), ": layer ", place_.layer,
                    columns_.step < 0
                        ? " appears twice; several steps need a column step"
                        : " of step " + std::to_string(place_.recorded_step) + " appears twice");
    }
    seen_[seen] = true;
    return {};
  }

  Status end_step() {
    seen_.clear();
    if (columns_.rank != CsvColumns::kNone) return counts_.end_step();
    return window_.end_step();
  }

  CsvRows rows_;
  const CsvColumns& columns_;
  WindowSum& window_;
  CsvNumbers numbers_;
  CountBuffer counts_;  // of the step, if several ranks have a row of a layer
  std::string_view rest_;
  std::vector<Number> row_;
  Place place_;
  std::vector<bool> seen_;  // layers of the open step
};

}  // namespace

Status add_csv_table(CsvFile& file, const ReadOptions& options, WindowSum& window) {
  return TableReader(file, options, window).read();
}

}  // namespace evenkeel
