// The table of engines' formats.

#include "core/base/find_named.hpp"
#include "core/io/placements/engine_files.hpp"

namespace evenkeel {
namespace {

constexpr EngineFormat kFormats[] = {
    {.name = "sglang",
     .extension = ".json",
     .sentence = "SGLang's --init-expert-location: a list of slots for every layer of the model",
     .source = "github.com/sgl-project/sglang, srt/eplb/expert_location.py",
     .layers = EngineLayers::all,
     .needs_gpus = false,
     .takes_mtp = false,
     .why_distinct = "",
     .initial = initial_round_robin,
     .write = write_sglang},
    {.name = "tensorrt-llm",
     .extension = ".yaml",
     .sentence =
         "TensorRT-LLM's moe_config.load_balancer: assignments by the model's layer numbers",
     .source = "github.com/NVIDIA/TensorRT-LLM, examples/wide_ep/ep_load_balancer",
     .layers = EngineLayers::numbered,
     .needs_gpus = false,
     .takes_mtp = true,
     .why_distinct = "",
     .initial = initial_ranges,
     .write = write_tensorrt_llm},
    {.name = "vllm-ascend",
     .extension = ".json",
     .sentence = "vllm-ascend's expert_map_path: the experts of each device and MoE layer",
     .source = "github.com/vllm-project/vllm-ascend, eplb/core/eplb_utils.py",
     .layers = EngineLayers::moe,
     .needs_gpus = true,
     .takes_mtp = false,
     .why_distinct = "the engine would send tokens to the weights of other experts",
     .initial = initial_round_robin,
     .write = write_vllm_ascend},
    {.name = "vllm",
     .extension = ".json",
     .sentence = "proposed for vLLM: a list of slots for each MoE layer",
     .source = "github.com/vllm-project/vllm, #49572",
     .layers = EngineLayers::moe,
     .needs_gpus = false,
     .takes_mtp = false,
     .why_distinct = "",
     .initial = initial_round_robin,
     .write = write_vllm},
    {.name = "vllm-assignments",
     .extension = ".json",
     .sentence = "proposed for vLLM: assignments by the model's layer numbers",
     .source = "github.com/vllm-project/vllm, #41141",
     .layers = EngineLayers::numbered,
     .needs_gpus = false,
     .takes_mtp = false,
     .why_distinct = "",
     .initial = initial_round_robin,
     .write = write_vllm_assignments},
    {.name = "omni",
     .extension = ".npy",
     .sentence = "OmniPlacement's pattern_path: which GPU has which expert of each MoE layer",
     .source = "gitee.com/omniai/omniinfer, omni_placement/expert_mapping.py",
     .layers = EngineLayers::moe,
     .needs_gpus = true,
     .takes_mtp = false,
     .why_distinct = "the file only says which GPUs have an expert",
     .initial = initial_round_robin,
     .write = write_omni},
    {.name = "sglang-jax",
     .extension = ".npy",
     .sentence = "SGLang-JAX's --init-expert-location: the slots of every layer of the model",
     .source = "github.com/sgl-project/sglang-jax, srt/eplb/expert_location.py",
     .layers = EngineLayers::all,
     .needs_gpus = false,
     .takes_mtp = false,
     .why_distinct = "",
     .initial = initial_round_robin,
     .write = write_sglang_jax},
};

}  // namespace

std::string_view name_of(EngineLayers layers) {
  constexpr std::string_view kNames[] = {"all", "numbered", "moe"};
  return kNames[static_cast<std::size_t>(layers)];
}

std::span<const EngineFormat> engine_formats() { return kFormats; }

Status find_engine_format(std::string_view name, const EngineFormat*& out) {
  return find_named("engine format", name, kFormats, out);
}

}  // namespace evenkeel
