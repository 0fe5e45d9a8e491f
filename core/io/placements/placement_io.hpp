// Readers and writers of placements: our JSON, .npy arrays, and files of engines.
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

// Reads a placement from JSON or from a phy2log .npy of [L, P] integers.
// JSON forms: ours (an object with "phy2log"); SGLang's {"physical_to_logical_map": [[P] ... L]};
// a plain [[P] ... L] or, for one layer, [P] (proposed for vLLM); vllm-ascend's expert map
// {"moe_layer_count", "layer_list": [{"layer_id", "device_count", "device_list":
// [{"device_id", "device_expert"}]}]}.
// `experts` is the number of logical experts in the loads, or 0 for the largest number in the placement + 1: each of
// 0..experts-1 must occur in every layer, and no other number may. out.gpus is 0 if the form does not contain it; out.first_layer is -1
// unless our own form contains it.
// log2phy and logcnt are taken from our own form if it has them (they must match phy2log); otherwise
// copies are numbered by ascending slot.
Status read_placement(std::span<const std::byte> bytes, std::string_view name, std::int32_t experts,
                      Placement& out);

// Takes the numbering of copies from a log2phy .npy of [L, E, width], padded with -1. It must be an inverse
// of the placement's phy2log; on an error the placement does not change.
Status read_log2phy_npy(std::span<const std::byte> bytes, std::string_view name,
                        Placement& placement);

// Compares logcnt [L, E] with a complete placement.
Status check_logcnt(std::string_view name, std::span<const std::int32_t> claimed,
                    const Placement& placement);
// Compares a logcnt .npy of [L, E] with a complete placement.
Status check_logcnt_npy(std::span<const std::byte> bytes, std::string_view name,
                        const Placement& placement);

// Takes the numbering of copies from log2phy [L, E, width], padded with -1. It must be an inverse of the
// phy2log of a complete placement; on an error the placement does not change.
Status adopt_log2phy(std::string_view name, std::span<const std::int32_t> claimed,
                     Placement& placement);

}  // namespace evenkeel
