// Loads from CSV: one plain row per layer, or rows step,layer,e0,e1,... after a header.
#include <algorithm>
#include <cstring>
#include <vector>

#include "core/base/text.hpp"
#include "core/io/csv_text.hpp"
#include "core/io/read_loads.hpp"
#include "core/io/window_sum.hpp"

namespace evenkeel {
namespace {

// Larger layer numbers are treated as errors, which limits the memory of seen_.
constexpr std::uint64_t kLargestLayer = 65535;

constexpr std::size_t kKeyColumns = 2;  // step and layer
constexpr auto kMaxCells = kKeyColumns + static_cast<std::size_t>(kMaxExperts);

class CsvReader {
 public:
  CsvReader(const RecordedFile& file, const ReadOptions& options, WindowSum& window)
      : name_(file.name), lines_(file.bytes), window_(window), progress_(file.name, options) {
    place_.first_column = 1;
  }

  Status read() {
    while (lines_.next()) {
      if (lines_.is_blank()) continue;
      if (lines_.skipped_blank()) {
        return refuse(name_, "line ", lines_.number() - 1,
                      " is blank, but more rows follow; remove it");
      }
      if (Status status = read_line(); !status.ok()) return status;
      if (Status status = progress_.at(lines_.consumed()); !status.ok()) return status;
    }
    if (!has_rows_) {
      return refuse(name_, has_header_ ? "no rows after the header" : "empty",
                    "; expected one row of numbers per layer");
    }
    return end_step();
  }

 private:
  Status read_line() {
    if (Status status = split_cells(name_, lines_, kMaxCells, cells_); !status.ok()) return status;
    if (!has_rows_ && !has_header_ && is_header()) return read_header();
    if (has_header_) {
      if (Status status = read_keys(); !status.ok()) return status;
    } else {
      place_.layer = has_rows_ ? place_.layer + 1 : 0;
      layers_ = place_.layer + 1;
    }
    has_rows_ = true;
    place_.line = lines_.number();
    return add_row();
  }

  bool is_header() const {
    return cells_.size() >= kKeyColumns && cells_[0] == "step" && cells_[1] == "layer";
  }

  Status read_header() {
    has_header_ = true;
    header_cells_ = cells_.size();
    place_.first_column += static_cast<std::int64_t>(kKeyColumns);
    if (cells_.size() > kKeyColumns) return {};
    return refuse(name_, "line ", lines_.number(),
                  ": the header has no expert columns after step,layer");
  }

  // Reads step and layer of this row. Steps must ascend, so only one step is open at a time.
  Status read_keys() {
    if (cells_.size() != header_cells_) {
      return refuse(name_, "line ", lines_.number(), ": ", cells_.size(),
                    " columns, but the header has ", header_cells_);
    }
    std::uint64_t step = 0;
    std::uint64_t layer = 0;
    if (!parse_whole(cells_[0], step)) return refuse_key(1, "a step number of at least 0");
    if (!parse_whole(cells_[1], layer) || layer > kLargestLayer) {
      return refuse_key(2, "a layer number within 0.." + std::to_string(kLargestLayer));
    }
    if (has_rows_ && step < recorded_step_) {
      return refuse(name_, "line ", lines_.number(), ": step ", step, " after step ",
                    recorded_step_, "; sort the rows by step");
    }
    if (has_rows_ && step > recorded_step_) {
      if (Status status = end_step(); !status.ok()) return status;
    }
    recorded_step_ = step;
    place_.step = window_.steps();
    place_.layer = static_cast<std::int64_t>(layer);
    const auto seen = static_cast<std::size_t>(layer);
    if (seen_.size() <= seen) seen_.resize(seen + 1);
    if (seen_[seen]) {
      return refuse(name_, "line ", lines_.number(), ": layer ", layer, " of step ", step,
                    " appears twice");
    }
    seen_[seen] = true;
    layers_ = std::max(layers_, place_.layer + 1);
    return {};
  }

  Status add_row() {
    row_.clear();
    for (std::size_t c = has_header_ ? kKeyColumns : 0; c < cells_.size(); ++c) {
      Number number;
      if (!parse_number(cells_[c], number)) return refuse_cell(c + 1);
      row_.push_back(number);
    }
    return window_.add_row(place_, row_);
  }

  // Every layer needs a row: a missing row could also be a layer without tokens.
  Status end_step() {
    const auto lost = std::find(seen_.begin(), seen_.end(), false);
    if (lost != seen_.end()) {
      return refuse(name_, "step ", recorded_step_, " has no row for layer ", lost - seen_.begin(),
                    ", but a row for layer ", layers_ - 1);
    }
    seen_.clear();
    layers_ = 0;
    return window_.end_step();
  }

  Status refuse_key(std::size_t column, std::string_view expected) const {
    return refuse(name_, "line ", lines_.number(), ", column ", column, ": ",
                  in_quotes(cells_[column - 1]), " is not ", expected);
  }

  Status refuse_cell(std::size_t column) const {
    const std::string_view cell = cells_[column - 1];
    const std::string place =
        "line " + std::to_string(lines_.number()) + ", column " + std::to_string(column);
    if (cell.empty()) return refuse(name_, place, ": empty; expected a number");
    const bool first = !has_header_ && place_.line == 1;
    return refuse(name_, place, ": ", in_quotes(cell), " is not a number",
                  first ? "; a header must begin with step,layer" : "");
  }

  std::string_view name_;
  CsvLines lines_;
  WindowSum& window_;
  ReadProgress progress_;
  std::vector<std::string_view> cells_;  // of the line
  std::vector<Number> row_;              // the loads in the line
  bool has_header_ = false;
  bool has_rows_ = false;
  std::size_t header_cells_ = 0;
  Place place_;                      // of the row; its step counts by order of appearance
  std::uint64_t recorded_step_ = 0;  // the step's number in the file
  std::vector<bool> seen_;           // layers of the open step; only with a header
  std::int64_t layers_ = 0;          // of the open step
};

}  // namespace

Status add_csv(const RecordedFile& file, const ReadOptions& options, WindowSum& window,
               std::vector<std::string>&) {
  return CsvReader(file, options, window).read();
}

bool is_sparse_csv(std::span<const std::byte>) { return false; }

}  // namespace evenkeel
