// What somebody asks for, with anything left out, and what it comes to: one place for the command, links, the
// page and the JavaScript module.
//
// What was left out is completed to the nearest valid deployment, and a note says what was assumed. What was
// said is never changed but by the policy: where it is wrong, the error names the nearest valid numbers.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/range.hpp"
#include "core/base/status.hpp"
#include "core/base/vocabulary.hpp"
#include "core/model/stage_names.hpp"
#include "core/model/strategies.hpp"
#include "core/model/types.hpp"

namespace evenkeel {

// Each member is an option of the command, a key of a link, a property in JavaScript: request_options.hpp
// has their names. An empty optional was not said.
struct Request {
  std::string loads;  // synth:PRESET..., example:deepseek, or empty: some other loads
  std::string file;   // the path of a file of loads, which then replaces `loads`
  Range steps;        // the window
  std::optional<std::int64_t> gpus;
  std::optional<std::int64_t> slots;      // at most one of slots
  std::optional<std::int64_t> redundant;  // and redundant experts
  std::optional<std::int64_t> nodes;
  std::optional<std::int64_t> groups;
  Policy policy = Policy::automatic;
  std::string strategy = std::string(kDefaultStrategy);  // its name or alias
  StageRules stages = StageRules(evenkeel::stages().size());
  std::uint64_t seed = 0;  // of the random strategies

  friend bool operator==(const Request&, const Request&) = default;
};

// What a request comes to for given loads.
struct Resolved {
  Shape shape;          // after the policy, checked; on an error the one refused, if there is one
  NamedRules strategy;  // with the seed
  std::string assumed;  // a sentence about what was left out; empty: nothing was
  std::string
      replaced;  // a sentence about nodes and groups that the policy ignores; empty: it does not

  // The sentences that are not empty.
  std::vector<std::string> notes() const;
};

// Completes, checks and explains a request for loads of so many layers and experts. Rules:
//   GPUs       a preset's, or the example's, usual ones; else 8, or as many as there are experts if
//              fewer. Where slots or nodes were said that do not suit these, the nearest number that they
//              suit, from half to twice as many.
//   slots      the multiple of GPUs nearest to the preset's usual slots, the higher of two, that holds all
//              experts; other loads: the least number with a redundant expert.
//   nodes      with the usual GPUs the preset's usual ones, or the nearest number that suits the groups; else 1.
//   groups     the model's, with the usual GPUs or where nodes were said; else 1.
// Errors: check_request's; a combination of numbers that is wrong, with the nearest valid ones.
Status resolve(const Request& request, std::int32_t layers, std::int32_t experts, Vocabulary words,
               Resolved& out);

// Its two halves: all but out.strategy, and the strategy alone.
Status resolve_shape(const Request& request, std::int32_t layers, std::int32_t experts,
                     Vocabulary words, Resolved& out);
Status resolve_strategy(const Request& request, Vocabulary words, NamedRules& out);

// The shape for work that tries many numbers of slots: out.shape has the least that are valid, and those that
// were said do not count.
Status resolve_without_slots(const Request& request, std::int32_t layers, std::int32_t experts,
                             Vocabulary words, Resolved& out);

// The shape for a placement that was made elsewhere, under a name for errors: slots, and what was not said,
// are its own. GPUs that neither says are an error: a guess would say nothing about that placement. Nodes
// and groups do not count, and out.replaced says so, where it splits a group over nodes; with
// Policy::hierarchical that is an error. Sets placement.gpus.
Status resolve_scored(std::string_view name, const Request& request, const Loads& loads,
                      Vocabulary words, Placement& placement, Resolved& out);

// What is wrong whatever the loads are: numbers out of range, slots beside redundant experts, unknown
// names, stages that make no sense together. For callers that must not read a long trace first.
Status check_request(const Request& request, Vocabulary words);

// An error of resolve with the loads it is about in front: "trace.npy: 58 layers of 256 experts: ...".
Status about_loads(const Loads& loads, const Status& status);

}  // namespace evenkeel
