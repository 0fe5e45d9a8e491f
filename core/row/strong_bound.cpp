#include "core/row/strong_bound.hpp"

#include <algorithm>
#include <iterator>

#include "core/model/gpu_slots.hpp"
#include "core/row/copy_sizes.hpp"
#include "core/row/pair_cuts.hpp"

namespace evenkeel {
namespace {

constexpr double kLowered = 1 - 1e-12;
constexpr double kGain = 1e-4;  // the least gain that is looked for
constexpr int kHalvings = 9;

// Of each cut; at most 1, so that no copy costs less than nothing.
constexpr double kWeights[] = {1, 0.85, 0.7, 0.55, 0.4, 0.3, 0.2, 0.1};
constexpr int kNumber = static_cast<int>(std::size(kWeights));

// A step or a hinge at the size `at`.
struct Cut {
  bool hinge;
  double at;
  double others;  // copies of a GPU beside one

  double operator()(double x) const {
    if (!hinge) return x <= 0.5 ? (x <= at ? -1 : 0) : (1 - x <= at ? others : 0);
    if (x <= 0.5) return x < at ? x / at - 1 : 0;
    const double mean = (1 - x) / others;
    return mean < at ? others * (1 - mean / at) : 0;
  }
  bool charges(double x) const { return x > 0.5 && (*this)(x) > 0; }
  // Near the least size that is charged.
  double least_charged() const {
    const double size = 1 - (hinge ? others * at : at);
    return size > 0.5 ? size : 0.5;
  }
};

// Whether the cut, with one of the weights, proves that no placement has the sizes.
bool excludes(const Cut& cut, const CopySizes& sizes, int slots) {
  double sum[kNumber] = {};
  for (const SizeRange& range : sizes.ranges()) {
    double least[kNumber];
    const auto cost = [&](int count, int i, double s) { return count * (1 + kWeights[i] * s); };
    const double first = cut(range.size / range.least);
    for (int i = 0; i < kNumber; ++i) least[i] = cost(range.least, i, first);
    const auto try_count = [&](int count) {
      if (count > range.most) return;
      const double s = cut(range.size / count);
      for (int i = 0; i < kNumber; ++i) {
        const double value = cost(count, i, s);
        least[i] = value < least[i] ? value : least[i];
      }
    };
    // The cost of c copies is linear in c where they are charged, where they are neither, and where they are paid. So
    // it is least at an end of one of these ranges; it rises in the second and third.
    if (range.size > cut.at) {
      const int free =
          range.first_count(cut.least_charged(), [&](double x) { return !cut.charges(x); });
      if (free > range.least) {
        try_count(free - 1);
        try_count(free);
      }
      try_count(range.first_count(cut.at, [&](double x) { return x <= cut.at; }));
    }
    for (int i = 0; i < kNumber; ++i) sum[i] += least[i];
  }
  return std::any_of(sum, sum + kNumber, [&](double s) { return s > slots * (1 + kProofMargin); });
}

// Raises `bound`, below `high`, as far as exclude(load) proves by halving what is left.
template <class Exclude>
void raise(double& bound, double high, Exclude exclude) {
  double low = bound * (1 + kGain);
  if (!(low < high) || !exclude(low)) return;
  for (int i = 0; i < kHalvings && high - low > kGain * low; ++i) {
    const double middle = low + (high - low) / 2;
    (exclude(middle) ? low : high) = middle;
  }
  bound = low;
}

// Tries a step or a hinge at the size at(load).
template <class At>
void try_cut(CopySizes& sizes, const Shape& shape, double high, bool hinge, At at, double& bound) {
  const int others = most_slots_per_gpu(shape) - 1;
  const double most = hinge ? 1.0 / (others + 1) : 0.5;
  raise(bound, high, [&](double load) {
    if (!sizes.set_load(load)) return true;
    const double size = at(load);
    return size > 0 && size <= most &&
           excludes({hinge, size, static_cast<double>(others)}, sizes, shape.slots);
  });
}

// Steps and hinges at sizes on a grid, and at those of light experts: j large copies need the j (k - 1) lightest.
void try_cuts(CopySizes& sizes, const Shape& shape, double high, double& bound) {
  constexpr int kGrid = 8;
  const int others = most_slots_per_gpu(shape) - 1;
  for (int i = kGrid; i >= 1; --i) {
    const double part = static_cast<double>(i) / kGrid;
    try_cut(
        sizes, shape, high, false, [&](double) { return part / 2; }, bound);
    try_cut(
        sizes, shape, high, true, [&](double) { return part / (others + 1); }, bound);
  }
  for (int j = 1; j * others < shape.experts; j += 1 + j / 8) {
    const double* next = &sizes.loads()[static_cast<std::size_t>(shape.experts - 1 - j * others)];
    try_cut(
        sizes, shape, high, false, [&](double load) { return next[1] / load; }, bound);
    try_cut(
        sizes, shape, high, true, [&](double load) { return next[0] / load; }, bound);
  }
}

}  // namespace

double strong_bound_row(const KnownRow& row, const Shape& shape) {
  const bool is_near = row.max_load <= row.bound * (1 + kStrongFrom);
  if (is_near || most_slots_per_gpu(shape) < 2)
    return row.bound;  // with one slot, the largest copy is all
  CopySizes sizes(row.loads, shape);
  double bound = row.bound;
  if (most_slots_per_gpu(shape) == 2) {
    PairCuts pairs(row, shape);
    raise(bound, row.max_load, [&](double load) { return pairs.exclude(sizes, load); });
  }
  try_cuts(sizes, shape, row.max_load, bound);
  return std::max(row.bound, bound * kLowered);
}

}  // namespace evenkeel
