// The types of the field: the shape of a deployment, recorded loads, a placement.
//
// Letters for shapes: L layers, E logical experts per layer, P slots (physical experts, replicas) per layer,
// G GPUs, N nodes, Q expert groups.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace evenkeel {

// Limits of one problem, which allow 16-bit indices and limit scratch memory. Larger sizes are reported as
// errors.
inline constexpr std::int32_t kMaxLayers = 128;
inline constexpr std::int32_t kMaxExperts = 1024;
inline constexpr std::int32_t kMaxSlots = 4096;
inline constexpr std::int32_t kMaxGpus = 1024;

// Experts, slots, GPUs, copies inside the core: all within the limits, with half the memory of an int.
using Index = std::uint16_t;
static_assert(kMaxSlots <= 65535 && kMaxExperts <= 65535 && kMaxGpus <= 65535);

// How nodes and groups are used (see resolve_policy in check.hpp).
enum class Policy : std::uint8_t { automatic, hierarchical, global };

// One deployment of one model. Trivially copyable, so that it can be passed to every back end.
struct Shape {
  std::int32_t layers = 0;
  std::int32_t experts = 0;
  std::int32_t slots = 0;
  std::int32_t gpus = 0;
  std::int32_t nodes = 1;
  std::int32_t groups = 1;

  // Derived sizes; valid if check(shape) is ok.
  constexpr std::int32_t experts_per_group() const { return experts / groups; }
  constexpr std::int32_t groups_per_node() const { return groups / nodes; }
  constexpr std::int32_t experts_per_node() const { return experts / nodes; }
  constexpr std::int32_t gpus_per_node() const { return gpus / nodes; }

  friend bool operator==(const Shape&, const Shape&) = default;
};

// The numbers of the layers of a recording or placement.
struct LayerNumbers {
  std::int32_t first = 0;
  std::span<const std::int32_t> listed =
      {};  // of each layer, ascending, where some in between are missing
  std::span<const std::int32_t> dense = {};  // numbers of dense layers, ascending

  std::int32_t operator[](std::size_t layer) const {
    return listed.empty() ? first + static_cast<std::int32_t>(layer) : listed[layer];
  }
  // Whether the layer, counted from 0, has no experts: figures and maps of MoE layers leave it out.
  bool is_dense(std::size_t layer) const {
    // No <algorithm> in headers that device compilers read: clang's own wrapper of it does not compile.
    for (const std::int32_t number : dense) {
      if (number == (*this)[layer]) return true;
    }
    return false;
  }
};

// One window of recorded traffic: the number of tokens that each expert of each layer received.
struct Loads {
  std::int32_t layers = 0;
  std::int32_t experts = 0;
  std::vector<float> values;                     // [L, E] tokens, binary32, finite, at least 0
  std::int32_t first_layer = 0;                  // number of the first layer
  std::int64_t steps = 1;                        // number of recorded steps in the sum
  std::string source = {};                       // the file's name, for errors
  std::int64_t first_step = 0;                   // of the sum, counted from 0
  std::vector<std::int32_t> layer_numbers = {};  // of each layer where they are not consecutive
  std::vector<std::int32_t> recorded_layers =
      {};  // numbers of all layers of the recording, also those left out
  // Numbers of those that have no load in the whole recording, while others have: they are dense layers.
  std::vector<std::int32_t> dense_layers = {};
  // The numbers are the model's: the file or the user says them, or there are rows of dense layers, too. Otherwise
  // they only count the rows.
  bool numbered = false;
  std::vector<std::string> notes = {};     // what the reader recognised and assumed
  std::vector<std::string> warnings = {};  // what looks wrong

  LayerNumbers numbers() const { return {first_layer, layer_numbers, dense_layers}; }
  // The layer with this number, counted from 0; where there is none, that before it, else the first.
  std::int32_t nearest_layer(std::int32_t number) const {
    std::int32_t layer = 0;
    while (layer + 1 < layers && numbers()[static_cast<std::size_t>(layer) + 1] <= number) ++layer;
    return layer;
  }
};

// What the rows of a placement's file are.
enum class LayerOrder : std::uint8_t {
  unknown,   // layers without numbers
  moe,       // the MoE layers of the model in order; dense layers have no rows
  numbered,  // layers with numbers: first_layer, layer_numbers
  same,      // one row for all layers
};

// The expert in each slot. phy2log determines it; logcnt and log2phy are its inverse.
struct Placement {
  std::int32_t layers = 0;
  std::int32_t experts = 0;
  std::int32_t slots = 0;
  std::int32_t gpus = 0;              // 0: unknown
  std::vector<std::int32_t> phy2log;  // [L, P] the expert in each slot; slot p is on GPU p / (P/G)
  std::vector<std::int32_t> logcnt;   // [L, E] copies of each expert, at least 1
  std::vector<std::int32_t>
      log2phy;              // [L, P] packed: the slots of expert 0 by copy number, then 1, ...
  std::string source = {};  // the file's name, for errors
  std::int32_t nodes = 1;   // for which it was made, if its file has them
  std::int32_t groups = 1;
  std::int32_t first_layer = -1;  // number of its first layer; -1: the layers have no numbers
  std::vector<std::int32_t> layer_numbers = {};  // of each layer where they are not consecutive
  LayerOrder order = LayerOrder::unknown;        // numbered where first_layer is 0 or more
  bool counted = false;  // its file says that the numbers only count the rows of some recording
  std::vector<std::string> notes = {};  // what the reader recognised and assumed

  LayerNumbers numbers() const { return {first_layer, layer_numbers}; }
};

}  // namespace evenkeel
