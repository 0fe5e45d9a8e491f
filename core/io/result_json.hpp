// Results as JSON: the output of `--json`, and placement files, which later runs can read.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "core/evenkeel.hpp"
#include "core/model/strategies.hpp"
#include "core/model/types.hpp"
#include "core/study/sweep.hpp"

namespace evenkeel {

// The origin of a result.
struct ResultOrigin {
  const NamedRules* strategy = nullptr;  // nullptr: the placement was not made here
  std::string_view backend;
  std::uint64_t seed = 0;
  LayerNumbers layers = {};  // as in the file of loads
  bool numbered = true;      // the numbers are the model's, else they count rows (Loads::numbered)
};

// `format` of all JSON here. It goes up when a field is renamed or removed; CHANGELOG says which.
inline constexpr std::int32_t kResultFormat = 2;

// {format, shape, first_layer, layer_numbers (where they are not consecutive), strategy, stages, seed, backend, hash,
// map_hash, metrics}, indented, ending in a newline.
// metrics has the overall figures of figures.hpp by name, and `layers` with those of each layer. Layers are
// numbered as in the file of loads.
std::string result_json(const ResultOrigin& origin, const Shape& shape, const Result& result);

// The placement file: the same, "numbering": "rows" where the numbers of the layers only count rows, and phy2log [L][P], logcnt [L][E], log2phy [L][E][largest count] padded with
// -1, one layer per line. read_placement reads it.
std::string placement_json(const ResultOrigin& origin, const Shape& shape, const Result& result);

// One of the compared strategies.
struct ComparedResult {
  const NamedRules* strategy = nullptr;
  const Result* result = nullptr;
  double us_per_layer = 0;  // microseconds, one thread
};

// {format, shape, seed, backend, strategies: [{strategy, stages, hash, us_per_layer, metrics}]}
std::string comparison_json(const ResultOrigin& origin, const Shape& shape,
                            std::span<const ComparedResult> results);
// The overall figures with a header, one row per strategy.
std::string comparison_csv(const ResultOrigin& origin, std::span<const ComparedResult> results);

// {format, layers, experts, gpus, nodes, groups, strategy, stages, seed, backend, points: [{redundant, slots,
// and the overall figures that need nothing but loads and a placement}]}
std::string sweep_json(const ResultOrigin& origin, const Shape& shape,
                       std::span<const SweepPoint> points);
// The figures with a header, one row per point.
std::string sweep_csv(std::span<const SweepPoint> points);

// A hash as text: 16 hexadecimal digits.
std::string hex_text(std::uint64_t hash);
// The result hash as text.
std::string hash_text(const Placement& placement);
// The hash of the map alone: which experts each GPU holds, in MoE layers. It is the result hash of the same placement
// without dense layers, with the experts of a GPU in ascending order, and with each expert's copies in the order of
// their slots. So files that do not say the order of copies or of a GPU's slots, or have MoE layers only, have the same
// one. Two placements with one map hash have the same loads, and no weight moves between them.
std::string map_hash_text(const Placement& placement, std::int32_t gpus,
                          const LayerNumbers& numbers);

}  // namespace evenkeel
