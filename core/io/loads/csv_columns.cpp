#include "core/io/loads/csv_columns.hpp"

#include <algorithm>
#include <utility>

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

// A column that counts from another number is noted only in tables of at least so many columns.
constexpr std::size_t kSureWidth = 4;

// Rows look like keys only in files of at least so many rows.
constexpr std::size_t kFewestKeyRows = 4;
constexpr std::size_t kSureKeyRows = 256;  // the rows after them may be in any order
constexpr std::size_t kFewestGridRows = 6;
constexpr std::size_t kFewestGridCells = 4;
constexpr std::size_t kFewestTokenRows = 8;
constexpr std::uint64_t kMostKeyValues = kMaxExperts;  // of one column

using Cells = std::vector<std::string_view>;

// Goes to the first line with text; false if there is none.
bool find_text(CsvLines& lines) {
  while (lines.next()) {
    if (!lines.is_blank()) return true;
  }
  return false;
}

// The numbers of layers and experts of each row, after that of the step if there is one.
using Keys = std::vector<std::vector<std::uint64_t>>;

// Whether the keys ascend, in a file that may have been appended to itself, and all but the last of them are repeated.
bool are_sorted_keys(std::span<const std::vector<std::uint64_t>> keys) {
  std::size_t prefixes = 0;
  std::size_t runs = 1;
  for (std::size_t r = 0; r < keys.size(); ++r) {
    const std::vector<std::uint64_t>& row = keys[r];
    if (r == 0 || !std::equal(row.begin(), row.end() - 1, keys[r - 1].begin())) ++prefixes;
    if (r == 0 || keys[r - 1] < row) continue;
    if (row != keys[0]) return false;
    ++runs;
  }
  return prefixes * 2 <= keys.size() && (runs == 1 || runs * 4 <= keys.size());
}

// Whether rows of layer and expert are sorted by expert first.
bool are_sorted_by_last(const Keys& keys) {
  Keys turned;
  bool descends = false;  // else the first column may be an index
  for (const auto& row : keys) {
    descends = descends || (!turned.empty() && row[0] <= turned.back()[1]);
    turned.push_back({row[1], row[0]});
  }
  return descends && turned.front()[0] != turned.back()[0] && are_sorted_keys(turned);
}

// Whether the rows, in any order, have most of the pairs of some layers and experts, each pair once or equally often.
bool are_pairs_of_a_grid(const Keys& keys, bool is_part) {
  if (keys.size() < kFewestGridRows) return false;
  std::vector<std::uint64_t> pairs;
  std::uint64_t least = kMostKeyValues;
  std::uint64_t largest = 0;
  for (const auto& row : keys) {
    if (row[0] >= kMostKeyValues || row[1] >= kMostKeyValues) return false;
    least = std::min(least, row[1]);
    largest = std::max(largest, row[1]);
    pairs.push_back(row[0] * kMostKeyValues + row[1]);
  }
  std::sort(pairs.begin(), pairs.end());
  std::size_t cells = 0;
  std::size_t rows = 0;  // of the grid
  std::size_t rarest = pairs.size();
  std::size_t most = 0;
  for (std::size_t at = 0; at < pairs.size();) {
    std::size_t end = at;
    while (end < pairs.size() && pairs[end] == pairs[at]) ++end;
    rarest = std::min(rarest, end - at);
    most = std::max(most, end - at);
    rows += at == 0 || pairs[at - 1] / kMostKeyValues != pairs[at] / kMostKeyValues ? 1 : 0;
    ++cells;
    at = end;
  }
  if (cells < kFewestGridCells || most - rarest > std::size_t{is_part}) return false;
  return largest > least && cells * 5 >= rows * (largest - least + 1) * 4;
}

// Whether the rows are the layer and the expert of tokens, sorted by layer.
bool are_tokens(const Keys& keys) {
  if (keys.size() < kFewestTokenRows) return false;
  std::size_t layers = 1;
  bool is_constant = true;
  for (std::size_t r = 0; r < keys.size(); ++r) {
    if (keys[r][0] >= kMostKeyValues || keys[r][1] >= kMostKeyValues) return false;
    if (r == 0) continue;
    if (keys[r][0] < keys[r - 1][0]) return false;
    layers += keys[r][0] != keys[r - 1][0] ? 1 : 0;
    is_constant = is_constant && keys[r][1] == keys[0][1];
  }
  return !is_constant && layers * 2 <= keys.size();
}

class ColumnFinder {
 public:
  ColumnFinder(std::int32_t most_experts, CsvFile& out, std::vector<std::string>& notes)
      : most_experts_(most_experts), out_(out), notes_(notes) {}

  Status find() {
    CsvLines lines = out_.lines;
    if (!find_text(lines)) return {};
    if (Status status = refuse_text(lines); !status.ok()) return status;
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
    if (status = refuse_ends(lines, first, second); !status.ok()) return status;
    if (!out_.columns.has_header) {
      if (status = refuse_keys(first.size()); !status.ok()) return status;
      find_counted_header(first, second);
    }
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
    return {};
  }

 private:
  Status split(const CsvLines& lines, Cells& cells) const {
    return split_cells(out_.name, lines, out_.separator, most_experts_, cells);
  }

  // What the first line says about the text.
  Status refuse_text(const CsvLines& lines) const {
    const std::string_view line = lines.line();
    const std::size_t end = line.find('\r');
    if (end < line.size() && line.find_first_not_of("\r", end) < line.size()) {
      return refuse(out_.name, "line ", lines.number(),
                    " has the line end CR alone; save the file with LF or CRLF");
    }
    if (trimmed(line).starts_with('#')) {
      return refuse(out_.name, "line ", lines.number(),
                    " begins with #; remove lines of comments, and # before a header");
    }
    return {};
  }

  bool ends_with_separator(std::string_view line) const {
    while (line.ends_with(' ')) line.remove_suffix(1);
    return line.ends_with(out_.separator);
  }

  // Separators at the end of all lines, or of all but the header. They are the empty cells of a last column only in
  // lists, which may have columns that are not used.
  Status refuse_ends(const CsvLines& first, const Cells& header, const Cells& row) const {
    if (out_.separator == ' ' || row.empty()) return {};
    const bool all = ends_with_separator(first.line());
    const bool is_empty_column = all && row.size() == header.size() && !out_.columns.is_list();
    if (out_.columns.has_header ? !is_empty_column && row.size() != header.size() + 1 : !all) {
      return {};
    }
    CsvLines lines = first;
    for (std::int64_t rows = 0; rows < kLongestIndex && lines.next(); ++rows) {
      if (!lines.is_blank() && !ends_with_separator(lines.line())) return {};
    }
    return refuse(out_.name, all ? "each line" : "each line after the header", " ends with ",
                  separator_name(out_.separator), "; remove it there");
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
    std::uint64_t start = 0;
    for (CsvLines lines = out_.lines; lines.next();) {
      if (lines.is_blank()) continue;
      std::string_view line = lines.line();
      std::string_view cell;
      std::uint64_t number = 0;
      if (out_.separator == ' ') line = trimmed(line);
      if (!take_cell(line, out_.separator, cell) || !parse_whole(cell, number)) return;
      if (rows == 0) start = number;
      if (number - start != static_cast<std::uint64_t>(rows) || ++rows > kLongestIndex) return;
    }
    if (start > 0) {
      if (rows < static_cast<std::int64_t>(kSureCount) || width < kSureWidth) return;
      notes_.push_back("column 1 counts " + std::to_string(start) + " to " +
                       std::to_string(start + static_cast<std::uint64_t>(rows) - 1) +
                       " and is taken for the loads of expert 0; if it numbers the layers, name it "
                       "layer in a header, or remove it");
    } else if (rows >= static_cast<std::int64_t>(kSureCount) && width >= kSureCount) {
      out_.columns.index = 0;
      out_.columns.first_expert = 1;
      notes_.emplace_back(kSkipsIndex);
    } else if (rows >= 2) {
      notes_.push_back("column 1 counts 0 to " + std::to_string(rows - 1) +
                       " and is taken for loads; remove it if it is an index");
    }
  }

  // The keys of the first rows, which all must have `width` cells; false if there are few before other rows.
  bool read_keys(std::size_t width, std::size_t count, Keys& keys, bool& is_part) const {
    Cells cells;
    for (CsvLines lines = out_.lines; lines.next();) {
      if (lines.is_blank()) continue;
      is_part = keys.size() == static_cast<std::size_t>(kLongestIndex);
      if (is_part) return true;
      bool are_keys = split(lines, cells).ok() && cells.size() == width;
      std::vector<std::uint64_t> row(count);
      for (std::size_t c = 0; c < count && are_keys; ++c) are_keys = parse_key(cells[c], row[c]);
      if (!are_keys) {
        is_part = true;
        return keys.size() >= kSureKeyRows;
      }
      keys.push_back(std::move(row));
    }
    return true;
  }

  // Keys without a header. Loads of so few experts hardly ever look like them.
  Status refuse_keys(std::size_t width) const {
    if (width < 2 || width > 4) return {};
    Keys keys;
    bool is_part = false;
    if (!read_keys(width, width == 2 ? 2 : width - 1, keys, is_part)) return {};
    if (width == 2) {
      if (!are_tokens(keys)) return {};
      return refuse(out_.name,
                    "the rows look like layer,expert, one for each token; put these words into the "
                    "first line, or e0,e1 if they are loads of 2 experts");
    }
    if (keys.size() < kFewestKeyRows) return {};
    const bool are_keys =
        are_sorted_keys(keys) ||
        are_sorted_keys(std::span(keys).first(std::min(keys.size(), kSureKeyRows))) ||
        (width == 3 && (are_sorted_by_last(keys) || are_pairs_of_a_grid(keys, is_part)));
    if (!are_keys) return {};
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
