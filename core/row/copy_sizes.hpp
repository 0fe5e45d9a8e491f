// The sizes that copies of a row can have at some load per GPU, for strong_bound.hpp.
#pragma once

#include <algorithm>
#include <cmath>
#include <functional>
#include <vector>

#include "core/model/types.hpp"

namespace evenkeel {

// A sum must exceed the slots by this part of them.
inline constexpr double kProofMargin = 1e-9;

// Far smaller in the module than std::sort.
inline void sort_descending(std::vector<double>& values) {
  std::make_heap(values.begin(), values.end(), std::greater<double>());
  std::sort_heap(values.begin(), values.end(), std::greater<double>());
}

// One expert: its size with a single copy, and its possible numbers of copies.
struct SizeRange {
  double size;
  int least;
  int most;

  // The least possible number of copies with which `is_small` holds for the size of a copy, or most + 1. is_small must
  // hold for all sizes below one for which it holds. limit: a size near which that is.
  template <class IsSmall>
  int first_count(double limit, IsSmall is_small) const {
    const double guess = size / limit;
    int c = guess < most ? std::max(least, static_cast<int>(guess)) : most;
    while (c > least && is_small(size / (c - 1))) --c;
    while (c <= most && !is_small(size / c)) ++c;
    return c;
  }
};

// All experts of a row, heaviest first.
class CopySizes {
 public:
  CopySizes(const float* loads, const Shape& shape) : slots_(shape.slots) {
    for (int x = 0; x < shape.experts; ++x) loads_.push_back(static_cast<double>(loads[x]));
    sort_descending(loads_);
    ranges_.resize(loads_.size());
  }

  // Descending, in tokens.
  const std::vector<double>& loads() const { return loads_; }
  const std::vector<SizeRange>& ranges() const { return ranges_; }

  // Sets the load of a GPU, in tokens; false if copies that fit would need more slots.
  bool set_load(double load) {
    if (load == load_) return true;
    load_ = 0;
    int all = 0;
    for (std::size_t i = 0; i < loads_.size(); ++i) {
      const double size = loads_[i] / load;
      // Beyond the slots there is nothing to count, and ceil might not fit an int.
      if (size > slots_) return false;
      const int least = size > 1 ? static_cast<int>(std::ceil(size)) : 1;
      ranges_[i] = {size, least, least};
      all += least;
    }
    if (all > slots_) return false;
    for (SizeRange& range : ranges_) range.most += slots_ - all;
    load_ = load;
    return true;
  }

 private:
  std::int32_t slots_;
  std::vector<double> loads_;
  std::vector<SizeRange> ranges_;
  double load_ = 0;
};

}  // namespace evenkeel
