// Completes and checks placements from outside; the dense form of log2phy.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "core/base/status.hpp"
#include "core/model/types.hpp"

namespace evenkeel {

// Checks that each size is 1 to its limit in types.hpp.
Status check_limits(std::string_view name, std::int64_t layers, std::int64_t experts,
                    std::int64_t slots);

// The number of a layer for people: the model's, if the placement has numbers, else its row.
std::int64_t shown_layer(const Placement& placement, std::size_t layer);

// Fills logcnt and log2phy from phy2log, with copies numbered by ascending slot. Errors, with layer, slot and
// expert: an expert out of range, an expert without a copy, sizes above the limits.
Status complete_placement(std::string_view name, Placement& placement);

// Checks that all three arrays have the right sizes and that logcnt and log2phy match phy2log.
Status check_placement(std::string_view name, const Placement& placement);

// For a shape with nodes: checks that all copies of each group's experts are on one node. Only then is the
// hierarchical part of the lower bound valid. Dense layers are not looked at. numbers: of the layers of the loads.
Status check_groups(std::string_view name, const Placement& placement, const Shape& shape,
                    const LayerNumbers& numbers);

// The unpacked log2phy: [L, E, width], padded with -1. width >= the largest count.
std::vector<std::int64_t> unpack_log2phy(const Placement& placement, std::int32_t width);
std::int32_t largest_count(const Placement& placement);

}  // namespace evenkeel
