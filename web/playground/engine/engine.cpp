#include "web/playground/engine/engine.hpp"

#include <algorithm>

#include "core/base/text.hpp"
#include "core/io/result_json.hpp"
#include "core/model/check.hpp"
#include "core/model/strategies.hpp"

namespace evenkeel {
namespace {

// The table's strategies and, where it is none of them, the question's.
std::vector<NamedRules> compared_strategies(const NamedRules& chosen) {
  std::vector<NamedRules> all;
  // All of the table, which cannot fail.
  static_cast<void>(choose_strategies({}, {}, chosen.rules.seed, Vocabulary::plain, all).ok());
  const auto same = [&](const NamedRules& known) { return known.rules == chosen.rules; };
  if (std::none_of(all.begin(), all.end(), same)) all.push_back(chosen);
  return all;
}

// The previous window of equal length, or the part of it that exists.
Range steps_before(const Range& steps) {
  const std::int64_t length = steps.end - steps.begin;
  return {std::max<std::int64_t>(0, steps.begin - length), steps.begin};
}

}  // namespace

void Engine::tell_busy(std::string_view what, std::int64_t done, std::int64_t of) {
  send_(to_bytes(Busy{std::string(what), done, of}));
}

void Engine::receive(std::span<const std::byte> message) {
  MessageKind kind = {};
  OpenLoads open;
  Status status = kind_of(message, kind);
  if (status.ok()) {
    switch (kind) {
      case MessageKind::open_loads:
        status = from_bytes(message, open);
        if (status.ok()) opened(trace_.open(open.name), open.name);
        break;
      default:  // there is no other message to the engine
        status = from_bytes(message, question_);
        asked_ = asked_ || status.ok();
    }
  }
  if (!status.ok()) send_(to_bytes(Refused{status.sentence()}));
}

void Engine::open_recording(RecordingBytes recording, std::string_view name) {
  ReadOptions options;
  const auto size = static_cast<std::int64_t>(recording.size());
  options.progress = [&, release = recording.release](std::size_t consumed) {
    if (release) release(consumed);
    tell_busy("reading", static_cast<std::int64_t>(consumed), size);
    return true;
  };
  opened(trace_.open(std::move(recording), name, options), name);
}

void Engine::refuse_recording(std::string_view name, std::string_view sentence) {
  opened(Status::error(std::string(sentence)), name);
}

void Engine::opened(const Status& status, std::string_view name) {
  if (!status.ok()) {
    Opened failed;
    failed.sentence = status.sentence();
    failed.name = name;
    send_(to_bytes(failed));
    return;
  }
  told_opened_ = false;
  asked_ = false;  // the question was about other loads
  has_shape_ = false;
  sweep_ = {};
  sweep_question_ = {};
  series_.stop();
  replay_.stop();
}

bool Engine::advance() {
  if (trace_.advance()) {
    tell_busy("making the trace", trace_.steps_made(), trace_.steps());
    return true;
  }
  if (!told_opened_) {
    told_opened_ = true;
    send_(to_bytes(Opened{"", trace_.name(), trace_.steps(), trace_.layers(), trace_.experts(),
                          trace_.notes(), trace_.warnings()}));
    return true;
  }
  if (asked_) {
    asked_ = false;
    answer_question();
    return true;
  }
  if (!has_shape_) return false;
  if (certifies()) {
    certify_next();
  } else if (!steps_.done()) {
    steps_.advance(execution_.threads);
  } else if (!is_certified_) {
    tell_certified();
  } else if (compared_.rows.size() < strategies_.size()) {
    compare_next();
  } else if (!compared_steps_.done()) {
    compared_steps_.advance(execution_.threads);
  } else if (compared_.csv.empty()) {
    complete_comparison();
  } else if (question_.wants_sweep && !sweep_.done()) {
    if (const Status status = sweep_.advance(execution_); !status.ok()) {
      swept_.sentence = status.sentence();
      sweep_ = {};
    }
    swept_.points.assign(sweep_.points().begin(), sweep_.points().end());
    send_(to_bytes(swept_));
  } else if (question_.wants_series && series_.running()) {
    if (series_.advance(trace_, execution_)) send_(to_bytes(series_.series()));
  } else if (question_.wants_replay && replay_.running()) {
    if (replay_.advance(execution_)) send_(to_bytes(replay_.replayed()));
  } else {
    return false;
  }
  return true;
}

void Engine::answer_question() {
  has_shape_ = false;
  WindowAnswer& window = window_;
  window = {};
  bounds_.clear();
  steps_ = {};
  compared_steps_ = {};
  window.number = question_.number;
  window.backend = execution_.backend->name;
  std::optional<NumberList> moe_layers;
  if (NumberList said; parse_numbers(question_.moe_layers, said)) moe_layers = said;
  trace_.set_moe_layers(moe_layers);
  Status status = trace_.window(question_.steps, window.loads);
  window.loads_sentence = status.sentence();
  const bool is_asked = status.ok() && question_.shape.gpus != 0;
  if (is_asked) {
    window.shape = question_.shape;
    const Strategy* no_balancer = nullptr;
    status = find_strategy(kContiguous, no_balancer);
    if (status.ok()) {
      status = balance(window.loads, window.shape, question_.strategy.rules, nullptr, execution_,
                       window.result);
    }
    if (status.ok()) {
      const Shape plain = without_redundancy(window.shape);
      Result without;
      status = balance(window.loads, plain, no_balancer->rules, nullptr, execution_, without);
      window.without = std::move(without.metrics);
      steps_ = StepWork(trace_.single_steps(question_.steps));
      steps_.add(window.shape, window.result.placement);
      if (status.ok()) steps_.add(plain, without.placement);
    }
    window.sentence = status.sentence();
  }
  has_shape_ = is_asked && status.ok();
  is_certified_ = !has_shape_ || (!certifies() && steps_.done());
  window.is_certified_later = !is_certified_;
  send_(to_bytes(window));
  if (!has_shape_) return;
  start_comparison();
  start_sweep();
  start_series();
  start_replay();
}

bool Engine::certifies() const {
  return are_strong(question_.bounds, *execution_.backend) &&
         bounds_.size() < window_.result.metrics.size();
}

// A few layers at a time, so that a newer question does not wait long.
void Engine::certify_next() {
  constexpr std::size_t kLayers = 8;
  const std::size_t first = bounds_.size();
  bounds_.resize(std::min(first + kLayers, window_.result.metrics.size()));
  const Status status =
      strong_bounds(window_.loads, window_.shape, question_.strategy.rules.seed, execution_,
                    static_cast<std::int32_t>(first), std::span(bounds_).subspan(first));
  if (!status.ok()) {  // already reported for the chosen strategy
    has_shape_ = false;
    send_(to_bytes(Certified{question_.number, {}, {}, {}}));
    return;
  }
  if (certifies()) return;
  raise_bounds(bounds_, window_.result.metrics);
  raise_bounds(bounds_, window_.without);
}

void Engine::tell_certified() {
  is_certified_ = true;
  send_(to_bytes(Certified{question_.number, bounds_, steps_.metrics(0), steps_.metrics(1)}));
}

void Engine::start_comparison() {
  strategies_ = compared_strategies(question_.strategy);
  results_.clear();
  compared_ = {};
  compared_.number = question_.number;
  compared_.total = static_cast<std::int32_t>(strategies_.size());
  const Range before = steps_before(question_.steps);
  previous_loads_ = {};
  if (before.begin < before.end && trace_.window(before, previous_loads_).ok()) {
    compared_.previous = before;
  } else {
    compared_.previous = {0, 0};
  }
}

void Engine::compare_next() {
  if (results_.size() > compared_.rows.size()) return time_result();
  const NamedRules& strategy = strategies_[results_.size()];
  Result before;
  const bool has_before =
      !previous_loads_.values.empty() &&
      balance(previous_loads_, window_.shape, strategy.rules, nullptr, execution_, before).ok();
  Result result;
  if (!balance(window_.loads, window_.shape, strategy.rules,
               has_before ? &before.placement : nullptr, execution_, result)
           .ok()) {  // already reported for the chosen strategy
    has_shape_ = false;
    return;
  }
  if (!bounds_.empty()) raise_bounds(bounds_, result.metrics);
  results_.push_back(std::move(result));
  timing_ = {};
}

void Engine::time_result() {
  const NamedRules& strategy = strategies_[compared_.rows.size()];
  Result& result = results_.back();
  Execution one_thread = execution_;
  one_thread.threads = 1;
  const auto place = [&] {  // it succeeded before
    static_cast<void>(
        place_again(window_.loads, window_.shape, strategy.rules, one_thread, result.placement)
            .ok());
  };
  if (!timing_.slice(place)) return;
  ComparedRow row;
  row.name = strategy.name;
  row.label = strategy.label;
  row.summary = summarize({result.metrics, window_.loads.numbers()});
  row.summary["us_per_layer"] = timing_.best_us() / window_.shape.layers;
  row.hash = hash_text(result.placement);
  compared_.rows.push_back(row);
  if (results_.size() == strategies_.size()) {
    compared_steps_ = StepWork(trace_.single_steps(question_.steps));
    for (const Result& placed : results_) compared_steps_.add(window_.shape, placed.placement);
  }
  send_(to_bytes(compared_));
}

// Adds the figures by step, when they are there.
void Engine::complete_comparison() {
  std::vector<ComparedResult> all;
  for (std::size_t i = 0; i < results_.size(); ++i) {
    results_[i].steps = compared_steps_.metrics(i);
    compared_.rows[i].summary.set_steps(results_[i].steps);
    all.push_back({&strategies_[i], &results_[i], compared_.rows[i].summary["us_per_layer"]});
  }
  const ResultOrigin origin = {nullptr, execution_.backend->name, question_.strategy.rules.seed,
                               window_.loads.numbers()};
  compared_.csv = comparison_csv(origin, all);
  send_(to_bytes(compared_));
}

void Engine::start_sweep() {
  if (!question_.wants_sweep) return;
  Question asked = question_;  // without members that do not affect the sweep
  asked.number = 0;
  asked.wants_series = false;
  asked.series_steps = 1;
  asked.wants_replay = false;
  asked.replay = {};
  asked.shape.slots = 0;
  if (asked != sweep_question_) {
    sweep_question_ = asked;
    swept_ = {};
    const std::vector<std::int32_t> counts = redundant_counts(window_.shape, {});
    const Status status = sweep_.start(window_.loads, window_.shape, question_.strategy.rules,
                                       counts, question_.bounds);
    swept_.sentence = status.sentence();
    swept_.total = static_cast<std::int32_t>(sweep_.total());
  }
  send_(to_bytes(swept_));
}

void Engine::start_series() {
  if (!question_.wants_series) return series_.stop();
  series_.start(trace_, window_.shape, strategies_, question_.series_steps);
  send_(to_bytes(series_.series()));
}

// While nobody looks it rests, and goes on afterwards.
void Engine::start_replay() {
  if (!question_.wants_replay) return;
  replay_.start(trace_, question_, window_);
  send_(to_bytes(replay_.replayed()));
}

}  // namespace evenkeel
