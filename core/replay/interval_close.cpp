#include "core/replay/interval_close.hpp"

#include <algorithm>
#include <limits>

#include "core/replay/sampling.hpp"

namespace evenkeel {
namespace {

// The means over draws at each scale, one array for each policy.
using ScaleMeans = std::array<double, kScales>;

std::span<const std::int32_t> row_of(const std::vector<std::int32_t>& rows, std::size_t row,
                                     const Shape& shape) {
  const auto slots = static_cast<std::size_t>(shape.slots);
  return std::span(rows).subspan(row * slots, slots);
}

double sum_of(std::span<const double> values) {
  double sum = 0;
  for (const double value : values) sum += value;
  return sum;
}

// What the placements in force lose on random draws from the mean of the interval.
std::vector<ScaleMeans> lose_on_draws(ReplayLayer& layer, std::size_t policies, Random random) {
  const StepSum& interval = layer.interval();
  const auto steps = static_cast<double>(interval.steps);
  std::vector<double> shares(interval.shares.size());
  for (std::size_t e = 0; e < shares.size(); ++e) shares[e] = interval.shares[e] / steps;
  std::vector<double> drawn(shares.size());
  std::vector<ScaleMeans> means(policies);
  for (std::size_t scale = 0; scale < kScales; ++scale) {
    const double averaged =
        scale + 1 < kScales ? std::min(static_cast<double>(kScaleSteps[scale]), steps) : steps;
    const double tokens = std::min(layer.interval_tokens() / steps * averaged + 0.5,
                                   double{std::numeric_limits<std::int32_t>::max()});
    for (int draw = 0; draw < kDraws; ++draw) {
      draw_tokens(shares, static_cast<std::uint32_t>(tokens), random, drawn);
      const double total = sum_of(drawn);
      for (std::size_t policy = 0; policy < policies; ++policy) {
        means[policy][scale] +=
            layer.placed(policy).scorer.score(drawn, total).imbalance() / kDraws;
      }
    }
  }
  return means;
}

void set_bands(const ScaleMeans& scales, const ScaleMeans& on_draws, bool has_draws, Split& split) {
  for (std::size_t i = 0; i + 1 < kScales; ++i) {
    split.bands[i] = std::max(scales[i] - scales[i + 1], 0.0);
    split.sampling_bands[i] = has_draws ? on_draws[i] - on_draws[i + 1] : kUnknown;
  }
}

}  // namespace

void IntervalClose::begin(const ReplaySetup& setup, std::span<const ReplayLayer> layers,
                          const LayerNumbers& numbers, Bounds bounds) {
  setup_ = &setup;
  bounds_ = bounds;
  mean_ = {};
  mean_.layers = setup.shape.layers;
  mean_.experts = setup.shape.experts;
  mean_.first_layer = numbers.first;
  for (const ReplayLayer& layer : layers) {
    const StepSum& interval = layer.interval();
    const double steps = std::max(static_cast<double>(interval.steps), 1.0);
    const double tokens = layer.interval_tokens() / steps;
    for (const double share : interval.shares) {
      mean_.values.push_back(static_cast<float>(share / steps * tokens));
    }
  }
  splits_.assign(setup.policies.size(), std::vector<Split>(layers.size()));
}

IntervalClose::Ideal& IntervalClose::ideal_of(const PlannedPolicy& policy,
                                              std::vector<Ideal>& ideals) const {
  const bool plans = policy.policy.from != PlansFrom::nothing;
  // The best planner of a single window that starts from nothing is keel.
  const Rules rules = policy.policy.from == PlansFrom::mean_of_max
                          ? keel_like(policy.strategy.rules)
                          : policy.strategy.rules;
  for (Ideal& ideal : ideals) {
    if (ideal.shape == policy.shape && ideal.has_plan == plans &&
        (!plans || ideal.rules == rules)) {
      return ideal;
    }
  }
  ideals.push_back({policy.shape, rules, plans, {}, {}});
  return ideals.back();
}

Status IntervalClose::make_ideal(Ideal& ideal, const LayerRange& range, const Execution& execution,
                                 const StopQuestion& stop) const {
  ideal.bounds.resize(range.count());
  if (are_strong(bounds_, *execution.backend)) {
    if (Status s = strong_bounds(mean_, ideal.shape, ideal.rules.seed, execution, range.begin,
                                 ideal.bounds);
        !s.ok()) {
      return s;
    }
  } else {
    std::vector<LayerBound> all;
    if (Status s = lower_bounds(mean_, ideal.shape, all); !s.ok()) return s;
    for (std::size_t i = 0; i < range.count(); ++i) {
      ideal.bounds[i] = all[static_cast<std::size_t>(range.begin) + i].lower_bound;
    }
  }
  if (!ideal.has_plan) return {};
  const auto experts = static_cast<std::size_t>(ideal.shape.experts);
  ideal.phy2log.resize(range.count() * static_cast<std::size_t>(ideal.shape.slots));
  return place_loads(
      ideal.shape, ideal.rules, range,
      std::span(mean_.values)
          .subspan(static_cast<std::size_t>(range.begin) * experts, range.count() * experts),
      execution, stop, ideal.phy2log);
}

double IntervalClose::mean_of_kept(const ReplayLayer& layer,
                                   std::span<const std::int32_t> phy2log) const {
  StepScorer scorer(setup_->shape, phy2log);
  std::vector<double> loads(static_cast<std::size_t>(setup_->shape.experts));
  double sum = 0;
  double steps = 0;
  for (std::size_t i = 0; i < layer.kept_steps(); ++i) {
    const std::span<const float> step = layer.kept_step(i);
    std::copy(step.begin(), step.end(), loads.begin());
    const double total = sum_of(loads);
    if (!(total > 0)) continue;
    sum += scorer.score(loads, total).imbalance();
    ++steps;
  }
  return steps > 0 ? sum / steps : 0;
}

Status IntervalClose::plan_each_step(const ReplayLayer& layer, const Execution& execution,
                                     const StopQuestion& stop, double& out) const {
  std::vector<LayerMetrics> metrics(layer.kept_steps());
  Batch batch;
  batch.shape = setup_->shape;
  batch.rows = static_cast<std::int64_t>(metrics.size());
  batch.work = RowWork::measure_placed;
  batch.in.loads = layer.kept_steps() > 0 ? layer.kept_step(0).data() : nullptr;
  batch.out.metrics = metrics.data();
  batch.threads = execution.threads;
  batch.stop = stop;
  if (Status s = execution.backend->run(batch, keel_like({})); !s.ok()) return s;
  double sum = 0;
  double steps = 0;
  for (const LayerMetrics& step : metrics) {
    if (!(step.mean_load > 0)) continue;
    sum += step.imbalance();
    ++steps;
  }
  out = steps > 0 ? sum / steps : 0;
  return {};
}

Status IntervalClose::close(std::span<ReplayLayer> layers, std::int32_t begin, std::int32_t end,
                            std::size_t interval, const Execution& execution,
                            const StopQuestion& stop) {
  const std::vector<PlannedPolicy>& policies = setup_->policies;
  const LayerRange range = {layers, begin, end, mean_.first_layer};
  std::vector<Ideal> ideals;
  for (const PlannedPolicy& policy : policies) ideal_of(policy, ideals);
  for (Ideal& ideal : ideals) {
    if (Status s = make_ideal(ideal, range, execution, stop); !s.ok()) return s;
  }
  const bool looks_back = layers.front().kept_steps() > 0;
  std::vector<std::int32_t> hindsight;
  if (looks_back) {
    hindsight.resize(range.count() * static_cast<std::size_t>(setup_->shape.slots));
    if (Status s = plan_in_hindsight(setup_->shape, 0, range, execution, stop, hindsight);
        !s.ok()) {
      return s;
    }
  }
  for (std::size_t row = 0; row < range.count(); ++row) {
    const std::size_t at = static_cast<std::size_t>(begin) + row;
    ReplayLayer& layer = layers[at];
    const auto steps = static_cast<double>(layer.interval().steps);
    if (!(steps > 0)) continue;
    double each_step = 0;
    double in_hindsight = 0;
    if (looks_back) {
      if (Status s = plan_each_step(layer, execution, stop, each_step); !s.ok()) return s;
      in_hindsight = mean_of_kept(layer, row_of(hindsight, row, setup_->shape));
    }
    const bool has_draws = layer.has_whole_loads();
    const std::vector<ScaleMeans> on_draws =
        has_draws ? lose_on_draws(layer, policies.size(), Random(interval, at))
                  : std::vector<ScaleMeans>(policies.size());
    for (std::size_t i = 0; i < policies.size(); ++i) {
      const Ideal& ideal = ideal_of(policies[i], ideals);
      ReplayLayer::Placed& placed = layer.placed(i);
      const ScaleMeans scales = placed.scales.take();
      SplitInput in;
      in.total = scales.front();
      in.placed = scales.back();
      in.planned = in.placed;
      if (ideal.has_plan) {
        StepScorer scorer(ideal.shape, row_of(ideal.phy2log, row, ideal.shape));
        in.planned = scorer.score(layer.interval().shares, steps).imbalance();
      }
      const double mean = layer.interval_tokens() / steps / ideal.shape.gpus;
      in.bound = ideal.bounds[row] / mean - 1;
      in.noise = placed.noise;
      Split& split = splits_[i][at];
      split = split_of(in);
      split.steps = steps;
      set_bands(scales, on_draws[i], has_draws, split);
      split.hindsight_steps = looks_back ? steps : 0;
      split.hindsight = in_hindsight;
      split.each_step = each_step;
    }
  }
  return {};
}

}  // namespace evenkeel
