// What the three readers of loads share: ranges made definite, the window's sums, the final
// rounding to binary32, and the reports of progress.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/status.hpp"
#include "core/io/read_loads.hpp"
#include "core/model/types.hpp"

namespace evenkeel {

// What a file holds and which part of it is wanted; both ranges are definite and not empty.
struct WindowShape {
  Range steps;
  Range layers;
  std::int32_t experts = 0;

  std::int64_t kept_layers() const { return layers.end - layers.begin; }
  std::size_t cells() const {
    return static_cast<std::size_t>(kept_layers()) * static_cast<std::size_t>(experts);
  }
};

Status check_experts(std::string_view name, std::int64_t experts);

// Judges the asked ranges and the limits on what the file has.
Status resolve_window(std::string_view name, const ReadOptions& options, std::int64_t steps,
                      std::int64_t layers, std::int64_t experts, WindowShape& out);

// Rounds the sums [kept layers, E] to binary32, once and to nearest even.
template <class Sum>  // std::uint64_t or double
Status round_window(std::string_view name, const WindowShape& shape, std::span<const Sum> sums,
                    Loads& out);

// Where a load stands in its file. Text files also have a line, and a column for expert 0.
struct Place {
  std::int64_t step = 0;
  std::int64_t layer = 0;
  std::int64_t line = 0;  // 0: this format has none
  std::int64_t first_column = 0;
};
std::string describe(const Place& place);
std::string describe(const Place& place, std::int64_t expert);

// The sentences about one value, the same in all formats.
Status refuse_load(std::string_view name, const Place& place, std::int64_t expert, double load);
Status refuse_overflow(std::string_view name, const Place& place, std::int64_t expert);

// One number of a text file. Whole numbers are kept exactly as well.
struct Number {
  double real = 0;
  std::uint64_t whole = 0;
  bool is_whole = false;
};

// The sums of a text file, whose size is known only once it has been read. Integers are summed in
// uint64; as soon as one kept number is not an integer, the window is the binary64 sum in step
// order of all of them, so both sums are kept.
class WindowSum {
 public:
  WindowSum(std::string_view name, const ReadOptions& options);

  // A row of loads, one number an expert. Rows outside the ranges are only measured.
  Status add_row(const Place& place, std::span<const Number> row);
  // Ends a step of so many layers, all of which were added.
  Status end_step(std::int64_t layers);
  Status finish(Loads& out) const;

  std::int64_t steps() const { return steps_; }

 private:
  bool keeps(const Place& place) const;

  std::string_view name_;
  const ReadOptions& options_;
  std::int64_t steps_ = 0;    // ended so far
  std::int64_t layers_ = 0;   // of each step, from the first
  std::int64_t experts_ = 0;  // of each row, from the first
  Place first_row_;
  std::vector<std::uint64_t> whole_sums_;
  std::vector<double> real_sums_;
  bool all_whole_ = true;
  Status overflow_;  // of the whole sums; it counts only if every number is whole
};

// Reports the bytes consumed about every 16 MiB.
class ReadProgress {
 public:
  static constexpr std::size_t kInterval = std::size_t{16} << 20;

  ReadProgress(std::string_view name, const ReadOptions& options)
      : name_(name), options_(options) {}
  Status at(std::size_t consumed) {
    return consumed - reported_ < kInterval ? Status() : report(consumed);
  }

 private:
  Status report(std::size_t consumed);

  std::string_view name_;
  const ReadOptions& options_;
  std::size_t reported_ = 0;
};

}  // namespace evenkeel
