// A requested deployment, in which numbers may be missing.
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

// The usual deployment of a preset's model, without `redundant`.
Deployment usual_deployment(const SynthPreset& preset);

// Completes missing numbers from the usual deployment of a preset if they match the request: slots and nodes
// only with the preset's number of GPUs; groups, which belong to the model, also if nodes were given.
Deployment completed(Deployment asked, const SynthPreset& preset);

// The shape for these loads: GPUs and slots or redundant experts as requested, nodes and groups 1 by default,
// after the policy, checked. note: as in resolve_policy. Errors are those of the command and name its
// options.
Status resolve_deployment(const Deployment& asked, Policy policy, const Loads& loads, Shape& out,
                          std::string& note);

// The same for a given placement; name: for errors. Slots and all numbers that were not requested are those
// of the placement. If it splits a group over nodes, nodes and groups are ignored and `note` says so; with
// Policy::hierarchical that is an error. Sets placement.gpus.
Status resolve_scored(std::string_view name, const Deployment& asked, Policy policy,
                      const Loads& loads, Placement& placement, Shape& out, std::string& note);

// Checks the number given for an option. It has 64 bits, so that a number out of range can be reported with
// the option's name.
Status narrow(const char* option, std::int64_t value, std::int64_t least, std::int64_t most,
              std::int32_t& out);

}  // namespace evenkeel
