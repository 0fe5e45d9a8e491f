// Stand-ins for the loaders of serving engines, written from the descriptions of their formats: each reads a file with
// its engine's own assumptions, and says which experts' weights are in which slots, and where it sends tokens.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace evenkeel::test {

// What an engine knows of the model and of its own options.
struct EngineSetup {
  std::vector<std::int32_t> moe_layers;  // by number
  std::int32_t layers = 0;               // of the model, dense ones too
  std::int32_t mtp = 0;                  // layers for multi-token prediction after them
  std::int32_t experts = 0;
  std::int32_t redundant = 0;
  std::int32_t ranks = 1;

  std::int32_t slots() const { return experts + redundant; }
};

struct LoadedLayer {
  std::vector<std::int32_t> phy2log;               // [P] the expert whose weights are in the slot
  std::vector<std::vector<std::int32_t>> log2phy;  // [E] the slots that get the expert's tokens

  // Tokens of this many (expert, slot) pairs meet the weights of another expert.
  std::int32_t wrong_routes() const;
};

struct LoadedModel {
  std::string problem;                         // why the engine does not start; empty: it does
  std::map<std::int32_t, LoadedLayer> layers;  // by number, with those of multi-token prediction
};

LoadedModel load_sglang(const std::string& file, const EngineSetup& setup);
LoadedModel load_sglang_jax(const std::string& file, const EngineSetup& setup);
LoadedModel load_tensorrt_llm(const std::string& file, const EngineSetup& setup);
LoadedModel load_vllm_ascend(const std::string& file, const EngineSetup& setup);
LoadedModel load_vllm(const std::string& file, const EngineSetup& setup);
LoadedModel load_vllm_assignments(const std::string& file, const EngineSetup& setup);
LoadedModel load_omni(const std::string& file, const EngineSetup& setup);

}  // namespace evenkeel::test
