// What the engine tells about work that takes long: lines over time, not too often.
#pragma once

#include <chrono>

#include "core/replay/step_series.hpp"
#include "web/playground/engine/messages.hpp"

namespace evenkeel {

inline TimeLine line_of(const StepSeries& series) {
  TimeLine line;
  line.width = series.steps_a_point();
  for (const StepSeries::Point& point : series.points()) {
    if (point.count == 0) {
      line.points.emplace_back();
    } else {
      line.points.push_back({point.least, static_cast<float>(point.mean()), point.most});
    }
  }
  return line;
}

// Ten times a second: often enough to look alive, and messages of long work cost little.
class Teller {
 public:
  bool is_due() {
    const auto now = std::chrono::steady_clock::now();
    if (now < next_) return false;
    next_ = now + std::chrono::milliseconds(100);
    return true;
  }

 private:
  std::chrono::steady_clock::time_point next_;
};

}  // namespace evenkeel
