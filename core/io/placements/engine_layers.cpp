#include "core/io/placements/engine_layers.hpp"

#include <algorithm>

namespace evenkeel {

bool has_layer(std::span<const std::int32_t> numbers, std::int32_t number) {
  return std::find(numbers.begin(), numbers.end(), number) != numbers.end();
}

PlacedLayers placed_layers(const Placement& placement, const EngineMap& map) {
  PlacedLayers layers = {{}, {}, -1, -1};
  for (std::int32_t row = 0; row < placement.layers; ++row) {
    layers.placed.push_back(
        placement.first_layer < 0 ? row : placement.numbers()[static_cast<std::size_t>(row)]);
    if (!has_layer(map.dense_layers, layers.placed.back())) layers.last_moe = layers.placed.back();
  }
  layers.last = layers.placed.back();
  for (const auto& known : {map.dense_layers, map.recorded_layers}) {
    for (const std::int32_t number : known) layers.last = std::max(layers.last, number);
  }
  for (std::int32_t number = 0; number <= layers.last && number < kMostLayerNumbers; ++number) {
    const bool in_model = map.recorded_layers.empty() || has_layer(map.recorded_layers, number);
    if (in_model && !has_layer(map.dense_layers, number) && !has_layer(layers.placed, number)) {
      layers.missing.push_back(number);
    }
  }
  return layers;
}

}  // namespace evenkeel
