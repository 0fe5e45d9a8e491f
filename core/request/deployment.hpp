// A deployment as somebody asks for it, with numbers left out.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/base/status.hpp"
#include "core/model/types.hpp"
#include "core/traffic/synth.hpp"

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

// The shape that counts for these loads: GPUs, and slots or redundant experts, as they were asked for, nodes
// and groups 1 where they were not, after the policy, checked. note: as of resolve_policy. The sentences are
// the command's, and name its options.
Status resolve_deployment(const Deployment& asked, Policy policy, const Loads& loads, Shape& out,
                          std::string& note);

// The same for a placement that was made elsewhere, under a name for errors: slots, and what was not asked
// for, are its own. Nodes and groups do not count, and note says so, where it splits a group over nodes;
// with Policy::hierarchical that is an error. Sets placement.gpus.
Status resolve_scored(std::string_view name, const Deployment& asked, Policy policy,
                      const Loads& loads, Placement& placement, Shape& out, std::string& note);

// A number that somebody gave for an option, in 64 bits so that any that is out of range gets a sentence with
// the option's name.
Status narrow(const char* option, std::int64_t value, std::int64_t least, std::int64_t most,
              std::int32_t& out);

}  // namespace evenkeel
