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

// Optional arrays of a file besides phy2log; empty if the file does not have them.
struct PlacementClaims {
  std::vector<std::int32_t> logcnt;   // [L, E]
  std::vector<std::int32_t> log2phy;  // [L, E, width], -1 after each expert's copies
};

// Where the number of experts is 0, not known: the largest number in phy2log + 1.
void infer_experts(Placement& placement);

// Fills sizes, gpus, first_layer and phy2log of a placement of out.experts experts. The numbers in the lists
// are not checked yet.
Status read_placement_json(std::span<const std::byte> bytes, std::string_view name, Placement& out,
                           PlacementClaims& claims);

}  // namespace evenkeel
