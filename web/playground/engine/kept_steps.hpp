// Keeps the steps of a file as .npy, so that windows can be summed without reading the file again. That has no numbers
// of layers: whoever reads it adds them.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "core/io/loads/window_sum.hpp"

namespace evenkeel {

class KeptSteps {
 public:
  explicit KeptSteps(std::size_t most_bytes) : most_bytes_(most_bytes) {}

  // The next row of loads, from ReadOptions::row.
  void add(const Place& place, std::span<const Number> row);
  // All rows as .npy; a step without rows is one of zeros. Its windows have the same sums, bit for bit, as those of
  // the file. Empty if that is not possible: no rows, too many bytes, steps or layers out of order, steps of different
  // layers, rows of different lengths, or sums that are not exact in binary64.
  std::string take(std::int64_t steps, std::int64_t layers, std::int64_t experts);

 private:
  // The element type: the smallest that can represent all loads.
  enum class Kind : std::uint8_t { bytes_2, bytes_4, real };
  static Kind kind_of(const Number& number);
  static std::size_t size_of(Kind kind);
  void put(double value);
  void put_empty_steps(std::int64_t count);
  void widen(Kind kind);
  bool begin_step(std::int64_t step);
  void give_up();

  std::size_t most_bytes_;
  bool keeps_ = true;
  Kind kind_ = Kind::bytes_2;
  std::string data_;
  double whole_sum_ = 0;  // of all whole numbers
  std::int64_t step_ = -1;
  std::int64_t first_step_ = -1;      // with rows
  std::vector<std::int64_t> layers_;  // of each step, ascending
  std::size_t rows_ = 0;              // of the open step
  std::size_t experts_ = 0;
};

}  // namespace evenkeel
