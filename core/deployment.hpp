// A deployment as somebody asks for it, with numbers left out.
#pragma once

#include <cstdint>
#include <optional>

#include "core/synth.hpp"

namespace evenkeel {

struct Deployment {
  std::optional<std::int64_t> gpus;
  std::optional<std::int64_t> slots;      // at most one of slots
  std::optional<std::int64_t> redundant;  // and redundant experts
  std::optional<std::int64_t> nodes;
  std::optional<std::int64_t> groups;
};

// How a preset's model is usually deployed: all but redundant.
Deployment usual_deployment(const SynthPreset& preset);

// What was left out as in the usual deployment of a preset, as far as that goes with what was asked for:
// slots and nodes only with its number of GPUs; groups, which are the model's, also where nodes were
// asked for.
Deployment completed(Deployment asked, const SynthPreset& preset);

}  // namespace evenkeel
