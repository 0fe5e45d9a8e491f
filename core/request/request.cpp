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

// A strategy, and what keel is called with the effort that was also given.
Status join(const std::string& strategy, const std::string& keel, Vocabulary words,
            Request& request) {
  NamedRules plain;
  NamedRules with;
  Status status = choose_strategy(strategy, {}, 0, words, plain);
  if (status.ok()) status = choose_strategy(keel, {}, 0, words, with);
  if (!status.ok()) return status;
  if (plain.name != kDefaultStrategy && plain.rules != with.rules) {
    return Status::error(word_for(words, "strategy", strategy) + " excludes " +
                         word_for(words, "effort"));
  }
  request.strategy = keel;
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
  return choose_strategy(strategy_of(request), request.stages, request.seed, words, out);
}

std::string strategy_of(const Request& request) {
  if (!request.strategy.empty()) return request.strategy;
  return std::string(replaces_stages(request.stages) ? kStagedStrategy : kDefaultStrategy);
}

Status take_strategy(std::string_view name, Vocabulary words, Request& request) {
  const Strategy* unused = nullptr;
  if (name.empty()) return find_strategy(name, unused);
  if (!request.strategy.empty()) return join(std::string(name), request.strategy, words, request);
  request.strategy = name;
  return {};
}

Status take_effort(std::string_view effort, Vocabulary words, Request& request) {
  std::string keel;
  const Status status = keel_with_effort(effort, words, keel);
  if (!status.ok()) return status;
  if (!request.strategy.empty()) return join(request.strategy, keel, words, request);
  request.strategy = keel;
  return {};
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
