// A line that shows how far long work has come, on a terminal only.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

namespace evenkeel {

// Writes "LABEL 42 %" to standard error, over itself, at most ten times a second and not in the first
// half second; without a total, "LABEL 42 MB" of bytes. Silent where standard
// error is no terminal.
class Progress {
 public:
  explicit Progress(std::string label, std::int64_t total = 0);
  ~Progress();
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  void update(std::int64_t done);
  // Takes the line away: at the end, and before other text goes to the terminal.
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
