#include "web/playground/engine/replay_work.hpp"

#include <algorithm>
#include <chrono>

#include "core/io/result_json.hpp"
#include "core/replay/conclusion.hpp"
#include "core/replay/resolve_replay.hpp"
#include "core/request/models.hpp"

namespace evenkeel {
namespace {

constexpr std::int64_t kLoadsAtOnce = 100'000;  // of steps that are taken, a few milliseconds
constexpr auto kSlice = std::chrono::milliseconds(20);

}  // namespace

void ReplayWork::start(const Trace& trace, const Question& question, const WindowAnswer& window) {
  Question asked;
  asked.shape = question.shape;
  asked.moe_layers = question.moe_layers;
  asked.strategy = question.strategy;
  asked.bounds = question.bounds;
  asked.replay = question.replay;
  if (asked == question_ && shape_ == window.shape) return;
  stop();
  question_ = asked;
  shape_ = window.shape;
  status_ = open(trace, question, window);
  is_running_ = status_.ok();
}

Status ReplayWork::open(const Trace& trace, const Question& question, const WindowAnswer& window) {
  ReplaySetup setup;
  const ReplayQuestion& asked = question.replay;
  if (Status s = resolve_replay(window.shape, asked.policies, std::span(&question.strategy, 1),
                                nullptr, Vocabulary::link, setup);
      !s.ok()) {
    return s;
  }
  ReplayOptions options;
  options.every = asked.every;
  options.delay = asked.delay;
  options.from = asked.from;
  options.bounds = question.bounds;
  const Loads& loads = window.loads;
  expert_bytes_ =
      guess_expert_size(loads.layers - std::ssize(loads.dense_layers), loads.experts).bytes;
  if (Status s = trace.open_steps(source_); !s.ok()) return s;
  return replay_.start(setup, options, loads.numbers(), source_.steps(), Vocabulary::link);
}

Status ReplayWork::work(const Execution& execution) {
  const auto end = std::chrono::steady_clock::now() + kSlice;
  const std::int64_t cells = std::int64_t{shape_.layers} * shape_.experts;
  while (!replay_.done() && std::chrono::steady_clock::now() < end) {
    if (!replay_.wants_steps()) {
      if (Status s = replay_.advance(1, execution, {}); !s.ok()) return s;
      continue;
    }
    if (taken_ == block_.steps) {
      const std::int64_t most = std::max<std::int64_t>(1, kLoadsAtOnce / cells);
      if (Status s = source_.next(most, block_); !s.ok()) return s;
      taken_ = 0;
    }
    taken_ += replay_.take(block_, taken_, source_.rows(), execution);
  }
  return {};
}

bool ReplayWork::advance(const Execution& execution) {
  status_ = work(execution);
  is_running_ = status_.ok() && !replay_.done();
  return !is_running_ || teller_.is_due();
}

Replayed ReplayWork::replayed() const {
  Replayed all;
  all.question = question_.replay;
  all.sentence = status_.sentence();
  if (!status_.ok()) return all;
  all.done = replay_.step();
  all.total = replay_.steps();
  all.is_complete = replay_.done();
  all.first_scored = replay_.first_scored();
  all.intervals = std::ssize(replay_.intervals());
  all.expert_bytes = expert_bytes_;
  for (std::size_t i = 0; i < replay_.results().size(); ++i) {
    const PolicyResult& result = replay_.results()[i];
    ReplayedPolicy policy;
    policy.name = replay_.setup().policies[i].policy.name;
    policy.imbalance = result.figures.imbalance();
    policy.percentile = result.figures.imbalance_percentile();
    policy.replans = result.replans;
    policy.received_share = result.received_share();
    if (result.replans > 0) {
      policy.received = static_cast<double>(result.received) / static_cast<double>(result.replans);
    }
    policy.line = line_of(result.series);
    policy.split = result.split;
    all.policies.push_back(std::move(policy));
  }
  if (all.intervals > 0) all.conclusion = conclude(replay_);
  if (all.is_complete) all.hash = hex_text(replay_.hash());
  return all;
}

}  // namespace evenkeel
