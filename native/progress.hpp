// A progress line for long work; only on a terminal.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

#include "core/base/status.hpp"

namespace evenkeel {

// Checks the environment variable EVENKEEL_PROGRESS_DELAY: the seconds before a progress line is shown. If it is not
// set, they are 0.5. An error: it is not a number from 0 to 1e6.
Status check_progress_delay();

// Writes "LABEL 42 %" (without a total: "LABEL 42 MB") to standard error, replacing the last line, at most
// ten times per second and not before the delay has passed. Silent if standard error is not a terminal.
class Progress {
 public:
  explicit Progress(std::string_view label, std::int64_t total = 0);
  ~Progress();
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  void update(std::int64_t done);
  // Removes the line: at the end, and before other output to the terminal.
  void clear();

 private:
  using Clock = std::chrono::steady_clock;
  std::string label_;
  std::int64_t total_;
  Clock::time_point next_;
  bool wanted_;
  bool shown_ = false;
};

}  // namespace evenkeel
