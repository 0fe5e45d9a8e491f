// A result as text for a terminal: figures, compared with those of other placements, and the worst layers.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "core/model/figures.hpp"
#include "core/model/metrics.hpp"
#include "core/model/strategies.hpp"
#include "core/model/types.hpp"

namespace evenkeel {

// One column: a name and its metrics.
struct Column {
  std::string name;
  std::span<const LayerMetrics> layers;
};

// "58 layers x 256 experts -> 288 slots on 32 GPUs, 4 nodes, 8 groups"
std::string describe_shape(const Shape& shape);
// The same without the number of slots: "58 layers x 256 experts on 32 GPUs, 4 nodes, 8 groups"
std::string describe_gpus(const Shape& shape);

// The headings of a table's figures, after `first`.
std::vector<std::string> headings(std::vector<std::string> first, Tables table);
// The cells of one row, after `first`.
std::vector<std::string> cells(std::vector<std::string> first, Tables table, const Summary& all);
// The meaning of the headings, one line each.
std::string legend_text(Tables table);
// "highest_load + sainte_lague + predicted_move + greedy + nearest_difference"
std::string parts_line(const NamedRules& strategy);
// The same behind its label, in lines of at most 80, each with its end.
std::string parts_text(const NamedRules& strategy);

// The overall figures of all columns, and the five worst layers of the last column.
std::string figures_text(const Shape& shape, const LayerNumbers& numbers,
                         const std::vector<Column>& columns);

}  // namespace evenkeel
