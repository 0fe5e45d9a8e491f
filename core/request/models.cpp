#include "core/request/models.hpp"

#include <vector>

#include "core/base/find_named.hpp"
#include "core/base/numbers.hpp"

namespace evenkeel {
namespace {

constexpr auto kBf16 = WeightFormat::bf16;
constexpr auto kFp8 = WeightFormat::fp8;
constexpr auto kInt4 = WeightFormat::int4;
constexpr auto kMxfp4 = WeightFormat::mxfp4;

// config.json in the repository that the comment names, on huggingface.co: num_hidden_layers less first_k_dense_replace (or
// the layers that have experts), n_routed_experts (num_experts, num_local_experts), hidden_size, moe_intermediate_size
// (intermediate_size where all layers have experts), torch_dtype or quantization_config. Other repositories of a model have
// other formats: the FP8 ones of Qwen and GLM take half the bytes.
constexpr KnownModel kModels[] = {
    // deepseek-ai/DeepSeek-V3, DeepSeek-R1, DeepSeek-V3.2: layers 3 to 60, weight_block_size 128 x 128
    {"deepseek-v3", "DeepSeek-V3", 58, 61, 256, 7168, 2048, kFp8, {288, 320}},
    {"deepseek-r1", "DeepSeek-R1", 58, 61, 256, 7168, 2048, kFp8},
    {"deepseek-v3.2", "DeepSeek-V3.2", 58, 61, 256, 7168, 2048, kFp8},
    // moonshotai/Kimi-K2-Instruct; Kimi-K2-Thinking and Kimi-K2.5: compressed-tensors, num_bits 4, group_size 32
    {"kimi-k2", "Kimi-K2", 60, 61, 384, 7168, 2048, kFp8, {416, 448}},
    {"kimi-k2-thinking", "Kimi-K2-Thinking", 60, 61, 384, 7168, 2048, kInt4},
    {"kimi-k2.5", "Kimi-K2.5", 60, 61, 384, 7168, 2048, kInt4},
    // Qwen/Qwen3-235B-A22B, Qwen3-30B-A3B, Qwen3-Coder-480B-A35B-Instruct, Qwen3-Next-80B-A3B-Instruct
    {"qwen3-235b", "Qwen3-235B", 94, 94, 128, 4096, 1536, kBf16, {144, 160}},
    {"qwen3-30b", "Qwen3-30B", 48, 48, 128, 2048, 768, kBf16, {144, 160}},
    {"qwen3-coder-480b", "Qwen3-Coder-480B", 62, 62, 160, 6144, 2560, kBf16},
    {"qwen3-next-80b", "Qwen3-Next-80B", 48, 48, 512, 2048, 512, kBf16},
    // zai-org/GLM-4.5, GLM-4.7: layers 3 to 91; GLM-5: layers 3 to 77
    {"glm-4.5", "GLM-4.5", 89, 92, 160, 5120, 1536, kBf16, {192, 0}},
    {"glm-4.7", "GLM-4.7", 89, 92, 160, 5120, 1536, kBf16},
    {"glm-5", "GLM-5", 75, 78, 256, 6144, 2048, kBf16},
    // openai/gpt-oss-120b, gpt-oss-20b: quant_method mxfp4
    {"gpt-oss-120b", "gpt-oss-120b", 36, 36, 128, 2880, 2880, kMxfp4, {144, 160}},
    {"gpt-oss-20b", "gpt-oss-20b", 24, 24, 32, 2880, 2880, kMxfp4, {40, 0}},
    // MiniMaxAI/MiniMax-M2: weight_block_size 128 x 128
    {"minimax-m2", "MiniMax-M2", 62, 62, 256, 3072, 1536, kFp8, {288, 320}},
    // baidu/ERNIE-4.5-300B-A47B-PT: layers 3 to 53
    {"ernie-4.5-300b", "ERNIE-4.5", 51, 54, 64, 8192, 3584, kBf16, {72, 80}},
    // meta-llama/Llama-4-Maverick-17B-128E-Instruct: every second layer has experts (interleave_moe_layer_step 2)
    {"llama-4-maverick", "Llama 4 Maverick", 24, 48, 128, 5120, 8192, kBf16, {144, 160}},
    // mistralai/Mixtral-8x7B-v0.1
    {"mixtral-8x7b", "Mixtral", 32, 32, 8, 4096, 14336, kBf16},
};

std::vector<const KnownModel*> models_like(std::int64_t layers, std::int64_t experts) {
  std::vector<const KnownModel*> by_moe_layers;
  std::vector<const KnownModel*> by_layers;
  for (const KnownModel& model : kModels) {
    if (model.experts != experts) continue;
    if (model.moe_layers == layers) by_moe_layers.push_back(&model);
    if (model.layers == layers) by_layers.push_back(&model);
  }
  return by_moe_layers.empty() ? by_layers : by_moe_layers;
}

std::string size_text(const KnownModel& model) {
  return grouped(model.expert_bytes()) + " bytes (" + std::string(name_of(model.format)) + ")";
}

}  // namespace

std::string_view name_of(WeightFormat format) {
  constexpr std::string_view kNames[] = {"bf16", "fp8", "int4", "mxfp4"};
  return kNames[static_cast<std::size_t>(format)];
}

std::int64_t KnownModel::expert_bytes() const {
  const std::int64_t parameters = std::int64_t{hidden} * intermediate;  // of one projection
  const auto blocks = [](std::int32_t size) { return std::int64_t{(size + 127) / 128}; };
  switch (format) {
    case WeightFormat::bf16:
      return 3 * parameters * 2;
    case WeightFormat::fp8:
      return 3 * (parameters + blocks(hidden) * blocks(intermediate) * 4);
    case WeightFormat::int4:
      return 3 * (parameters / 2 + parameters / 32 * 2);
    case WeightFormat::mxfp4:
      return 3 * (parameters / 2 + parameters / 32) + (2 * std::int64_t{intermediate} + hidden) * 2;
  }
  return 0;
}

std::span<const KnownModel> known_models() { return kModels; }

Status find_model(std::string_view name, const KnownModel*& out) {
  return find_named("model", name, kModels, out);
}

bool has_layers(const KnownModel& model, std::int64_t layers) {
  return model.moe_layers == layers || model.layers == layers;
}

ExpertSize guess_expert_size(std::int64_t layers, std::int64_t experts) {
  const std::vector<const KnownModel*> fits = models_like(layers, experts);
  if (fits.empty()) return {};
  bool equal = true;
  std::string titles;
  std::string sizes;
  for (std::size_t i = 0; i < fits.size(); ++i) {
    const KnownModel& model = *fits[i];
    const std::string before = i == 0 ? "" : i + 1 == fits.size() ? " or " : ", ";
    equal = equal && model.expert_bytes() == fits[0]->expert_bytes();
    titles += before + std::string(model.title);
    sizes += before + std::string(model.title) + ", " + size_text(model);
  }
  const std::string loads = several(layers, "layer") + " of " + several(experts, "expert");
  if (equal) {
    return {fits[0]->expert_bytes(),
            "assumed " + size_text(*fits[0]) + " for one expert: " + titles + ", by " + loads};
  }
  return {0, "the size of an expert is not known: " + loads + " may be " + sizes};
}

}  // namespace evenkeel
