// The JSON forms of a placement.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "core/base/status.hpp"
#include "core/model/types.hpp"

namespace evenkeel {

// What a file says of a placement beyond phy2log; both are empty where it says nothing.
struct PlacementClaims {
  std::vector<std::int32_t> logcnt;   // [L, E]
  std::vector<std::int32_t> log2phy;  // [L, E, width], -1 behind each expert's copies
};

// Fills sizes, gpus, first_layer and phy2log of a placement over out.experts experts. The numbers in
// the lists are not judged yet.
Status read_placement_json(std::span<const std::byte> bytes, std::string_view name, Placement& out,
                           PlacementClaims& claims);

}  // namespace evenkeel
