// A set of GPUs, one bit each.
#pragma once

#include <cstdint>

#include "core/lanes/lanes.hpp"
#include "core/model/types.hpp"

namespace evenkeel {

class GpuSet {
 public:
  HD bool holds(int gpu) const { return (words_[gpu / 64] >> (gpu % 64) & 1) != 0; }
  HD void add(int gpu) { words_[gpu / 64] |= std::uint64_t{1} << (gpu % 64); }

 private:
  std::uint64_t words_[kMaxGpus / 64] = {};
};

}  // namespace evenkeel
