// Keeps the steps of a text file as .npy, so that windows can be summed without reading the text again.
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "core/io/loads/window_sum.hpp"

namespace evenkeel {

class KeptSteps {
 public:
  explicit KeptSteps(std::size_t most_bytes) : most_bytes_(most_bytes) {}

  // The next row of loads, from ReadOptions::row.
  void add(const Place& place, std::span<const Number> row);
  // All rows as .npy. Its windows have the same sums, bit for bit, as those of the text. Empty if that is not
  // possible: no rows, too many bytes, layers out of order, or sums that are not exact in binary64.
  std::string take(std::int64_t steps, std::int64_t layers, std::int64_t experts);

 private:
  // The element type: the smallest that can represent all loads.
  enum class Kind : std::uint8_t { bytes_2, bytes_4, real };
  static Kind kind_of(const Number& number);
  static std::size_t size_of(Kind kind);
  void put(double value);
  void widen(Kind kind);
  void give_up();

  std::size_t most_bytes_;
  bool keeps_ = true;
  Kind kind_ = Kind::bytes_2;
  std::string data_;
  double whole_sum_ = 0;  // of all whole numbers
  std::int64_t step_ = -1;
  std::int64_t layer_ = 0;
};

}  // namespace evenkeel
