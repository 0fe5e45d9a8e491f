// Placements that came from elsewhere: completing and checking them, and the dense form of log2phy.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "core/base/status.hpp"
#include "core/model/types.hpp"

namespace evenkeel {

// 1 to the limits of types.hpp each.
Status check_limits(std::string_view name, std::int64_t layers, std::int64_t experts,
                    std::int64_t slots);

// Fills logcnt and log2phy from phy2log, copies numbered by ascending slot. Errors name layer, slot
// and expert: an expert out of range, an expert without a copy, sizes above the limits.
Status complete_placement(std::string_view name, Placement& placement);

// All three arrays have their sizes, and logcnt and log2phy are the inverse of phy2log.
Status check_placement(std::string_view name, const Placement& placement);

// Under a shape with nodes: all copies of each group's experts are on one node. Only then does the
// hierarchical part of the lower bound hold. first_layer: of the loads, for errors.
Status check_groups(std::string_view name, const Placement& placement, const Shape& shape,
                    std::int32_t first_layer);

// The unpacked log2phy: [L, E, width], -1 behind each expert's copies. width >= the largest count.
std::vector<std::int64_t> unpack_log2phy(const Placement& placement, std::int32_t width);
std::int32_t largest_count(const Placement& placement);

}  // namespace evenkeel
