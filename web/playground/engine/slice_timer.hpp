// Times a piece of work in slices, by a clock that may be coarse: browsers round theirs to 0.1 ms.
#pragma once

#include <algorithm>
#include <chrono>
#include <limits>

namespace evenkeel {

class SliceTimer {
 public:
  // Repeats the work until a slice is long against the clock's steps. True when enough slices were timed.
  template <class Work>
  bool slice(const Work& work) {
    using Clock = std::chrono::steady_clock;
    using Microseconds = std::chrono::duration<double, std::micro>;
    const Clock::time_point begin = Clock::now();
    Microseconds taken{0};
    int runs = 0;
    do {
      work();
      ++runs;
      taken = Clock::now() - begin;
    } while (taken.count() < kSliceUs);
    best_us_ = std::min(best_us_, taken.count() / runs);
    return ++slices_ == kSlices;
  }
  double best_us() const { return best_us_; }

 private:
  static constexpr double kSliceUs = 4000;
  static constexpr int kSlices = 3;
  double best_us_ = std::numeric_limits<double>::infinity();
  int slices_ = 0;
};

}  // namespace evenkeel
