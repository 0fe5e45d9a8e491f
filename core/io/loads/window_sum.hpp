// Shared by the readers of loads: the window's sums over the steps and files of one call, ranges, the final rounding
// to binary32, and progress reports.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/status.hpp"
#include "core/io/loads/read_loads.hpp"
#include "core/model/types.hpp"

namespace evenkeel {

// The selected part of a recording; both ranges are resolved and not empty.
struct WindowShape {
  Range steps;
  Range layers;                       // numbers of layers
  std::vector<std::int32_t> numbers;  // of the selected layers, where some in the range are missing
  std::int32_t experts = 0;

  std::int64_t kept_layers() const {
    return numbers.empty() ? layers.end - layers.begin : static_cast<std::int64_t>(numbers.size());
  }
  std::int64_t number(std::int64_t row) const {
    return numbers.empty() ? layers.begin + row : numbers[static_cast<std::size_t>(row)];
  }
  std::size_t cells() const {
    return static_cast<std::size_t>(kept_layers()) * static_cast<std::size_t>(experts);
  }
};

// Makes a range whose numbers may count from the end one that counts from 0.
Status make_absolute(std::string_view name, std::string_view unit, std::int64_t have, Range& range);

Status check_experts(std::string_view name, std::int64_t experts);

// Checks the requested ranges and the size of a recording with consecutive layers from 0.
Status resolve_window(std::string_view name, const ReadOptions& options, std::int64_t steps,
                      std::int64_t layers, std::int64_t experts, WindowShape& out);

// Rounds the sums [selected layers, E] once to binary32, to nearest even.
template <class Sum>  // std::uint64_t or double
Status round_window(std::string_view name, const WindowShape& shape, std::span<const Sum> sums,
                    Loads& out);

// Larger layer numbers are errors.
inline constexpr std::uint64_t kLargestLayer = 65535;

// The place of a load in its file. Text files also have a line, and a column for expert 0.
struct Place {
  std::int64_t step = 0;   // counted from 0
  std::int64_t layer = 0;  // the number that the file gives it, else counted from 0
  std::int64_t line = 0;   // 0: the format has no lines
  std::int64_t first_column = 0;
  std::int64_t recorded_step = -1;  // the number that the file gives the step; -1: none
};
std::string describe(const Place& place);
std::string describe(const Place& place, std::int64_t expert, std::string_view unit = "expert");
std::string describe_step(const Place& place);

// Errors about one value, the same for all formats.
Status refuse_load(std::string_view name, const Place& place, std::int64_t expert, double load,
                   std::string_view unit = "expert");
Status refuse_overflow(std::string_view name, const Place& place, std::int64_t expert);

// One number of a recording. Whole numbers are also kept exactly.
struct Number {
  double real = 0;
  std::uint64_t whole = 0;
  bool is_whole = false;

  // A sum that does not fit in `whole` is no longer whole.
  Number& operator+=(const Number& other) {
    real += other.real;
    whole += other.whole;
    is_whole = is_whole && other.is_whole && whole >= other.whole;
    return *this;
  }
};

// The sums over all files of one call. Integers are summed in uint64. If one selected number is not an integer, the
// window is the binary64 sum of all numbers, in the order of steps and files; so both sums are computed. Each row has
// the number of its layer.
class WindowSum {
 public:
  // The steps of `options` are counted from the first of all files, and are not relative to the end.
  explicit WindowSum(const ReadOptions& options);

  // Begins the next file. Its steps follow those of the files before it, or (join == ranks) are added to them. In a
  // file that leaves out zeros, steps may lack layers, and rows may lack experts at their end.
  void begin_file(std::string_view name, Join join, bool leaves_out_zeros = false);
  // Adds a row of loads, one number per expert. For rows outside the steps only the length is checked.
  Status add_row(const Place& place, std::span<const Number> row);
  // Ends a step, all rows of which were added.
  Status end_step();

  // For an array of a file, whose layers have these numbers: checks its size, counts its steps, and finds the part of
  // it to sum, in steps of this file, which may be empty. The sums of that part go into add_sums.
  Status begin_array(std::int64_t steps, std::int64_t first_layer, std::int64_t layers,
                     std::int64_t experts, WindowShape& part);
  template <class Sum>  // std::uint64_t or double
  Status add_sums(const WindowShape& part, std::span<const Sum> sums);

  // A layer has load in some step, selected or not. Only layers of which nobody says so are dense.
  void mark_loaded(std::int64_t layer);
  bool is_loaded(std::int64_t layer) const;

  // Whether a sum of steps may hold a count just below 2^32, which needs a second look; and that look.
  static bool may_be_wrapped(std::uint64_t sum);
  void look_at(const Place& place, std::int64_t expert, std::uint64_t count);

  // The window, if all files have ended. `name` is that of all files.
  Status finish(std::string_view name, Loads& out) const;

  // Completed so far in this file, and in all.
  std::int64_t steps() const { return steps_; }
  std::int64_t all_steps() const;
  // The loads are counted by slot, and add_row folds them.
  bool folds() const { return options_.counted_under != nullptr; }

 private:
  struct Row {
    std::int32_t layer = 0;
    std::vector<std::uint64_t> whole;
    std::vector<double> real;
  };

  bool keeps(const Place& place) const;
  Status check_width(const Place& place, std::int64_t experts);
  Status check_layers();
  Status row_of(const Place& place, std::size_t experts, Row*& out);
  Status fold(const Place& place, std::span<const Number> slots);
  void watch_ranks();

  const ReadOptions& options_;
  std::string_view name_;  // of the open file
  int files_ = 0;          // begun
  bool by_ranks_ = false;
  std::vector<std::int64_t> steps_of_first_;  // recorded numbers of the first file's steps
  bool steps_differ_ = false;  // another file has other steps, or another number of them
  std::int64_t open_recorded_step_ = -1;
  bool leaves_out_zeros_ = false;          // the open file
  std::int64_t first_step_ = 0;            // of the open file, counted over all files
  std::int64_t steps_ = 0;                 // of the open file
  std::int64_t most_steps_ = 0;            // the end of the files before it
  std::vector<std::int64_t> layers_;       // of the recording, ascending
  std::vector<std::int64_t> open_layers_;  // of the open step, in the order of the file
  std::string layers_of_;                  // the file that set layers_
  std::vector<std::int64_t> moe_layers_;   // the model's number of each row, if the user said them
  std::vector<std::int64_t> loaded_;       // layers with load, ascending
  std::int64_t experts_ = 0;
  bool fixed_experts_ = false;  // experts_ is final
  std::string first_row_;       // that set it,
  std::string width_of_;        // of this file
  std::vector<Row> rows_;       // of selected layers, ascending
  std::size_t next_row_ = 0;    // probably that of the next layer
  std::vector<Number> folded_;
  bool all_whole_ = true;
  std::string wrapped_;  // a warning about a count that looks like a counter below 0
  Status overflow_;      // of the whole sums; reported only if every number is whole
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
  // The same where bytes are not consumed in the order of the file.
  Status advance(std::size_t bytes) {
    consumed_ += bytes;
    return at(consumed_);
  }

 private:
  Status report(std::size_t consumed);

  std::string_view name_;
  const ReadOptions& options_;
  std::size_t reported_ = 0;
  std::size_t consumed_ = 0;  // by advance()
};

}  // namespace evenkeel
