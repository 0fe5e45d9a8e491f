#include "core/io/loads/csv_rows.hpp"

#include <limits>
#include <string>

#include "core/base/text.hpp"
#include "core/io/loads/csv_counts.hpp"

namespace evenkeel {

bool CsvRows::next() {
  CsvLines& lines = file_.lines;
  if (rows_ > 0) status_ = progress_.at(lines.consumed());
  while (status_.ok() && lines.next()) {
    if (lines.is_blank()) continue;
    if (lines.skipped_blank()) {
      status_ = refuse(file_.name, "line ", lines.number() - 1,
                       " is blank, but more rows follow; remove it");
      return false;
    }
    ++rows_;
    return true;
  }
  return false;
}

bool CsvRows::take_keys(std::size_t keys, std::string_view& rest) {
  if (file_.separator == ' ') return false;
  rest = file_.lines.line();
  cells_.resize(keys);
  for (std::string_view& cell : cells_) {
    if (!take_cell(rest, file_.separator, cell)) return false;
  }
  return true;
}

Status CsvRows::split() {
  Status status = split_cells(file_.name, file_.lines, file_.separator, most_experts_, cells_);
  if (!status.ok()) return status;
  const CsvColumns& columns = file_.columns;
  if (columns.has_header && cells_.size() != columns.width) {
    const char own = find_separator(text());
    if (cells_.size() == 1 && own != separator() && text().find(own) != std::string_view::npos) {
      return refuse(file_.name, "line ", line(), ": ", separator_name(own),
                    " separates the cells, but ", separator_name(separator()),
                    " those of the header; use one of them in all lines");
    }
    return refuse(file_.name, "line ", line(), ": ", cells_.size(), " columns, but the header has ",
                  columns.width);
  }
  if (cells_.size() > columns.first_expert || columns.has_header) return {};
  return refuse(file_.name, "line ", line(), ": no loads after the index");
}

Status CsvRows::read_step(std::int64_t& step) const {
  const int column = file_.columns.step;
  if (column < 0) return {};
  std::uint64_t number = 0;
  if (!parse_key(cells_[static_cast<std::size_t>(column)], number) ||
      number > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max())) {
    return refuse_key(column, "a step number of at least 0");
  }
  const auto read = static_cast<std::int64_t>(number);
  if (read < step) {
    return refuse(file_.name, "line ", line(), ": step ", read, " after step ", step,
                  "; sort the rows by step");
  }
  step = read;
  return {};
}

Status CsvRows::read_layer(std::int64_t& layer) const {
  const int column = file_.columns.layer;
  if (column < 0) return {};
  std::uint64_t number = 0;
  if (!parse_key(cells_[static_cast<std::size_t>(column)], number) || number > kLargestLayer) {
    return refuse_key(column, "a layer number within 0.." + std::to_string(kLargestLayer));
  }
  layer = static_cast<std::int64_t>(number);
  return {};
}

Status CsvRows::refuse_cell(int column, std::string_view fault) const {
  return refuse(file_.name, "line ", line(), ", column ", column + 1, ": ", fault);
}

Status CsvRows::refuse_key(int column, std::string_view expected) const {
  return refuse_cell(column, in_quotes(cells_[static_cast<std::size_t>(column)]) + " is not " +
                                 std::string(expected));
}

Status CsvRows::refuse_slots(int column, std::string_view parts) const {
  return refuse_cell(column, "the " + std::string(parts) +
                                 " count slots, not experts; give the placement under which they "
                                 "were counted with --counted-under");
}

Status CsvRows::refuse_layers() const {
  return refuse(file_.name, "line ", line(), ": more than ", CountBuffer::kMostLayers,
                " layers, the most that can be counted");
}

}  // namespace evenkeel
