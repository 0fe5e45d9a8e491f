// Reads placements: our JSON, .npy arrays, and files of engines.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/status.hpp"
#include "core/io/formats/inflate.hpp"
#include "core/model/types.hpp"

namespace evenkeel {

// Reads a placement in any form that engines read, write or propose. The content says which form it is; .yaml and .yml
// at the end of the name are needed only where it does not.
//
//   JSON, ours     {"phy2log": [[P] ... L]}, by first_layer and layer_numbers (numbered)
//   SGLang         {"physical_to_logical_map": [[P] ... L]} for all layers of the model (numbered from 0); LMDeploy and
//                  SGLang-JAX have the same
//   FastDeploy     {"ep_rank_to_expert_id_list": [[P] ... L]}, the same
//   TensorRT-LLM   YAML or JSON {"initial_global_assignments": {"3": [P], ...}} (numbered; also proposed for vLLM)
//   vllm-ascend    {"moe_layer_count", "layer_list": [{"layer_id", "device_count", "device_list":
//                  [{"device_id", "device_expert"}]}]}: MoE layers, or numbered where layer_id does not count from 0
//   vLLM           a plain [[P] ... L], or [P] for all layers (same)
//   .npy, .npz     integers [L, P] or [P] (same), of SGLang-JAX too; phy2log of a .npz, or its only array
//   three axes     lists or .npy: see read_gpu_array
//
// `experts` is the number of logical experts in the loads, or 0 for the largest number in the placement + 1: each of
// 0..experts-1 must occur in every layer, and no other number may. out.gpus is 0 if the form does not contain it;
// out.first_layer is -1 unless the layers are numbered; out.notes say what was recognised where a file could be taken
// for something else. log2phy and logcnt are taken from forms that have them (they must match phy2log); otherwise
// copies are numbered by ascending slot. `inflate` is needed for compressed .npz.
Status read_placement(std::span<const std::byte> bytes, std::string_view name, std::int32_t experts,
                      Placement& out, const Inflate& inflate = {});

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
