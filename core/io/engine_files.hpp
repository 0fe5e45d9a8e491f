// Placement files that serving engines load. Each format is a row of one table, which the command's --export,
// the playground's menu and the tests use.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "core/base/status.hpp"
#include "core/model/types.hpp"

namespace evenkeel {

struct EngineFormat {
  std::string_view name;       // as in --export NAME:PATH
  std::string_view extension;  // of its files, such as ".json"
  std::string_view sentence;   // its reader and its content
  std::string_view source;     // where the engine's reader is
  bool counts_dense_layers;    // rows are numbered by layers of the model, otherwise by MoE layers
  bool names_layers;           // by number; otherwise the file must begin with the first layer
  bool names_gpus;             // so the placement must have the number of GPUs
  // Returns the file's text; shift: what is added to the numbers of its layers. Use write_engine_file.
  std::string (*write)(const Placement& placement, std::int32_t shift);
};

// sglang, tensorrt-llm, vllm-ascend, vllm.
std::span<const EngineFormat> engine_formats();

// Finds a format by name. An unknown name is an error that lists the names.
Status find_engine_format(std::string_view name, const EngineFormat*& out);

// The largest number of dense layers before the first MoE layer.
inline constexpr std::int32_t kMostFirstMoeLayer = kMaxLayers;

// The whole text of the file. first_moe_layer: the model's number of the layer that is row 0 of the
// recorded loads: 0 where every layer has experts or the recording counts dense layers, too (SGLang's
// does), 3 for a recording of DeepSeek-V3's 58 MoE layers. It matters only to formats that count dense
// layers. Errors: a number beyond its limit, a placement that is not whole (placement.hpp), and what
// the format cannot say: a placement that leaves out the first layers, or does not know its GPUs.
Status write_engine_file(const EngineFormat& format, const Placement& placement,
                         std::int32_t first_moe_layer, std::string& out);

}  // namespace evenkeel
