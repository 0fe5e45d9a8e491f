// What is said of engines' files.

#include <algorithm>
#include <iterator>
#include <utility>

#include "core/base/number_list.hpp"
#include "core/base/text.hpp"
#include "core/io/placements/engine_layers.hpp"

namespace evenkeel {
namespace {

// Not in the table of formats, so that the module, which has no use for it, does not contain it.
struct EngineStart {
  std::string_view format;
  std::string_view words;
};
constexpr EngineStart kStarts[] = {
    {"sglang",
     "start SGLang with: python -m sglang.launch_server ... --ep-size GPUS "
     "--ep-num-redundant-experts REDUNDANT --init-expert-location FILE"},
    {"tensorrt-llm",
     "start TensorRT-LLM with: trtllm-serve ... --ep_size GPUS --extra_llm_api_options "
     "OPTIONS.yaml, which has moe_config: {backend: WIDEEP, load_balancer: FILE}"},
    {"vllm-ascend",
     "start vllm-ascend (model runner V1) with: vllm serve ... --enable-expert-parallel "
     "--additional-config.eplb_config.expert_map_path FILE"},
    {"vllm",
     "no release of vLLM reads FILE; with its proposal #49572: vllm serve ... "
     "--enable-expert-parallel "
     "--enable-eplb --eplb-config.num_redundant_experts REDUNDANT "
     "--eplb-config.initial_expert_map_path FILE"},
    {"vllm-assignments",
     "no release of vLLM reads FILE; its proposal #41141 reads initial_global_assignments"},
    {"omni",
     "start Omni-Infer with use_omni_placement: true; in the file of its "
     "omni_placement_config_path: pattern_path: FILE, max_moe_layer_num: LAYERS"},
    {"sglang-jax",
     "start SGLang-JAX with: python -m sgl_jax.launch_server ... --ep-size GPUS "
     "--ep-num-redundant-experts REDUNDANT --init-expert-location FILE"},
};

}  // namespace

EngineMessages about_engine_file(const EngineFormat& format, const Placement& placement,
                                 const EngineMap& map) {
  const PlacedLayers layers = placed_layers(placement, map);
  EngineMessages out;
  if (format.layers != EngineLayers::moe && !map.numbered) {
    const std::size_t count =
        map.recorded_layers.empty() ? layers.placed.size() : map.recorded_layers.size();
    const std::string example = "3:" + std::to_string(3 + count);
    const bool by_option = map.words == Vocabulary::command;
    std::string note =
        "the loads have no layer numbers: engines' files count them from 0; if the model has dense "
        "layers, give the numbers of the recorded layers ";
    note += by_option ? "with --moe-layers, for example --moe-layers " + example
                      : "in the field Layers under Traffic, for example " + example;
    if (by_option && layers.placed.size() < count) note += "; --layers then selects by them";
    out.notes.push_back(note);
  }
  if (map.mtp > 0) {
    LayerList added;
    for (std::int32_t i = 1; i <= map.mtp; ++i) added.push_back(layers.last + i);
    out.notes.push_back(std::string(format.name) + ": added " + layers_text(added) +
                        " for multi-token prediction, after layer " + std::to_string(layers.last) +
                        ", placed as the engine itself does; if the recording has such layers, " +
                        (map.words == Vocabulary::command
                             ? "leave out --mtp"
                             : "set Layers for multi-token prediction to 0"));
  }
  if (layers.missing.empty() || map.recorded_layers.empty()) return out;
  out.warnings.push_back(std::string(format.name) + ": the placement lacks " +
                         layers_text(layers.missing) + " of the recording, " +
                         (format.layers == EngineLayers::all
                              ? "where the engine starts as without a file"
                              : "and so does the file: the engine must not have experts there"));
  return out;
}

std::string_view how_to_start(const EngineFormat& format) {
  const auto* const start =
      std::find_if(std::begin(kStarts), std::end(kStarts),
                   [&](const EngineStart& known) { return known.format == format.name; });
  return start == std::end(kStarts) ? std::string_view() : start->words;
}

std::string how_to_start(const EngineFormat& format, const Placement& placement,
                         const EngineMap& map, std::string_view path) {
  const LayerList placed = placed_layers(placement, map).placed;
  const auto moe = std::count_if(placed.begin(), placed.end(), [&](std::int32_t number) {
    return !has_layer(map.dense_layers, number);
  });
  const std::pair<std::string_view, std::string> words[] = {
      {"FILE", shell_word(path)},
      {"GPUS", placement.gpus == 0 ? "GPUS" : std::to_string(placement.gpus)},
      {"REDUNDANT", std::to_string(placement.slots - placement.experts)},
      {"LAYERS", std::to_string(moe)}};
  std::string text;
  for (std::string_view rest = how_to_start(format); !rest.empty();) {
    const auto word = std::find_if(std::begin(words), std::end(words), [&](const auto& known) {
      return rest.starts_with(known.first);
    });
    const bool found = word != std::end(words);
    text += found ? std::string_view(word->second) : rest.substr(0, 1);
    rest.remove_prefix(found ? word->first.size() : 1);
  }
  return text;
}

}  // namespace evenkeel
