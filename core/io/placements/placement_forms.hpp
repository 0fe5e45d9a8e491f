// The readers of the forms of placements. read_placement selects one by the content.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "core/base/status.hpp"
#include "core/io/formats/inflate.hpp"
#include "core/io/formats/json_tape.hpp"
#include "core/io/formats/npy.hpp"
#include "core/model/types.hpp"

namespace evenkeel {

// Optional arrays of a file besides phy2log; empty if the file does not have them.
struct PlacementClaims {
  std::vector<std::int32_t> logcnt;   // [L, E]
  std::vector<std::int32_t> log2phy;  // [L, E, width], -1 after each expert's copies
};

struct PlacementFile {
  std::span<const std::byte> bytes;
  std::string_view name;
  const Inflate& inflate;  // may be empty
};

// All fill sizes, gpus, order, numbers of layers, notes and phy2log of a placement of out.experts experts (0: not
// known; then infer_experts). The numbers in phy2log are not checked yet.
using PlacementReader = Status (*)(const PlacementFile& file, Placement& out,
                                   PlacementClaims& claims);
Status read_placement_json(const PlacementFile& file, Placement& out, PlacementClaims& claims);
Status read_placement_yaml(const PlacementFile& file, Placement& out, PlacementClaims& claims);
Status read_placement_npy(const PlacementFile& file, Placement& out, PlacementClaims& claims);
Status read_placement_npz(const PlacementFile& file, Placement& out, PlacementClaims& claims);

// The forms of JSON. `document` is an object that has the key of the form.
Status read_expert_map(std::string_view name, const JsonValue& document, Placement& out);
Status read_named_lists(std::string_view name, const JsonValue& document, Placement& out,
                        PlacementClaims& claims, bool& known);
Status read_numbered_lists(std::string_view name, const JsonValue& document, Placement& out);

// Where the number of experts is 0, not known: the largest number in phy2log + 1.
void infer_experts(Placement& placement);
// Sizes that a file states must match its content.
Status check_claim(std::string_view name, std::string_view what, std::int64_t claimed,
                   std::int64_t actual, std::string_view unit);
// Says that its rows are those of the layers first, first + 1, ...
void number_layers(Placement& placement, std::int32_t first);
// The largest number that a layer may have.
inline constexpr std::int32_t kMostLayerNumber = 0x7fffffff - kMaxLayers;

// phy2log [L, P] from a list of a list for each layer.
Status read_layer_lists(std::string_view name, std::string_view what, const JsonValue& value,
                        Placement& out);

// logcnt and log2phy of a .npy, for the sizes of a placement.
Status read_logcnt_values(std::span<const std::byte> bytes, std::string_view name,
                          const Placement& placement, std::vector<std::int32_t>& out);
Status read_log2phy_values(std::span<const std::byte> bytes, std::string_view name,
                           const Placement& placement, std::vector<std::int32_t>& out);

// Says that PyTorch's files are not read as placements.
Status refuse_pytorch(std::string_view name);

// A value outside 32 bits becomes the largest or smallest one, which is no expert either.
std::int32_t cut_to_32_bits(std::int64_t value);

}  // namespace evenkeel
