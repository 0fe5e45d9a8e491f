#include "core/io/loads/csv_columns.hpp"

#include <algorithm>

#include "core/base/text.hpp"
#include "core/io/loads/csv_header.hpp"

namespace evenkeel {
namespace {

constexpr std::string_view kSkipsIndex = "column 1 counts 0, 1, 2, ...: it is skipped as an index";
constexpr std::string_view kSkipsHeader = "line 1 counts 0, 1, 2, ...: it is skipped as a header";

// Fewer numbers 0, 1, 2, ... can be loads.
constexpr std::size_t kSureCount = 3;

// Bounds the search for an index; more rows have no form without keys.
constexpr std::int64_t kLongestIndex = 65536;

// So many rows are enough to see keys.
constexpr std::int64_t kMostKeyRows = 256;
constexpr std::int64_t kFewestKeyRows = 4;

using Cells = std::vector<std::string_view>;

// Goes to the first line with text; false if there is none.
bool find_text(CsvLines& lines) {
  while (lines.next()) {
    if (!lines.is_blank()) return true;
  }
  return false;
}

class ColumnFinder {
 public:
  ColumnFinder(std::int32_t most_experts, CsvFile& out, std::vector<std::string>& notes)
      : most_experts_(most_experts), out_(out), notes_(notes) {}

  Status find() {
    CsvLines lines = out_.lines;
    if (!find_text(lines)) return {};
    out_.separator = find_separator(lines.line());
    Cells first;
    if (Status status = split(lines, first); !status.ok()) return status;
    Status status = read_header(out_.name, lines.number(), first, out_.columns, notes_);
    if (!status.ok()) return status;

    CsvLines after = lines;
    Cells second;
    if (after.next() && !after.is_blank()) {
      if (status = split(after, second); !status.ok()) return status;
    }
    if (!out_.columns.has_header) find_counted_header(first, second);
    if (out_.columns.has_header) {
      out_.lines = lines;
      if (lines.skipped_blank()) {
        return refuse(out_.name, "line ", lines.number() - 1,
                      " is blank, but more rows follow; remove it");
      }
      find_nameless_index(second);
      if (out_.columns.index == 0) notes_.emplace_back(kSkipsIndex);
      return {};
    }
    find_index(first.size());
    return out_.columns.index == 0 ? Status() : refuse_keys(first.size());
  }

 private:
  Status split(const CsvLines& lines, Cells& cells) const {
    return split_cells(out_.name, lines, out_.separator, most_experts_, cells);
  }

  // A first row 0, 1, 2, ... is a header, except in a table that goes on counting.
  void find_counted_header(const Cells& first, const Cells& second) {
    if (first.size() < kSureCount || second.empty() || !counts_up(first)) return;
    if (counts_up(second, first.size())) return;
    out_.columns.has_header = true;
    out_.columns.width = first.size();
    notes_.emplace_back(kSkipsHeader);
  }

  // Rows with one cell more than the header begin with an index.
  void find_nameless_index(const Cells& row) {
    CsvColumns& columns = out_.columns;
    std::uint64_t number = 0;
    if (columns.index == 0 || row.size() != columns.width + 1 || row.back().empty() ||
        !parse_whole(row.front(), number)) {
      return;
    }
    for (int* column :
         {&columns.step, &columns.layer, &columns.rank, &columns.expert, &columns.count}) {
      if (*column != CsvColumns::kNone) ++*column;
    }
    columns.index = 0;
    ++columns.width;
    ++columns.first_expert;
  }

  // Without a header only the whole column can say that it is an index.
  void find_index(std::size_t width) {
    std::int64_t rows = 0;
    for (CsvLines lines = out_.lines; lines.next();) {
      if (lines.is_blank()) continue;
      std::string_view line = lines.line();
      std::string_view cell;
      std::uint64_t number = 0;
      if (out_.separator == ' ') line = trimmed(line);
      if (!take_cell(line, out_.separator, cell) || !parse_whole(cell, number) ||
          number != static_cast<std::uint64_t>(rows) || ++rows > kLongestIndex) {
        return;
      }
    }
    if (rows >= static_cast<std::int64_t>(kSureCount) && width >= kSureCount) {
      out_.columns.index = 0;
      out_.columns.first_expert = 1;
      notes_.emplace_back(kSkipsIndex);
    } else if (rows >= 2) {
      notes_.push_back("column 1 counts 0 to " + std::to_string(rows - 1) +
                       " and is taken for loads; remove it if it is an index");
    }
  }

  // Keys without a header: ascending in a few rows, and all but the last of them repeated. Loads hardly ever are.
  Status refuse_keys(std::size_t width) const {
    if (width != 3 && width != 4) return {};
    std::int64_t rows = 0;
    std::int64_t prefixes = 0;
    std::vector<std::uint64_t> before;
    std::vector<std::uint64_t> keys(width - 1);
    Cells cells;
    for (CsvLines lines = out_.lines; rows < kMostKeyRows && lines.next();) {
      if (lines.is_blank()) continue;
      if (Status status = split(lines, cells); !status.ok()) return status;
      if (cells.size() != width) return {};
      for (std::size_t c = 0; c < keys.size(); ++c) {
        if (!parse_whole(cells[c], keys[c])) return {};
      }
      if (rows > 0 && !(before < keys)) return {};
      if (rows == 0 || !std::equal(keys.begin(), keys.end() - 1, before.begin())) ++prefixes;
      before = keys;
      ++rows;
    }
    if (rows < kFewestKeyRows || prefixes * 2 > rows) return {};
    return refuse(out_.name, "the rows look like ",
                  width == 3 ? "layer,expert,count" : "step,layer,expert,count",
                  "; put these words into the first line, or ",
                  width == 3 ? "e0,e1,e2" : "e0,e1,e2,e3", " if they are loads of ", width,
                  " experts");
  }

  std::int32_t most_experts_;
  CsvFile& out_;
  std::vector<std::string>& notes_;
};

}  // namespace

Status find_columns(std::string_view name, std::span<const std::byte> bytes,
                    std::int32_t most_experts, CsvFile& out, std::vector<std::string>& notes) {
  out = {};
  out.name = name;
  out.lines = CsvLines(bytes);
  return ColumnFinder(most_experts, out, notes).find();
}

bool has_list_header(std::span<const std::byte> bytes) {
  CsvLines lines(bytes);
  if (!find_text(lines)) return false;
  Cells cells;
  CsvColumns columns;
  std::vector<std::string> notes;
  return split_cells("", lines, find_separator(lines.line()), kMaxExperts, cells).ok() &&
         read_header("", lines.number(), cells, columns, notes).ok() && columns.is_list();
}

}  // namespace evenkeel
