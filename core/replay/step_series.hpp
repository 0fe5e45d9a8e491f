// A value by the step over any number of steps, in a bounded number of points.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace evenkeel {

class StepSeries {
 public:
  static constexpr std::size_t kMostPoints = 2048;

  // Some neighbouring steps.
  struct Point {
    float least = 0;
    float most = 0;
    double sum = 0;
    std::int64_t count = 0;  // steps with a value

    double mean() const { return count > 0 ? sum / static_cast<double>(count) : 0; }
  };

  void add(double value) {
    Point& point = next_point();
    const auto rounded = static_cast<float>(value);
    point.least = point.count == 0 ? rounded : std::min(point.least, rounded);
    point.most = point.count == 0 ? rounded : std::max(point.most, rounded);
    point.sum += value;
    ++point.count;
  }
  // A step without a value.
  void skip() { next_point(); }

  std::span<const Point> points() const { return points_; }
  std::int64_t steps_a_point() const { return width_; }
  std::int64_t steps() const { return steps_; }

 private:
  Point& next_point() {
    if (steps_ == width_ * static_cast<std::int64_t>(kMostPoints)) halve();
    const auto at = static_cast<std::size_t>(steps_++ / width_);
    if (at == points_.size()) points_.emplace_back();
    return points_[at];
  }
  void halve() {
    for (std::size_t i = 0; i < points_.size() / 2; ++i) {
      const Point a = points_[2 * i];
      const Point b = points_[2 * i + 1];
      points_[i] = a.count == 0   ? b
                   : b.count == 0 ? a
                                  : Point{std::min(a.least, b.least), std::max(a.most, b.most),
                                          a.sum + b.sum, a.count + b.count};
    }
    points_.resize(points_.size() / 2);
    width_ *= 2;
  }

  std::vector<Point> points_;
  std::int64_t width_ = 1;
  std::int64_t steps_ = 0;
};

}  // namespace evenkeel
