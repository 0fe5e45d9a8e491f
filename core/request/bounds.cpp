#include "core/request/bounds.hpp"

#include <cstddef>

#include "core/base/find_named.hpp"

namespace evenkeel {
namespace {

struct NamedBounds {
  Bounds bounds;
  std::string_view name;
};
constexpr NamedBounds kBoundsNames[] = {
    {Bounds::automatic, "auto"}, {Bounds::cheap, "cheap"}, {Bounds::strong, "strong"}};

}  // namespace

std::string_view bounds_name(Bounds bounds) {
  return kBoundsNames[static_cast<std::size_t>(bounds)].name;
}

Status find_bounds(std::string_view name, Bounds& out) {
  const NamedBounds* found = nullptr;
  const Status status = find_named("kind of lower bounds", name, kBoundsNames, found);
  if (status.ok()) out = found->bounds;
  return status;
}

Status certify(const Loads& loads, const Shape& shape, Bounds bounds, std::uint64_t seed,
               const Execution& execution, std::span<std::vector<LayerMetrics>* const> results) {
  if (!are_strong(bounds, *execution.backend)) return {};
  std::vector<double> strong(static_cast<std::size_t>(shape.layers));
  if (Status s = strong_bounds(loads, shape, seed, execution, 0, strong); !s.ok()) return s;
  for (std::vector<LayerMetrics>* metrics : results) raise_bounds(strong, *metrics);
  return {};
}

}  // namespace evenkeel
