// Models by their published configurations: layers, experts, and the bytes of one expert, which is what a received slot
// costs. models.cpp names the sources.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "core/base/status.hpp"

namespace evenkeel {

// How the weights of experts are stored in a model's main repository.
enum class WeightFormat : std::uint8_t {
  bf16,   // 2 bytes a parameter
  fp8,    // 1 byte a parameter, and a binary32 scale for each block of 128 x 128
  int4,   // 4 bits a parameter, and a bf16 scale for each 32 parameters of a row
  mxfp4,  // 4 bits a parameter, a scale of 8 bits for each 32, and biases in bf16
};

std::string_view name_of(WeightFormat format);

struct KnownModel {
  std::string_view name;    // as users write it; presets of the same model have the same name
  std::string_view title;   // in sentences
  std::int32_t moe_layers;  // without layers of multi-token prediction
  std::int32_t layers;      // with dense ones
  std::int32_t experts;     // routed ones of a layer
  std::int32_t hidden;
  std::int32_t intermediate;  // of one routed expert
  WeightFormat format;
  // Usual numbers of slots; 0: none. Those of DeepSeek-V3 are published, those of other models are their experts with as
  // many redundant ones as common numbers of GPUs take.
  std::array<std::int32_t, 2> slots = {};

  // The weights of one expert: gate, up and down projection, with scales and biases.
  std::int64_t expert_bytes() const;
};

std::span<const KnownModel> known_models();

// Finds a model by name. An unknown name is an error that lists the names.
Status find_model(std::string_view name, const KnownModel*& out);

// Whether loads of so many rows may be of the model: its MoE layers, or all of its layers.
bool has_layers(const KnownModel& model, std::int64_t layers);

struct ExpertSize {
  std::int64_t bytes = 0;  // 0: unknown
  std::string
      note;  // what was assumed, or between which models there is no choice; empty: no model fits
};

// The bytes of one expert for loads of so many MoE layers and experts, where all models that fit have equal ones. Models
// with exactly so many MoE layers come first; only if there are none, those with so many layers in all.
ExpertSize guess_expert_size(std::int64_t layers, std::int64_t experts);

}  // namespace evenkeel
