#include "core/replay/history.hpp"

#include <algorithm>
#include <numeric>

#include "core/batch/plans.hpp"
#include "core/traffic/deterministic_math.hpp"

namespace evenkeel {
namespace {

// The factor of a weight after one step.
double fade(double half_life) {
  constexpr double kLn2 = 0x1.62e42fefa39efp-1;
  return deterministic_exp(-kLn2 / half_life);
}

}  // namespace

void StepSum::clear() {
  std::fill(tokens.begin(), tokens.end(), 0.0);
  std::fill(shares.begin(), shares.end(), 0.0);
  steps = 0;
}

void StepSum::add(std::span<const double> loads, double total) {
  if (!(total > 0)) return;
  const double factor = 1 / total;
  for (std::size_t e = 0; e < loads.size(); ++e) {
    tokens[e] += loads[e];
    shares[e] += loads[e] * factor;
  }
  ++steps;
}

void StepSum::add(const StepSum& other) {
  for (std::size_t e = 0; e < tokens.size(); ++e) {
    tokens[e] += other.tokens[e];
    shares[e] += other.shares[e];
  }
  steps += other.steps;
}

LastSteps::LastSteps(std::int64_t steps, std::int64_t every, bool has_parts, std::size_t experts)
    : chunk_steps_(std::gcd(steps, every)),
      chunks_(static_cast<std::size_t>(steps / chunk_steps_)) {
  for (std::size_t part = 0; part < (has_parts ? 3u : 1u); ++part) {
    sums_[part].assign(chunks_, StepSum(experts));
  }
}

void LastSteps::add(std::span<const double> loads, double total, bool is_odd) {
  const std::size_t chunk = static_cast<std::size_t>(added_ / chunk_steps_) % chunks_;
  if (added_ % chunk_steps_ == 0) {
    for (std::vector<StepSum>& ring : sums_) {
      if (!ring.empty()) ring[chunk].clear();
    }
  }
  ++added_;
  sums_[0][chunk].add(loads, total);
  std::vector<StepSum>& part = sums_[is_odd ? 2 : 1];
  if (!part.empty()) part[chunk].add(loads, total);
}

StepSum LastSteps::sum(Part part) const {
  const std::vector<StepSum>& ring = sums_[static_cast<std::size_t>(part)];
  StepSum all = ring.front();
  for (std::size_t i = 1; i < ring.size(); ++i) all.add(ring[i]);
  return all;
}

ExponentialMean::ExponentialMean(double half_life, bool has_parts, std::size_t experts)
    : keep_(fade(half_life)) {
  for (std::size_t part = 0; part < (has_parts ? 3u : 1u); ++part) sums_[part].resize(experts);
}

void ExponentialMean::add(std::span<const double> loads, bool is_odd) {
  const auto fade_and_add = [&](std::vector<double>& sums, double factor) {
    for (std::size_t e = 0; e < sums.size(); ++e) sums[e] = keep_ * sums[e] + factor * loads[e];
  };
  fade_and_add(sums_[0], 1);
  fade_and_add(sums_[1], is_odd ? 0 : 1);
  fade_and_add(sums_[2], is_odd ? 1 : 0);
}

ChunkRing::ChunkRing(std::int64_t steps, std::size_t chunks, bool has_parts, std::size_t experts)
    : steps_(steps), chunks_(chunks), experts_(experts), has_parts_(has_parts) {
  // The loads of a step are rounded to whole numbers: each adds at most one half to a chunk's sum.
  unit_ = 0x1p22;
  while (unit_ * static_cast<double>(steps) > 0x1p31) unit_ /= 2;
  for (Half& half : halves_) {
    if (&half != halves_ && !has_parts) continue;
    half.tokens.resize(chunks * experts);
    half.steps.resize(chunks);
  }
}

void ChunkRing::add(std::span<const double> loads, double total, bool is_odd) {
  const auto chunk = static_cast<std::size_t>(added_ / steps_) % chunks_;
  const auto row = [&](Half& half) { return half.tokens.data() + chunk * experts_; };
  if (added_ % steps_ == 0) {
    for (Half& half : halves_) {
      if (half.steps.empty()) continue;
      std::fill_n(row(half), experts_, 0u);
      half.steps[chunk] = 0;
    }
  }
  ++added_;
  if (!(total > 0)) return;
  Half& half = halves_[has_parts_ && is_odd ? 1 : 0];
  std::uint32_t* sums = row(half);
  const double factor = unit_ / total;
  for (std::size_t e = 0; e < experts_; ++e) {
    sums[e] += static_cast<std::uint32_t>(loads[e] * factor + 0.5);
  }
  ++half.steps[chunk];
}

void ChunkRing::copy(Part part, double half_life, std::span<std::uint32_t> tokens,
                     std::span<std::uint32_t> weights) const {
  chunk_weights(half_life / static_cast<double>(steps_), weights);
  const std::int64_t begun = (added_ + steps_ - 1) / steps_;
  for (std::size_t i = 0; i < chunks_; ++i) {
    const std::int64_t chunk = begun - static_cast<std::int64_t>(chunks_ - i);
    std::uint32_t* row = tokens.data() + i * experts_;
    std::fill_n(row, experts_, 0u);
    if (chunk < 0) {
      weights[i] = 0;
      continue;
    }
    const auto at = static_cast<std::size_t>(chunk) % chunks_;
    std::uint32_t steps = 0;
    for (std::size_t odd = 0; odd < (has_parts_ ? 2u : 1u); ++odd) {
      if (part != Part::all && (part == Part::odd) != (odd == 1)) continue;
      const Half& half = halves_[odd];
      for (std::size_t e = 0; e < experts_; ++e) row[e] += half.tokens[at * experts_ + e];
      steps += half.steps[at];
    }
    // A chunk counts by its steps with tokens.
    weights[i] = static_cast<std::uint32_t>(std::uint64_t{weights[i]} * steps /
                                            static_cast<std::uint64_t>(steps_));
  }
}

}  // namespace evenkeel
