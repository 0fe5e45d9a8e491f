#include "core/row/pair_cuts.hpp"

#include <algorithm>
#include <limits>

namespace evenkeel {
namespace {

constexpr std::size_t kPairs = 5;
constexpr int kRounds = 60;
constexpr double kAim = 1e-3;  // steps of the search aim at a sum that much above the slots

}  // namespace

PairCuts::PairCuts(const KnownRow& row, const Shape& shape) : slots_(shape.slots) {
  const auto copy_in = [&](int slot) -> Pair {
    const std::int32_t x = row.phy2log[slot];
    const double load = static_cast<double>(row.loads[x]);
    return {load / row.logcnt[x], load, row.logcnt[x]};
  };
  std::vector<Pair> all;
  for (int gpu = 0; gpu < shape.gpus; ++gpu) {
    const Pair a = copy_in(2 * gpu);
    const Pair b = copy_in(2 * gpu + 1);
    const Pair& larger = a.sum < b.sum ? b : a;
    all.push_back({a.sum + b.sum, larger.load, larger.count});
  }
  const auto is_before = [](const Pair& p, const Pair& q) {
    if (p.sum != q.sum) return p.sum > q.sum;
    return p.load != q.load ? p.load > q.load : p.count < q.count;
  };
  // The first few different ones: a search for each is far smaller in the module than std::sort.
  while (pairs_.size() < kPairs) {
    const Pair* first = nullptr;
    for (const Pair& pair : all) {
      const auto is_same = [&](const Pair& p) {
        return p.load == pair.load && p.count == pair.count;
      };
      if (std::any_of(pairs_.begin(), pairs_.end(), is_same)) continue;
      if (first == nullptr || is_before(pair, *first)) first = &pair;
    }
    if (first == nullptr) break;
    pairs_.push_back(*first);
  }
}

// A copy that is larger than 1/2 charges from the step on that pays what fits beside it.
void PairCuts::find_steps(double load) {
  steps_.clear();
  for (const Pair& pair : pairs_) {
    const double size = pair.load / load / pair.count;
    if (size > 0.5 && size <= 1) steps_.push_back(1 - size);
  }
  sort_descending(steps_);
}

// The cost of a copy is the same between two limits, and never negative as the weights add up to at most 1. So the least
// count between two limits is the cheapest one.
void PairCuts::find_choices(const CopySizes& sizes) {
  choices_.clear();
  const int n = static_cast<int>(steps_.size());
  const auto step = [&](int j) { return steps_[static_cast<std::size_t>(j)]; };
  for (std::size_t i = 0; i < sizes.ranges().size(); ++i) {
    const SizeRange& range = sizes.ranges()[i];
    int last = 0;
    const auto add = [&](int count) {
      if (count <= last || count > range.most) return;
      last = count;
      const double size = range.size / count;
      const double small = size > 0.5 ? 1 - size : size;
      int reached = 0;
      while (reached < n && step(reached) >= small) ++reached;
      choices_.push_back(
          {static_cast<int>(i), reached, size > 0.5 ? 1.0 : -1.0, static_cast<double>(count)});
    };
    add(range.least);
    if (range.size <= step(n - 1)) continue;
    for (int j = n - 1; j >= 0; --j) {
      const double at = step(j);
      add(range.first_count(1 - at, [&](double x) { return 1 - x > at; }));
    }
    for (int j = 0; j < n; ++j) {
      const double at = step(j);
      add(range.first_count(at, [&](double x) { return x <= at; }));
    }
  }
}

double PairCuts::least_sum() {
  reached_.assign(1, 0);
  for (const double weight : weight_) reached_.push_back(reached_.back() + weight);
  slope_.assign(weight_.size() + 1, 0);
  double sum = 0;
  for (std::size_t i = 0; i < choices_.size();) {
    const int expert = choices_[i].expert;
    const Choice* best = nullptr;
    double least = std::numeric_limits<double>::infinity();
    for (; i < choices_.size() && choices_[i].expert == expert; ++i) {
      const Choice& c = choices_[i];
      const double cost = c.count * (1 + c.sign * reached_[static_cast<std::size_t>(c.reached)]);
      if (!(cost < least)) continue;
      least = cost;
      best = &c;
    }
    sum += least;
    slope_[static_cast<std::size_t>(best->reached)] += best->sign * best->count;
  }
  for (std::size_t j = weight_.size(); j > 0; --j) slope_[j - 1] += slope_[j];
  slope_.erase(slope_.begin());  // what reaches step j has reached those before
  return sum;
}

// The sum is concave in the weights: they follow its subgradient, by Polyak's rule.
bool PairCuts::find_weights() {
  weight_.assign(steps_.size(), 0.5 / static_cast<double>(steps_.size()));
  for (int round = 0; round < kRounds; ++round) {
    const double sum = least_sum();
    if (sum > slots_ * (1 + kProofMargin)) return true;
    double norm = 0;
    for (const double slope : slope_) norm += slope * slope;
    if (!(norm > 0)) return false;
    const double length = (slots_ * (1 + kAim) - sum) / norm;
    double total = 0;
    for (std::size_t j = 0; j < weight_.size(); ++j) {
      weight_[j] = std::max(0.0, weight_[j] + length * slope_[j]);
      total += weight_[j];
    }
    for (double& weight : weight_) weight /= total > 1 ? total * (1 + 1e-15) : 1;
  }
  return false;
}

bool PairCuts::exclude(CopySizes& sizes, double load) {
  if (!sizes.set_load(load)) return true;
  find_steps(load);
  if (steps_.empty()) return false;
  find_choices(sizes);
  return find_weights();
}

}  // namespace evenkeel
