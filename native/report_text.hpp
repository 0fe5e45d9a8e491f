// A result as text for a terminal: figures, compared with those of other placements, and the worst layers.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <utility>
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
  const StepMetrics* steps = nullptr;
};

// "58 layers x 256 experts -> 288 slots on 32 GPUs, 4 nodes, 8 groups"
std::string describe_shape(const Shape& shape);
// The same without the number of slots: "58 layers x 256 experts on 32 GPUs, 4 nodes, 8 groups"
std::string describe_gpus(const Shape& shape);

// A table of placements, a row each. Figures that are not known of any are left out.
class FigureTable {
 public:
  FigureTable(std::vector<std::string> first, Tables table)
      : first_(std::move(first)), table_(table) {}
  // The cells of the first columns, and the figures.
  void add(std::vector<std::string> first, const Summary& all) {
    rows_.push_back({std::move(first), all});
  }
  std::string text() const;
  // The meaning of the headings, one line each.
  std::string legend() const;

 private:
  struct Row {
    std::vector<std::string> first;
    Summary all;
  };
  std::vector<const Figure*> figures() const;

  std::vector<std::string> first_;
  Tables table_;
  std::vector<Row> rows_;
};

// "highest_load + sainte_lague + predicted_move + greedy + nearest_difference"
std::string parts_line(const NamedRules& strategy);
// The same behind its label, in lines of at most 80, each with its end.
std::string parts_text(const NamedRules& strategy);

// The overall figures of all columns, and the five worst layers of the last column.
std::string figures_text(const Shape& shape, const LayerNumbers& numbers,
                         const std::vector<Column>& columns);

}  // namespace evenkeel
