// Loads from CSV, in three forms:
//   one row a layer, plain or after a header e0,e1,... or step,layer,e0,e1,...      core/io/loads/csv_table.hpp
//   one row a count, after a header with layer,expert,count in any order            core/io/loads/csv_counts.hpp
//   one row a routed token, after a header with layer,expert
// Columns of steps and ranks may be added: steps ascend, ranks add up. What pandas adds, a header and an index 0, 1,
// 2, ..., is recognised and skipped (core/io/loads/csv_columns.hpp).
#include <string>
#include <vector>

#include "core/io/loads/csv_columns.hpp"
#include "core/io/loads/csv_counts.hpp"
#include "core/io/loads/csv_rows.hpp"
#include "core/io/loads/csv_table.hpp"
#include "core/io/loads/loads_format.hpp"
#include "core/io/loads/read_loads.hpp"

namespace evenkeel {

Status add_csv(const RecordedFile& file, const ReadOptions& options, WindowSum& window,
               std::vector<std::string>& notes) {
  CsvFile found;
  Status status = find_columns(file.name, file.bytes, most_experts_of(options), found, notes);
  if (!status.ok()) return status;
  return found.columns.is_list() ? add_csv_counts(found, options, window, notes)
                                 : add_csv_table(found, options, window);
}

std::int64_t rank_in_csv(const RecordedFile& file, const ReadOptions&) {
  const ReadOptions options;  // without progress
  std::vector<std::string> notes;
  CsvFile found;
  if (!find_columns(file.name, file.bytes, kMaxSlots, found, notes).ok()) return -1;
  const int column = found.columns.rank;
  if (column < 0 || found.columns.is_list()) return -1;
  CsvRows rows(found, options);
  std::uint64_t rank = 0;
  const bool is_read = rows.next() && rows.split().ok() &&
                       parse_key(rows.cells()[static_cast<std::size_t>(column)], rank) &&
                       rank <= kLargestLayer;
  return is_read ? static_cast<std::int64_t>(rank) : -1;
}

bool is_sparse_csv(std::span<const std::byte> bytes) { return has_list_header(bytes); }

}  // namespace evenkeel
