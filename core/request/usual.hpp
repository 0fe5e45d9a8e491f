// The usual deployment of loads: the defaults for missing numbers.
#pragma once

#include <cstdint>
#include <string_view>

#include "core/request/request.hpp"

namespace evenkeel {

struct Usual {
  std::string_view name;  // of the preset, or "the example"; empty for other loads
  std::int32_t gpus = 8;
  std::int32_t slots = 0;
  std::int32_t nodes = 1;
  std::int32_t groups = 1;
};

// That of the preset or the example, if the loads are theirs and have the same number of experts. For other
// loads 8 GPUs, or the number of experts if that is smaller, with one redundant expert on each GPU, or more
// if experts are not a multiple of GPUs.
Usual usual_deployment(const Request& request, std::int32_t experts);

}  // namespace evenkeel
