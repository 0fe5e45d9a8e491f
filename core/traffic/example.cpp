#include "core/traffic/example.hpp"

#include <cstddef>
#include <numeric>
#include <vector>

#include "core/lanes/random.hpp"

namespace evenkeel {

Loads skewed_loads(std::int32_t layers, std::int32_t experts, std::uint64_t seed) {
  constexpr std::uint32_t kTop = 20000;  // tokens of the most popular expert
  constexpr std::uint32_t kNoise = 500;
  Loads loads;
  loads.layers = layers;
  loads.experts = experts;
  const auto count = static_cast<std::uint32_t>(experts);
  std::vector<std::uint32_t> rank(count);
  Random random(seed);
  for (std::int32_t layer = 0; layer < layers; ++layer) {
    std::iota(rank.begin(), rank.end(), 0u);
    shuffle(random, rank.data(), experts);
    for (std::uint32_t x = 0; x < count; ++x) {
      const std::uint64_t left = count - rank[x];
      loads.values.push_back(static_cast<float>(
          left * left * kTop / (std::uint64_t{count} * count) + random.below(kNoise)));
    }
  }
  return loads;
}

}  // namespace evenkeel
