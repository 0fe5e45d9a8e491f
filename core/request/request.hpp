// A request, in which anything may be missing, and its resolution: used by the command, links, the page and
// the JavaScript module.
//
// Missing numbers are completed to the nearest valid deployment, and a note says what was assumed. Given
// numbers are changed only by the policy; if they are invalid, the error lists the nearest valid numbers.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/number_list.hpp"
#include "core/base/range.hpp"
#include "core/base/status.hpp"
#include "core/base/vocabulary.hpp"
#include "core/model/stage_names.hpp"
#include "core/model/strategies.hpp"
#include "core/model/types.hpp"
#include "core/request/bounds.hpp"

namespace evenkeel {

// Each member is an option of the command, a key of a link and a property in JavaScript; request_options.hpp
// has their names. An empty optional was not given.
struct Request {
  std::string loads;  // synth:PRESET..., example:deepseek, or empty for other loads
  std::string
      file;  // the path of a file or folder of loads, which replaces `loads`; of several: one per line
  Range steps;                           // the window
  std::optional<NumberList> moe_layers;  // the model's numbers of the recorded layers
  std::optional<std::int64_t> gpus;
  std::optional<std::int64_t> slots;      // at most one of slots
  std::optional<std::int64_t> redundant;  // and redundant experts
  std::optional<std::int64_t> nodes;
  std::optional<std::int64_t> groups;
  Policy policy = Policy::automatic;
  std::string strategy;  // its name or alias, an effort as part of it; empty: not given
  StageRules stages = StageRules(evenkeel::stages().size());
  std::uint64_t seed = 0;  // of the random strategies
  Bounds bounds = Bounds::automatic;

  friend bool operator==(const Request&, const Request&) = default;
};

// Its whole numbers: names as of the options, and ranges.
struct RequestNumber {
  std::string_view name;
  std::optional<std::int64_t> Request::*member;
  std::int32_t least;
  std::int32_t most;
};
inline constexpr RequestNumber kRequestNumbers[] = {
    {"gpus", &Request::gpus, 1, kMaxGpus},
    {"slots", &Request::slots, 1, kMaxSlots},
    {"redundant", &Request::redundant, 0, kMaxSlots},
    {"nodes", &Request::nodes, 1, kMaxGpus},
    {"groups", &Request::groups, 1, kMaxExperts}};

// The result of resolving a request for given loads.
struct Resolved {
  Shape shape;          // after the policy, checked; on an error the invalid one, if any
  Shape asked;          // the same before the policy
  NamedRules strategy;  // with the seed
  std::string assumed;  // a sentence about completed numbers; empty if there are none
  std::string
      replaced;  // a sentence about nodes and groups that the policy ignores; empty if it uses them

  // The non-empty sentences.
  std::vector<std::string> notes() const;
};

// Completes, checks and explains a request for loads with these numbers of layers and experts. Rules:
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

// Its two parts: everything except out.strategy, and only the strategy.
Status resolve_shape(const Request& request, std::int32_t layers, std::int32_t experts,
                     Vocabulary words, Resolved& out);
Status resolve_strategy(const Request& request, Vocabulary words, NamedRules& out);

// The strategy that a request names, else the default: keel, or deepseek where stages are replaced.
std::string strategy_of(const Request& request);

// A strategy and an effort of keel (fast, default, max or a number of kicks), in either order: keel and max are
// "keel:max". Errors: unknown ones; an effort beside another strategy or another effort.
Status take_strategy(std::string_view name, Vocabulary words, Request& request);
Status take_effort(std::string_view effort, Vocabulary words, Request& request);

// The shape for work that tries many numbers of slots: out.shape has the smallest valid number; given slots
// are ignored.
Status resolve_without_slots(const Request& request, std::int32_t layers, std::int32_t experts,
                             Vocabulary words, Resolved& out);

// The shape for a given placement; name: for errors. Slots and all numbers that were not given are those of
// the placement. If neither has the number of GPUs, that is an error: a guess would be meaningless. If the
// placement splits a group over nodes, nodes and groups are ignored and out.replaced says so; with
// Policy::hierarchical that is an error. Sets placement.gpus.
Status resolve_scored(std::string_view name, const Request& request, const Loads& loads,
                      Vocabulary words, Placement& placement, Resolved& out);

// A seed from its text: a whole number from 0 to 2^64 - 1.
Status take_seed(std::string_view text, Vocabulary words, std::uint64_t& out);

// Errors that do not depend on the loads: numbers out of range, both slots and redundant experts, unknown
// names, invalid combinations of stages. For callers that check before they read a long trace.
Status check_request(const Request& request, Vocabulary words);

// Adds the loads to an error of resolve: "trace.npy: 58 layers of 256 experts: ...".
Status about_loads(const Loads& loads, const Status& status);

}  // namespace evenkeel
