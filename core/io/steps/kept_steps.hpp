// Keeps the steps of a recording that is read row by row, as one array [steps, layers, experts] of the smallest element
// type that holds all loads.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "core/batch/raw_steps.hpp"
#include "core/io/loads/window_sum.hpp"
#include "core/model/types.hpp"

namespace evenkeel {

class KeptSteps {
 public:
  // Steps before `first_step` are not kept.
  KeptSteps(std::int64_t first_step, std::size_t most_bytes)
      : first_step_(first_step), most_bytes_(most_bytes) {}

  // The next row of loads, from ReadOptions::row. Rows of the same step and layer, as files of ranks have them, add up.
  void add(const Place& place, std::span<const Number> row);
  // Completes the array, whose size `read` has (values are not used): what had no row is zero. False: it has too many
  // bytes, or rows of other layers than `read`.
  bool finish(const Loads& read);

  // Sums over steps have the bits of the reader's sums. Not so if floats of a later file belong to earlier steps, or if
  // whole numbers beside floats add up to more than 2^53.
  bool is_exact() const;
  // The array, as long as this object lives.
  RawSteps steps() const;
  // The array as .npy; nothing is left here.
  std::string take_npy();

 private:
  // The element type: the smallest that can represent all loads.
  enum class Kind : std::uint8_t { bytes_2, bytes_4, bytes_8, real };
  static Kind kind_of(const Number& number);
  static std::size_t size_of(Kind kind);

  std::size_t cells() const { return layers_.size() * experts_; }  // of one step
  Number get(std::size_t cell) const;
  static void put(const Number& number, Kind kind, char* at);
  std::size_t row_of(std::int64_t layer, std::size_t experts);
  bool fits(std::int64_t steps, std::size_t cells, Kind kind) const;
  void reshape(const std::vector<std::int64_t>& layers, std::size_t experts, Kind kind);
  void resize(std::int64_t steps);
  void give_up();

  std::int64_t first_step_;
  std::size_t most_bytes_;
  bool keeps_ = true;
  bool in_order_ = true;  // no row came after one of a later step
  Kind kind_ = Kind::bytes_2;
  std::string data_;  // [steps_, layers_, experts_], in this machine's byte order
  std::int64_t steps_ = 0;
  std::vector<std::int64_t> layers_;  // ascending
  std::size_t experts_ = 0;
  std::size_t next_row_ = 0;  // probably that of the next layer
  double whole_sum_ = 0;      // of all whole numbers
  std::vector<Number> sum_;
};

}  // namespace evenkeel
