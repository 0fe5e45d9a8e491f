// Shared by the three readers of loads: resolving ranges, the window's sums, the final rounding to binary32,
// and progress reports.
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

// The selected part of a file; both ranges are resolved and not empty.
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

// Checks the requested ranges and the size of the file.
Status resolve_window(std::string_view name, const ReadOptions& options, std::int64_t steps,
                      std::int64_t layers, std::int64_t experts, WindowShape& out);

// Rounds the sums [selected layers, E] once to binary32, to nearest even.
template <class Sum>  // std::uint64_t or double
Status round_window(std::string_view name, const WindowShape& shape, std::span<const Sum> sums,
                    Loads& out);

// The place of a load in its file. Text files also have a line, and a column for expert 0.
struct Place {
  std::int64_t step = 0;
  std::int64_t layer = 0;
  std::int64_t line = 0;  // 0: the format has no lines
  std::int64_t first_column = 0;
};
std::string describe(const Place& place);
std::string describe(const Place& place, std::int64_t expert);

// Errors about one value, the same for all formats.
Status refuse_load(std::string_view name, const Place& place, std::int64_t expert, double load);
Status refuse_overflow(std::string_view name, const Place& place, std::int64_t expert);

// One number of a text file. Whole numbers are also kept exactly.
struct Number {
  double real = 0;
  std::uint64_t whole = 0;
  bool is_whole = false;
};

// The sums of a text file, whose size is not known before it has been read. Integers are summed in uint64. If
// one selected number is not an integer, the window is the binary64 sum of all numbers in the order of steps;
// so both sums are computed.
class WindowSum {
 public:
  WindowSum(std::string_view name, const ReadOptions& options);

  // Adds a row of loads, one number per expert. For rows outside the ranges only the length is checked.
  Status add_row(const Place& place, std::span<const Number> row);
  // Ends a step with this number of layers, all of which were added.
  Status end_step(std::int64_t layers);
  Status finish(Loads& out) const;

  std::int64_t steps() const { return steps_; }

 private:
  bool keeps(const Place& place) const;

  std::string_view name_;
  const ReadOptions& options_;
  std::int64_t steps_ = 0;    // completed so far
  std::int64_t layers_ = 0;   // of each step, from the first
  std::int64_t experts_ = 0;  // of each row, from the first
  Place first_row_;
  std::vector<std::uint64_t> whole_sums_;
  std::vector<double> real_sums_;
  bool all_whole_ = true;
  Status overflow_;  // of the whole sums; reported only if every number is whole
};

// Reports the number of consumed bytes about every 16 MiB.
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
