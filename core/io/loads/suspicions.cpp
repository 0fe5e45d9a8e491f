// Warnings about loads that are probably not what they were taken for. Nothing is changed or refused.
#include <algorithm>
#include <array>

#include "core/base/text.hpp"
#include "core/io/loads/loads_format.hpp"
#include "core/io/loads/window_sum.hpp"

namespace evenkeel {
namespace {

// Models by their published configurations. DeepSeek-V3's slots are published, too; those of other models are its experts
// with as many redundant ones as common numbers of GPUs take (0: none). A warning says no more than that they may be.
struct KnownModel {
  std::string_view name;
  std::int32_t moe_layers;
  std::int32_t layers;
  std::int32_t experts;
  std::array<std::int32_t, 2> slots;
};
constexpr KnownModel kModels[] = {
    {"DeepSeek-V3", 58, 61, 256, {288, 320}}, {"Kimi-K2", 60, 61, 384, {416, 448}},
    {"Qwen3-235B", 94, 94, 128, {144, 160}},  {"Qwen3-30B", 48, 48, 128, {144, 160}},
    {"GLM-4.5", 89, 92, 160, {192, 0}},       {"gpt-oss-120b", 36, 36, 128, {144, 160}},
    {"gpt-oss-20b", 24, 24, 32, {40, 0}},     {"MiniMax-M2", 62, 62, 256, {288, 320}},
    {"ERNIE-4.5", 51, 54, 64, {72, 80}},      {"Llama 4 Maverick", 24, 48, 128, {144, 160}},
    {"Mixtral", 32, 32, 8, {0, 0}},
};

bool has_layers(const KnownModel& model, std::int64_t layers) {
  return model.moe_layers == layers || model.layers == layers;
}

std::string unloaded_experts(const Loads& loads) {
  if (loads.values.empty()) return {};  // not summed
  constexpr std::int32_t kFewExperts = 8;  // in a small example zeros mean nothing
  std::int32_t unloaded = 0;
  bool any = false;
  for (std::int32_t expert = 0; expert < loads.experts; ++expert) {
    bool loaded = false;
    for (std::int32_t layer = 0; layer < loads.layers; ++layer) {
      const auto at = static_cast<std::size_t>(layer) * static_cast<std::size_t>(loads.experts);
      loaded = loaded || loads.values[at + static_cast<std::size_t>(expert)] != 0;
    }
    unloaded += loaded ? 0 : 1;
    any = any || loaded;
  }
  if (!any || loads.experts < kFewExperts || 2 * unloaded <= loads.experts) return {};
  return std::to_string(unloaded) + " of " + std::to_string(loads.experts) +
         " experts have no load in any layer; if this is the recording of one rank, give the files "
         "of all "
         "ranks together";
}

std::string counted_slots(const Loads& loads) {
  const auto is_experts = [&](const KnownModel& model) { return model.experts == loads.experts; };
  const bool known_experts = std::any_of(std::begin(kModels), std::end(kModels), is_experts);
  for (const KnownModel& model : kModels) {
    const bool is_slots =
        std::find(model.slots.begin(), model.slots.end(), loads.experts) != model.slots.end();
    if (!is_slots || (known_experts && !has_layers(model, loads.layers))) continue;
    return std::to_string(loads.experts) +
           " experts are as many as the slots of a possible deployment of " +
           std::string(model.name) + ", which has " + std::to_string(model.experts) +
           " experts; if slots were counted, let the command fold them (--counted-under PLACEMENT)";
  }
  return {};
}

}  // namespace

std::string swapped_axes(std::int64_t layers, std::int64_t experts) {
  if (layers <= experts) return {};
  for (const KnownModel& model : kModels) {
    if (model.experts != layers || !has_layers(model, experts)) continue;
    return std::to_string(layers) + " layers of " + std::to_string(experts) +
           " experts: " + std::string(model.name) + " has " + std::to_string(experts) +
           " layers of " + std::to_string(layers) +
           " experts, so the axes may be swapped; layers come first";
  }
  return {};
}

std::vector<std::string> suspicions(const Loads& loads) {
  std::vector<std::string> all;
  for (std::string& warning :
       std::array<std::string, 3>{unloaded_experts(loads), counted_slots(loads),
                                  swapped_axes(loads.layers, loads.experts)}) {
    if (!warning.empty()) all.push_back(std::move(warning));
  }
  return all;
}

}  // namespace evenkeel
