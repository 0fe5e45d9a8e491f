#include "core/request/deployment.hpp"

#include "core/base/text.hpp"
#include "core/model/check.hpp"
#include "core/model/placement.hpp"

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

Status resolve_deployment(const Deployment& asked, Policy policy, const Loads& loads, Shape& out,
                          std::string& note) {
  out = {loads.layers, loads.experts};
  std::int32_t redundant = 0;
  for (const Status& status :
       {narrow("--gpus", asked.gpus.value_or(0), 1, kMaxGpus, out.gpus),
        asked.slots ? narrow("--slots", *asked.slots, 1, kMaxSlots, out.slots)
                    : narrow("--redundant", asked.redundant.value_or(0), 0, kMaxSlots, redundant),
        narrow("--nodes", asked.nodes.value_or(1), 1, kMaxGpus, out.nodes),
        narrow("--groups", asked.groups.value_or(1), 1, kMaxExperts, out.groups)}) {
    if (!status.ok()) return status;
  }
  if (!asked.slots) out.slots = loads.experts + redundant;
  if (Status status = resolve_policy(policy, out, note, Vocabulary::command); !status.ok())
    return status;
  if (Status status = check(out); !status.ok()) {
    return refuse(loads.source.empty() ? "loads" : loads.source, loads.layers, " layers of ",
                  loads.experts, " experts: ", status.sentence());
  }
  return {};
}

Status resolve_scored(std::string_view name, const Deployment& asked, Policy policy,
                      const Loads& loads, Placement& placement, Shape& out, std::string& note) {
  const std::string shown(name);
  Deployment complete = asked;
  if (placement.gpus != 0) {
    if (asked.gpus && *asked.gpus != placement.gpus) {
      return Status::error(shown + " is for " + std::to_string(placement.gpus) +
                           " GPUs, but --gpus says " + std::to_string(*asked.gpus));
    }
    complete.gpus = placement.gpus;
  }
  if (!complete.gpus) {
    return Status::error(shown + " does not contain the number of GPUs; add --gpus");
  }
  complete.slots = placement.slots;
  if (!complete.nodes) complete.nodes = placement.nodes;
  if (!complete.groups) complete.groups = placement.groups;
  if (Status s = resolve_deployment(complete, policy, loads, out, note); !s.ok()) return s;
  const Status whole = check_groups(name, placement, out, loads.first_layer);
  if (!whole.ok()) {
    if (policy == Policy::hierarchical) return whole;
    note = whole.sentence() + ": scored against the global lower bound";
    out.nodes = 1;
    out.groups = 1;
  }
  placement.gpus = out.gpus;
  return {};
}

Status narrow(const char* option, std::int64_t value, std::int64_t least, std::int64_t most,
              std::int32_t& out) {
  if (value < least || value > most) {
    return Status::error(std::string(option) + " " + std::to_string(value) + "; expected " +
                         std::to_string(least) + " to " + std::to_string(most));
  }
  out = static_cast<std::int32_t>(value);
  return {};
}

}  // namespace evenkeel
