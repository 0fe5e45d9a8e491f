// Readers and writers of placements: our JSON, three .npy arrays, and what engines load.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/status.hpp"
#include "core/model/types.hpp"

namespace evenkeel {

// Reads a placement from JSON or from the bytes of one phy2log .npy of [L, P] integers.
// JSON forms: ours (an object with "phy2log"); SGLang's {"physical_to_logical_map": [[P] ... L]};
// a plain [[P] ... L] or, for one layer, [P] (vLLM's proposal); vllm-ascend's expert map
// {"moe_layer_count", "layer_list": [{"layer_id", "device_count", "device_list":
// [{"device_id", "device_expert"}]}]}.
// `experts` is the number of logical experts that the loads have: every expert 0..experts-1 must
// occur in every layer and nothing else may. out.gpus is 0 where the form does not say it;
// out.first_layer is -1 unless our own form says it.
// log2phy and logcnt are taken from our own form when it has them (and must invert phy2log), else
// copies are numbered by ascending slot.
Status read_placement(std::span<const std::byte> bytes, std::string_view name, std::int32_t experts,
                      Placement& out);

// Takes the numbering of copies from a log2phy .npy of [L, E, width], padded with -1, which must invert
// the placement's phy2log; else the placement stays as it is.
Status read_log2phy_npy(std::span<const std::byte> bytes, std::string_view name,
                        Placement& placement);

// Takes the numbering of copies from log2phy [L, E, width], padded with -1, which must invert the phy2log of
// a complete placement; else the placement stays as it is.
Status adopt_log2phy(std::string_view name, std::span<const std::int32_t> claimed,
                     Placement& placement);

// A whole .npy file (format 1.0, little-endian int64, C order) of the given shape.
std::string npy_int64(std::span<const std::int64_t> values, std::span<const std::int64_t> shape);

}  // namespace evenkeel
