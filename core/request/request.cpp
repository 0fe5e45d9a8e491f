#include "core/request/request.hpp"

#include "core/base/text.hpp"
#include "core/model/check.hpp"
#include "core/model/placement.hpp"
#include "core/request/completion.hpp"

namespace evenkeel {
namespace {

Status check_numbers(const Request& request, Vocabulary words) {
  std::int32_t unused = 0;
  for (const RequestNumber& number : kRequestNumbers) {
    const std::optional<std::int64_t>& value = request.*number.member;
    if (!value) continue;
    const Status status =
        take_number(words, number.name, *value, number.least, number.most, unused);
    if (!status.ok()) return status;
  }
  if (request.slots && request.redundant) {
    return Status::error(word_for(words, "slots") + " excludes " + word_for(words, "redundant") +
                         "; give one of them");
  }
  return {};
}

// The strategy with the effort of the request, by name.
Status name_with_effort(const Request& request, Vocabulary words, std::string& name) {
  const std::string asked = strategy_of(request);
  NamedRules plain;
  NamedRules with;
  Status status = choose_strategy(asked, {}, request.seed, words, plain);
  if (status.ok()) status = keel_with_effort(*request.effort, words, name);
  if (status.ok()) status = choose_strategy(name, {}, request.seed, words, with);
  if (!status.ok()) return status;
  const std::string effort = word_for(words, "effort", *request.effort);
  const std::string strategy = word_for(words, "strategy", asked);
  if (plain.rules.has_stages()) {
    return Status::error(effort + " is for keel, but the strategy is " + plain.label +
                         "; give one of them");
  }
  if (plain.name != kDefaultStrategy && plain.rules != with.rules) {
    return Status::error(strategy + " and " + effort + " are different efforts; give one of them");
  }
  return {};
}

Status resolve_numbers(const Request& request, std::int32_t layers, std::int32_t experts,
                       Slots slots, Vocabulary words, Resolved& out) {
  out.shape = out.asked = {};
  out.assumed.clear();
  out.replaced.clear();
  if (Status status = check_numbers(request, words); !status.ok()) return status;
  if (Status status = check_limits("loads", layers, experts, 1); !status.ok()) return status;
  if (request.redundant) {
    std::int32_t unused = 0;
    const Status status =
        take_number(words, "redundant", *request.redundant, 0, kMaxSlots - experts, unused);
    if (!status.ok()) return status;
  }
  const Completion completion(request, layers, experts, slots, words);
  const Status status = completion.complete(out);
  if (status.ok()) out.assumed = completion.assumed(out);
  return status;
}

}  // namespace

std::vector<std::string> Resolved::notes() const {
  std::vector<std::string> all;
  for (const std::string& note : {assumed, replaced}) {
    if (!note.empty()) all.push_back(note);
  }
  return all;
}

Status resolve_shape(const Request& request, std::int32_t layers, std::int32_t experts,
                     Vocabulary words, Resolved& out) {
  return resolve_numbers(request, layers, experts, Slots::as_requested, words, out);
}

Status resolve_without_slots(const Request& request, std::int32_t layers, std::int32_t experts,
                             Vocabulary words, Resolved& out) {
  return resolve_numbers(request, layers, experts, Slots::least, words, out);
}

Status resolve_strategy(const Request& request, Vocabulary words, NamedRules& out) {
  std::string name = strategy_of(request);
  Status status;
  if (request.effort) status = name_with_effort(request, words, name);
  return status.ok() ? choose_strategy(name, request.stages, request.seed, words, out) : status;
}

std::string strategy_of(const Request& request) {
  if (request.strategy) return *request.strategy;
  const bool is_staged = !request.effort && replaces_stages(request.stages);
  return std::string(is_staged ? kStagedStrategy : kDefaultStrategy);
}

Status resolve(const Request& request, std::int32_t layers, std::int32_t experts, Vocabulary words,
               Resolved& out) {
  const Status status = resolve_shape(request, layers, experts, words, out);
  return status.ok() ? resolve_strategy(request, words, out.strategy) : status;
}

Status resolve_scored(std::string_view name, const Request& request, const Loads& loads,
                      Vocabulary words, Placement& placement, Resolved& out) {
  const std::string shown(name);
  Request complete = request;
  if (placement.gpus != 0) {
    if (request.gpus && *request.gpus != placement.gpus) {
      return Status::error(shown + " is for " + std::to_string(placement.gpus) + " GPUs, but " +
                           word_for(words, "gpus") + " is " + std::to_string(*request.gpus));
    }
    complete.gpus = placement.gpus;
  }
  if (!complete.gpus) {
    return Status::error(shown + " does not contain the number of GPUs; add " +
                         word_for(words, "gpus"));
  }
  complete.slots = placement.slots;
  complete.redundant.reset();
  if (!complete.nodes) complete.nodes = placement.nodes;
  if (!complete.groups) complete.groups = placement.groups;
  Status status = resolve_shape(complete, loads.layers, loads.experts, words, out);
  if (!status.ok()) return about_loads(loads, status);
  const Status whole = check_groups(name, placement, out.shape, loads.numbers());
  if (!whole.ok()) {
    if (request.policy == Policy::hierarchical) return whole;
    out.replaced = whole.sentence() + ": scored against the global lower bound";
    out.shape.nodes = 1;
    out.shape.groups = 1;
  }
  placement.gpus = out.shape.gpus;
  return {};
}

Status take_seed(std::string_view text, Vocabulary words, std::uint64_t& out) {
  if (parse_whole(text, out)) return {};
  return Status::error(word_for(words, "seed") + " is " + in_quotes(text) +
                       "; expected a whole number from 0 to 18446744073709551615");
}

Status check_request(const Request& request, Vocabulary words) {
  NamedRules strategy;
  const Status status = check_numbers(request, words);
  return status.ok() ? resolve_strategy(request, words, strategy) : status;
}

Status about_loads(const Loads& loads, const Status& status) {
  if (status.ok()) return {};
  return refuse(loads.source.empty() ? "loads" : loads.source, loads.layers, " layers of ",
                loads.experts, " experts: ", status.sentence());
}

}  // namespace evenkeel
