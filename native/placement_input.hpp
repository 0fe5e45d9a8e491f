// Placements that were made earlier or elsewhere, read for the loads at hand.
#pragma once

#include <string>

#include "core/base/status.hpp"
#include "core/model/types.hpp"
#include "native/load_options.hpp"

namespace evenkeel {

// All layers of a placement of `experts` experts; 0: as many as its largest number says.
Status read_placement_path(const std::string& path, std::int32_t experts, Placement& out);

// Reads a placement: a JSON file, a phy2log .npy, or a folder with phy2log.npy and, where it is there,
// log2phy.npy; all its layers, or those that --layers chose. A placement that does not say its layers must
// have as many as the loads, or all layers that --layers counts; one that says them must have those of
// the loads.
Status read_placement_for(const std::string& path, const LoadOptions& options, const Loads& loads,
                          Placement& out);

}  // namespace evenkeel
