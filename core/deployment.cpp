#include "core/deployment.hpp"

namespace evenkeel {

Deployment usual_deployment(const SynthPreset& preset) {
  const Shape& shape = preset.shape;
  return {shape.gpus, shape.slots, {}, shape.nodes, shape.groups};
}

Deployment completed(Deployment asked, const SynthPreset& preset) {
  const Deployment usual = usual_deployment(preset);
  const bool has_nodes = asked.nodes.has_value();
  if (!asked.gpus) asked.gpus = usual.gpus;
  const bool usual_gpus = asked.gpus == usual.gpus;
  if (usual_gpus && !asked.slots && !asked.redundant) asked.slots = usual.slots;
  if (usual_gpus && !has_nodes) asked.nodes = usual.nodes;
  if ((usual_gpus || has_nodes) && !asked.groups) asked.groups = usual.groups;
  return asked;
}

}  // namespace evenkeel
