// Looking a name up in a table: strategies, stages, rules, policies, presets, formats, back ends.
#pragma once

#include <string>
#include <string_view>

#include "core/base/status.hpp"
#include "core/base/text.hpp"

namespace evenkeel {

// The row of `table` for which matches(row), or an error: unknown KIND "name"; known: a, b, c.
// kind: "strategy"; where the name was given may follow it: "rule" and " for --tail". shown(row): the name
// that the error lists.
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

// The same for rows that are found by their member `name` alone.
template <class Table, class Row>
Status find_named(std::string_view kind, std::string_view name, const Table& table, const Row*& out,
                  std::string_view where = "") {
  return find_row(
      kind, name, where, table, out, [name](const Row& row) { return row.name == name; },
      [](const Row& row) { return row.name; });
}

}  // namespace evenkeel
