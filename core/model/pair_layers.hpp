// Which row of a placement is for which layer of recorded loads.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/base/status.hpp"
#include "core/model/types.hpp"

namespace evenkeel {

// Gives a complete placement exactly the layers of the loads, in their order, with their numbers. What its rows are
// says placement.order:
//
// - numbered: the row with the layer's number. If the numbers of the loads only count rows, and all are there, they
//   take those of a placement with as many layers: then `loads` gets them, and a note says so.
// - moe: as many rows as the recording has MoE layers, or as were selected of them from the first one on, in their
//   order.
// - unknown: as many rows as the loads, the recording, or its MoE layers have; or, if the loads have the model's
//   numbers, one for each layer of the model, to the last that was recorded.
// - same: its one row.
//
// Dense layers without a row get the initial placement, slot p with expert p % experts. Errors name both and say what
// is missing and how to say it; nothing changes then. `name` is that of the placement.
Status pair_layers(std::string_view name, Placement& placement, Loads& loads,
                   std::vector<std::string>& notes);

}  // namespace evenkeel
