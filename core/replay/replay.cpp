#include "core/replay/replay.hpp"

#include <algorithm>
#include <utility>

#include "core/base/float_mode.hpp"
#include "core/base/parallel.hpp"
#include "core/base/text.hpp"
#include "core/batch/step_row.hpp"
#include "core/model/gpu_slots.hpp"

namespace evenkeel {
namespace {

constexpr std::int64_t kMostEvery = 1'000'000'000;
constexpr std::int64_t kMostStepsTaken = 256;  // at once; bounds memory
// Hindsight takes longer than everything else: it is computed for so many intervals, evenly spaced.
constexpr std::int64_t kMostHindsight = 64;

// How many slots of one layer received an expert that was not on their GPU before, GPU by GPU.
void count_received(const Shape& shape, std::span<const std::int32_t> before,
                    std::span<const std::int32_t> after, std::vector<std::int64_t>& of_gpu) {
  const auto slots = static_cast<std::size_t>(most_slots_per_gpu(shape));
  for (std::size_t i = 0; i < after.size(); ++i) {
    const auto gpu_begin = before.begin() + static_cast<std::ptrdiff_t>(i / slots * slots);
    const auto gpu_end = gpu_begin + static_cast<std::ptrdiff_t>(slots);
    if (std::find(gpu_begin, gpu_end, after[i]) == gpu_end) ++of_gpu[i / slots];
  }
}

// How a deployment without a plan is placed: the experts in order, redundant slots round-robin.
std::vector<std::int32_t> contiguous(const Shape& shape) {
  std::vector<std::int32_t> row(static_cast<std::size_t>(shape.slots));
  for (std::size_t i = 0; i < row.size(); ++i) {
    row[i] = static_cast<std::int32_t>(i) % shape.experts;
  }
  std::vector<std::int32_t> all;
  for (std::int32_t layer = 0; layer < shape.layers; ++layer) {
    all.insert(all.end(), row.begin(), row.end());
  }
  return all;
}

Status check_options(const ReplayOptions& options, std::int64_t steps, Vocabulary words) {
  const auto wrong = [&](std::string_view option, std::int64_t value, const std::string& expected) {
    return Status::error(word_for(words, option, std::to_string(value)) + ": expected " + expected);
  };
  if (options.every < 1 || options.every > kMostEvery) {
    return wrong("every", options.every,
                 "1 to " + std::to_string(kMostEvery) + " steps between plans");
  }
  if (options.delay < 0 || options.delay >= options.every) {
    return wrong("delay", options.delay,
                 "0 to " + std::to_string(options.every - 1) +
                     " steps: a plan arrives before the next one is made");
  }
  if (options.from < 0 && options.every + options.delay >= steps) {
    return Status::error(several(steps, "step") + "; expected at least " +
                         std::to_string(options.every + options.delay + 1) +
                         ": the first plan is in force after " +
                         word_for(words, "every", std::to_string(options.every)) +
                         (options.delay > 0 ? " and the delay" : ""));
  }
  if (options.from >= steps) {
    return wrong("from", options.from,
                 "a step before the end of the " + std::to_string(steps) + " steps");
  }
  return {};
}

}  // namespace

double PolicyResult::received_share() const {
  const double all = static_cast<double>(replans) * static_cast<double>(slots);
  return all > 0 ? static_cast<double>(received) / all : 0;
}

Status Replay::start(const ReplaySetup& setup, const ReplayOptions& options,
                     const LayerNumbers& layers, std::int64_t steps, Vocabulary words) {
  *this = Replay();
  if (Status status = check_options(options, steps, words); !status.ok()) return status;
  setup_ = setup;
  options_ = options;
  setup_.splits = options.splits;
  setup_.windows.front() = options.every;
  if (options_.from < 0) options_.from = options.every + options.delay;
  steps_ = steps;
  const std::size_t policies = setup.policies.size();
  const auto count = static_cast<std::size_t>(setup.shape.layers);
  for (std::size_t i = 0; i < count; ++i) {
    layer_numbers_.push_back(layers[i]);
    is_dense_.push_back(layers.is_dense(i));
  }
  const auto moe_layers = std::count(is_dense_.begin(), is_dense_.end(), false);
  layers_.assign(count, ReplayLayer(setup_, policies));
  plans_.resize(policies);
  since_plan_.resize(policies);
  results_.resize(policies);
  hash_.add_int32(setup.shape.layers);
  hash_.add_int32(setup.shape.experts);
  for (std::size_t i = 0; i < policies; ++i) {
    const PlannedPolicy& policy = setup_.policies[i];
    results_[i].figures = StepFigures(count);
    results_[i].split_of_layer.resize(count);
    results_[i].slots = moe_layers * policy.shape.slots;
    hash_.add_int32(policy.shape.slots);
    hash_.add_int32(policy.shape.gpus);
    put_in_force(i, policy.policy.from == PlansFrom::given ? policy.given.phy2log
                                                           : contiguous(policy.shape));
  }
  const std::int64_t intervals = (steps_ - options_.from) / options_.every + 2;
  hindsight_every_ = (intervals + kMostHindsight - 1) / kMostHindsight;
  begin_interval(0);
  return {};
}

std::int64_t Replay::next_stop() const {
  const std::int64_t plan = (step_ / options_.every + 1) * options_.every;
  std::int64_t arrival = plan;
  if (options_.delay > 0) {
    const std::int64_t since = step_ - options_.delay;
    arrival = (since < 0 ? 1 : since / options_.every + 1) * options_.every + options_.delay;
  }
  return std::min({plan, arrival, steps_});
}

std::int64_t Replay::take(const RawSteps& block, std::int64_t first,
                          std::span<const std::int32_t> rows, const Execution& execution) {
  const std::int64_t count = std::min({block.steps - first, next_stop() - step_, kMostStepsTaken});
  const std::size_t policies = setup_.policies.size();
  const auto steps = static_cast<std::size_t>(count);
  const bool looks_back = static_cast<std::int64_t>(intervals_.size()) % hindsight_every_ == 0;
  step_loads_.assign(layers_.size() * steps * policies, {});
  for_ranges(static_cast<std::int64_t>(layers_.size()), execution.threads, [&]() -> RangeWork {
    return [&, loads = std::vector<double>(static_cast<std::size_t>(setup_.shape.experts))](
               std::int64_t begin, std::int64_t end) mutable {
      const DefaultFloatMode mode;
      for (std::int64_t layer = begin; layer < end; ++layer) {
        const auto at = static_cast<std::size_t>(layer);
        for (std::int64_t i = 0; i < count; ++i) {
          const std::int64_t step = step_ + i;
          const double total = read_step_row(
              block, first + i, rows.empty() ? static_cast<std::int32_t>(layer) : rows[at], loads);
          OpenStep open;
          open.is_odd = step % 2 == 1;
          open.is_scored = step >= options_.from;
          open.is_kept =
              open.is_scored && looks_back && (step - interval_begin_) % kept_every_ == 0;
          open.is_measured = open.is_scored || options_.threshold > 0;
          layers_[at].add(
              open, loads, total,
              std::span(step_loads_)
                  .subspan((at * steps + static_cast<std::size_t>(i)) * policies, policies));
        }
      }
    };
  });
  sum_up(count);
  const bool is_stop = count == next_stop() - step_;
  step_ += count;
  if (is_stop) add_jobs();
  return count;
}

void Replay::sum_up(std::int64_t steps) {
  const DefaultFloatMode mode;
  const std::size_t policies = setup_.policies.size();
  const auto count = static_cast<std::size_t>(steps);
  for (std::size_t i = 0; i < count; ++i) {
    const bool is_scored = step_ + static_cast<std::int64_t>(i) >= options_.from;
    for (std::size_t policy = 0; policy < policies; ++policy) {
      PolicyResult& result = results_[policy];
      Sum step;
      for (std::size_t layer = 0; layer < layers_.size(); ++layer) {
        const StepLoad& load = step_loads_[(layer * count + i) * policies + policy];
        if (!(load.mean > 0)) continue;
        step.imbalance += load.imbalance();
        step.balancedness += load.balancedness();
        ++step.count;
        if (is_scored) result.figures.add(layer, load);
      }
      since_plan_[policy].add(step);
      if (!is_scored) continue;
      in_interval_[policy].add(step);
      result.figures.end_step();
      if (step.count > 0) {
        result.series.add(step.imbalance / static_cast<double>(step.count));
      } else {
        result.series.skip();
      }
    }
  }
}

bool Replay::should_plan(std::size_t policy) const {
  const PlannedPolicy& planned = setup_.policies[policy];
  if (!planned.plans()) return false;
  // Plans begin with the last one that is in force at the first scored step: steps before it are only history.
  if (step_ + options_.every + options_.delay <= options_.from) return false;
  if (planned.policy.from == PlansFrom::first) return results_[policy].plans == 0;
  if (!(options_.threshold > 0) || results_[policy].plans == 0) return true;
  const Sum& since = since_plan_[policy];
  return since.count > 0 &&
         since.balancedness < options_.threshold * static_cast<double>(since.count);
}

void Replay::add_jobs() {
  const bool is_end = step_ == steps_;
  const bool is_plan = step_ % options_.every == 0 && !is_end;
  const std::int64_t since = step_ - options_.delay;
  const bool is_arrival = since > 0 && since % options_.every == 0 && !is_end;
  if ((is_arrival || is_end) && step_ > interval_begin_) {
    if (options_.splits) {
      close_.begin(setup_, layers_, {layer_numbers_.front(), layer_numbers_}, options_.bounds);
      jobs_.push_back({JobKind::close});
    }
    jobs_.push_back({JobKind::finish_interval});
  }
  if (is_plan) add_plan_jobs();
  if (is_arrival) jobs_.push_back({JobKind::install});
}

void Replay::add_plan_jobs() {
  for (std::size_t policy = 0; policy < setup_.policies.size(); ++policy) {
    if (!should_plan(policy)) continue;
    jobs_.push_back({JobKind::plan, policy, Part::all});
    if (!options_.splits) continue;
    jobs_.push_back({JobKind::plan, policy, Part::even});
    jobs_.push_back({JobKind::plan, policy, Part::odd});
    jobs_.push_back({JobKind::estimate_noise, policy});
  }
  std::fill(since_plan_.begin(), since_plan_.end(), Sum());
}

Status Replay::advance(std::int32_t layers, const Execution& execution, const StopQuestion& stop) {
  const DefaultFloatMode mode;
  Job& job = jobs_.front();
  const auto all = static_cast<std::int32_t>(layers_.size());
  const std::int32_t end = std::min(job.layer + std::max(layers, 1), all);
  bool is_done = true;
  Status status;
  switch (job.kind) {
    case JobKind::close:
      status = close_.close(layers_, job.layer, end, intervals_.size(), execution, stop);
      is_done = end == all;
      break;
    case JobKind::finish_interval:
      finish_interval();
      break;
    case JobKind::plan:
      status = plan(job, end, execution, stop);
      is_done = end == all;
      break;
    case JobKind::estimate_noise:
      estimate_noise(job, end);
      is_done = end == all;
      break;
    case JobKind::install:
      install();
      break;
  }
  if (!status.ok()) return status;
  job.layer = end;
  if (is_done) jobs_.erase(jobs_.begin());
  return {};
}

Status Replay::plan(const Job& job, std::int32_t end, const Execution& execution,
                    const StopQuestion& stop) {
  const PlannedPolicy& policy = setup_.policies[job.policy];
  Plan& plan = plans_[job.policy];
  plan.exists = true;
  std::vector<std::int32_t>& rows = plan.phy2log[static_cast<std::size_t>(job.part)];
  const auto slots = static_cast<std::size_t>(policy.shape.slots);
  rows.resize(layers_.size() * slots);
  const LayerRange range = {layers_, job.layer, end, layer_numbers_.front()};
  return plan_policy(
      policy, job.policy, job.part, results_[job.policy].plans == 0, range, execution, stop,
      std::span(rows).subspan(static_cast<std::size_t>(job.layer) * slots, range.count() * slots));
}

void Replay::estimate_noise(const Job& job, std::int32_t end) {
  const Shape& shape = setup_.policies[job.policy].shape;
  Plan& plan = plans_[job.policy];
  plan.noise.resize(layers_.size());
  const auto slots = static_cast<std::size_t>(shape.slots);
  for (auto i = static_cast<std::size_t>(job.layer); i < static_cast<std::size_t>(end); ++i) {
    const LastSteps& window = layers_[i].window(setup_.policies[job.policy].window);
    const StepSum even = window.sum(Part::even);
    const StepSum odd = window.sum(Part::odd);
    plan.noise[i] = 0;
    if (even.steps == 0 || odd.steps == 0) continue;
    const auto loses = [&](Part planned_on, const StepSum& on) {
      const auto& rows = plan.phy2log[static_cast<std::size_t>(planned_on)];
      StepScorer scorer(shape, std::span(rows).subspan(i * slots, slots));
      return scorer.score(on.shares, static_cast<double>(on.steps)).imbalance();
    };
    plan.noise[i] = noise_of({loses(Part::even, even), loses(Part::even, odd),
                              loses(Part::odd, even), loses(Part::odd, odd)});
  }
}

void Replay::begin_interval(std::int64_t step) {
  interval_begin_ = std::max(step, options_.from);
  const std::int64_t since = interval_begin_ - options_.delay;
  const std::int64_t next =
      (since < 0 ? 1 : since / options_.every + 1) * options_.every + options_.delay;
  const std::int64_t length = std::min(next, steps_) - interval_begin_;
  const auto most = static_cast<std::int64_t>(kMostHindsightSteps);
  kept_every_ = std::max<std::int64_t>((length + most - 1) / most, 1);
  for (ReplayLayer& layer : layers_) layer.begin_interval();
  open_.assign(setup_.policies.size(), {});
  in_interval_.assign(setup_.policies.size(), {});
}

void Replay::finish_interval() {
  for (std::size_t policy = 0; policy < open_.size(); ++policy) {
    PolicyInterval& open = open_[policy];
    const Sum& sum = in_interval_[policy];
    open.imbalance = sum.count > 0 ? sum.imbalance / static_cast<double>(sum.count) : 0;
    if (options_.splits) {
      PolicyResult& result = results_[policy];
      const std::span<const Split> splits = close_.splits(policy);
      for (std::size_t layer = 0; layer < splits.size(); ++layer) {
        open.split.add(splits[layer]);
        result.split_of_layer[layer].add(splits[layer]);
      }
      result.split.add(open.split);
    }
  }
  intervals_.push_back({{interval_begin_, step_}, std::move(open_)});
}

void Replay::install() {
  begin_interval(step_);
  for (std::size_t policy = 0; policy < plans_.size(); ++policy) {
    Plan& plan = plans_[policy];
    if (!std::exchange(plan.exists, false)) continue;
    const Shape& shape = setup_.policies[policy].shape;
    const auto slots = static_cast<std::size_t>(shape.slots);
    std::vector<std::int64_t> received(static_cast<std::size_t>(shape.gpus));
    for (std::size_t i = 0; i < layers_.size(); ++i) {
      const auto row = std::span<const std::int32_t>(plan.phy2log[0]).subspan(i * slots, slots);
      if (!is_dense_[i]) count_received(shape, layers_[i].placed(policy).phy2log, row, received);
      if (!plan.noise.empty()) layers_[i].placed(policy).noise = plan.noise[i];
    }
    put_in_force(policy, plan.phy2log[0]);
    PolicyInterval& open = open_[policy];
    open.planned = true;
    for (const std::int64_t slots_of_gpu : received) {
      open.received += slots_of_gpu;
      open.most_received = std::max(open.most_received, slots_of_gpu);
    }
    PolicyResult& result = results_[policy];
    if (result.plans++ == 0 || step_ < options_.from) continue;
    ++result.replans;
    result.received += open.received;
    result.most_received = std::max(result.most_received, open.most_received);
  }
}

void Replay::put_in_force(std::size_t policy, std::span<const std::int32_t> phy2log) {
  const Shape& shape = setup_.policies[policy].shape;
  const auto slots = static_cast<std::size_t>(shape.slots);
  hash_.add_int32(static_cast<std::int32_t>(policy));
  hash_.add_int32(static_cast<std::int32_t>(step_));
  for (const std::int32_t expert : phy2log) hash_.add_int32(expert);
  for (std::size_t i = 0; i < layers_.size(); ++i) {
    layers_[i].place(policy, shape, phy2log.subspan(i * slots, slots));
  }
}

}  // namespace evenkeel
