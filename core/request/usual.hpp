// How loads are usually deployed: what stands in for numbers that nobody said.
#pragma once

#include <cstdint>
#include <string_view>

#include "core/request/request.hpp"

namespace evenkeel {

struct Usual {
  std::string_view name;  // of the preset, or "the example"; empty: loads of which nothing is known
  std::int32_t gpus = 8;
  std::int32_t slots = 0;
  std::int32_t nodes = 1;
  std::int32_t groups = 1;
};

// The preset's or the example's, if the loads are theirs and have as many experts. For other loads 8 GPUs,
// or as many as there are experts if those are fewer, with a redundant expert on each, or more where
// experts are no multiple of GPUs.
Usual usual_deployment(const Request& request, std::int32_t experts);

}  // namespace evenkeel
