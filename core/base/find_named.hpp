// Finds a name in a table: strategies, stages, rules, policies, presets, formats, back ends.
#pragma once

#include <string>
#include <string_view>

#include "core/base/status.hpp"
#include "core/base/text.hpp"

namespace evenkeel {

// Finds the row of `table` for which matches(row) is true. Error: unknown KIND "name"; known: a, b, c. kind:
// for example "strategy"; where: optional text after the name, for example " for --tail". shown(row): the
// name in the list of the error.
template <class Table, class Row, class Matches, class Shown>
Status find_row(std::string_view kind, std::string_view name, std::string_view where,
                const Table& table, const Row*& out, Matches matches, Shown shown) {
  std::string known;
  for (const Row& row : table) {
    if (matches(row)) {
      out = &row;
      return {};
    }
    known += (known.empty() ? "" : ", ") + std::string(shown(row));
  }
  return Status::error("unknown " + std::string(kind) + " " + in_quotes(name) + std::string(where) +
                       "; known: " + known);
}

// The same for rows that are found only by their member `name`.
template <class Table, class Row>
Status find_named(std::string_view kind, std::string_view name, const Table& table, const Row*& out,
                  std::string_view where = "") {
  return find_row(
      kind, name, where, table, out, [name](const Row& row) { return row.name == name; },
      [](const Row& row) { return row.name; });
}

}  // namespace evenkeel
