// The layers of a placement and of its model, as engines' files need them.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "core/io/placements/engine_files.hpp"
#include "core/model/types.hpp"

namespace evenkeel {

using LayerList = std::vector<std::int32_t>;

// By number.
struct PlacedLayers {
  LayerList placed;       // all rows
  LayerList missing;      // MoE layers of the model that are not placed
  std::int32_t last;      // of the model
  std::int32_t last_moe;  // of those that are placed; -1: none
};

// Where it is not known what was recorded, all layers before the last are of the model.
PlacedLayers placed_layers(const Placement& placement, const EngineMap& map);

bool has_layer(std::span<const std::int32_t> numbers, std::int32_t number);

}  // namespace evenkeel
