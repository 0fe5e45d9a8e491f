// Placements that were made earlier or elsewhere, read for the loads at hand.
#pragma once

#include <string>

#include "core/base/status.hpp"
#include "core/model/types.hpp"

namespace evenkeel {

// All layers of a placement of `experts` experts; 0: as many as its largest number says.
Status read_placement_path(const std::string& path, std::int32_t experts, Placement& out);

// Reads a placement, a file or a folder with phy2log.npy, for the layers of the loads. If only the placement says
// numbers of layers, the loads get them (pair_layers); notes go to standard error unless quiet.
Status read_placement_for(const std::string& path, bool quiet, Loads& loads, Placement& out);

// The second half of it: finds the rows of a placement that was read from `path`.
Status pair_placement(const std::string& path, bool quiet, Loads& loads, Placement& placement);

// The placement that runs today, before one of this shape.
Status read_previous(const std::string& path, bool quiet, const Shape& shape, Loads& loads,
                     Placement& out);

}  // namespace evenkeel
