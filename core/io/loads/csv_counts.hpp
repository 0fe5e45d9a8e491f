// CSV with one row a count, or a routed token.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "core/base/status.hpp"
#include "core/io/loads/csv_columns.hpp"
#include "core/io/loads/read_loads.hpp"
#include "core/io/loads/window_sum.hpp"

namespace evenkeel {

// The loads of one step, whose counts come in any order and add up. Missing ones are 0.
class CountBuffer {
 public:
  static constexpr std::size_t kMostLayers = std::size_t{8} * kMaxLayers;

  // Rows have at least `width` experts.
  CountBuffer(WindowSum& window, std::size_t width) : window_(window), width_(width) {}

  // Adds a count of the place's layer, or one of each expert; false if there are too many layers. The place's line and
  // first column are those of an error.
  bool add(const Place& place, std::size_t expert, const Number& count);
  bool add_row(const Place& place, std::span<const Number> row);

  // Adds the rows to the sums, layers ascending.
  Status end_step();

 private:
  struct Layer {
    Place place;
    bool is_open = false;  // has counts in this step
    bool is_bad = false;   // one of them is no load; place says where it is
    std::vector<Number> sums;
  };

  Layer* layer_of(const Place& place);
  static void add_to(Layer& layer, const Place& place, std::size_t expert, const Number& count);

  WindowSum& window_;
  std::size_t width_;
  std::vector<Layer> layers_;  // ascending
  std::size_t last_ = 0;       // where the last count was added
};

Status add_csv_counts(CsvFile& file, const ReadOptions& options, WindowSum& window,
                      std::vector<std::string>& notes);

}  // namespace evenkeel
