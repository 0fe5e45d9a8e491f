// Which lower bounds are shown: those that every placement is measured with, or stronger ones that take longer.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "core/evenkeel.hpp"

namespace evenkeel {

enum class Bounds : std::uint8_t {
  automatic,  // strong where single windows are computed on a host, else cheap
  cheap,
  strong,
};

std::string_view bounds_name(Bounds bounds);  // "auto", "cheap", "strong"
// Error: an unknown name.
Status find_bounds(std::string_view name, Bounds& out);

// For a single window.
inline bool are_strong(Bounds asked, const Backend& backend) {
  return asked == Bounds::strong || (asked == Bounds::automatic && !backend.is_device);
}

// Raises the lower bounds of results for these loads and this shape where strong ones are wanted; empty results stay
// empty. Errors: those of balance().
Status certify(const Loads& loads, const Shape& shape, Bounds bounds, std::uint64_t seed,
               const Execution& execution, std::span<std::vector<LayerMetrics>* const> results);

}  // namespace evenkeel
