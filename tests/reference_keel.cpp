#include "tests/reference_keel.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

namespace evenkeel::test::reference {
namespace {

// Positions of sums, largest first. Up to 96 sums, differences below a 16,384th of the spread or so do not count.
std::vector<int> sorted_sums(const std::vector<int>& sums) {
  const auto [least, most] = std::minmax_element(sums.begin(), sums.end());
  int shift = 0;
  if (sums.size() <= 96) {
    while ((*most - *least) >> shift >= 1 << 15) ++shift;
  }
  std::vector<int> order(sums.size());
  std::iota(order.begin(), order.end(), 0);
  std::stable_sort(order.begin(), order.end(), [&, base = *least](int a, int b) {
    return (sums[a] - base) >> shift > (sums[b] - base) >> shift;
  });
  return order;
}

std::uint64_t mix(std::uint64_t z) {
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
  return z ^ (z >> 31);
}

}  // namespace

KeelRandom::KeelRandom(std::uint64_t seed)
    : state_(mix(seed + 0x9e3779b97f4a7c15u) + mix(0x9e3779b97f4a7c15u)) {}

int KeelRandom::below(int n) {
  state_ += 0x9e3779b97f4a7c15u;
  return static_cast<int>((mix(state_) >> 32) * static_cast<std::uint64_t>(n) >> 32);
}

KeelNode::KeelNode(std::vector<float> loads, int slots, int gpus, bool apart)
    : loads_(std::move(loads)),
      count_(loads_.size(), 1),
      slots_(slots),
      gpus_(gpus),
      places_(slots / gpus),
      apart_(apart && places_ <= static_cast<int>(loads_.size())),
      crowded_(apart && !apart_) {
  most_ = apart_ ? gpus : slots;
  std::fill(count_.begin(), count_.end(), fewest());
}

double KeelNode::count_copies() {
  for (int extra = slots_ - fewest() * static_cast<int>(loads_.size()); extra > 0; --extra) {
    int chosen = -1;
    float highest = -1;
    for (std::size_t x = 0; x < loads_.size(); ++x) {
      const float average = loads_[x] / static_cast<float>(count_[x]);
      if (count_[x] == most_ || average <= highest) continue;
      highest = average;
      chosen = static_cast<int>(x);
    }
    ++count_[chosen];
  }
  double largest = 0;
  for (std::size_t x = 0; x < loads_.size(); ++x) {
    largest = std::max(largest, static_cast<double>(loads_[x]) / count_[x]);
  }
  return largest;
}

int KeelNode::worth(int expert, int count) const {
  return static_cast<int>(static_cast<double>(loads_[expert]) / count * scale_ + 0.5);
}

// All copies, heaviest first, then by expert.
void KeelNode::rank() {
  copies_.clear();
  for (int x = 0; x < static_cast<int>(loads_.size()); ++x) {
    for (int c = 0; c < count_[x]; ++c) copies_.push_back({worth(x, count_[x]), x});
  }
  std::stable_sort(copies_.begin(), copies_.end(),
                   [](const Copy& a, const Copy& b) { return a.weight > b.weight; });
}

int KeelNode::first(int expert) const {
  int r = 0;
  while (copies_[r].expert != expert) ++r;
  return r;
}

void KeelNode::put(int rank, int gpu, int place) {
  copies_[rank].gpu = gpu;
  copies_[rank].place = place;
}

void KeelNode::fill_at() {
  at_.assign(gpus_, std::vector<int>(places_));
  for (int r = 0; r < slots_; ++r) at_[copies_[r].gpu][copies_[r].place] = r;
}

std::vector<int> KeelNode::gpu_loads() const {
  std::vector<int> loads(gpus_, 0);
  for (const Copy& copy : copies_) loads[copy.gpu] += copy.weight;
  return loads;
}

int KeelNode::heaviest() const {
  const std::vector<int> loads = gpu_loads();
  return *std::max_element(loads.begin(), loads.end());
}

bool KeelNode::holds(int gpu, int expert, std::vector<int> except) const {
  for (int r = 0; r < slots_; ++r) {
    if (copies_[r].gpu != gpu || copies_[r].expert != expert) continue;
    if (std::find(except.begin(), except.end(), r) == except.end()) return true;
  }
  return false;
}

bool KeelNode::can_swap(int r, int q) const {
  if (crowded_) {
    return copies_[r].expert == copies_[q].expert ||
           (holds(copies_[r].gpu, copies_[r].expert, {r, q}) &&
            holds(copies_[q].gpu, copies_[q].expert, {r, q}));
  }
  return !apart_ || (!holds(copies_[q].gpu, copies_[r].expert, {r, q}) &&
                     !holds(copies_[r].gpu, copies_[q].expert, {r, q}));
}

void KeelNode::swap(int r, int q) {
  std::swap(copies_[r].gpu, copies_[q].gpu);
  std::swap(copies_[r].place, copies_[q].place);
  fill_at();
  if (logging_) log_.push_back({r, q});
}

void KeelNode::place_by_differencing() {
  struct Element {
    int sum;
    std::vector<int> ranks;
  };
  std::vector<std::vector<Element>> lists(places_);
  for (int r = 0; r < slots_; ++r) lists[r / gpus_].push_back({copies_[r].weight, {r}});
  const auto spread = [](const std::vector<Element>& list) {
    return list.empty() ? -1 : list.front().sum - list.back().sum;
  };
  for (int left = places_; left > 1; --left) {
    std::vector<int> order(places_);
    std::iota(order.begin(), order.end(), 0);
    std::stable_sort(order.begin(), order.end(),
                     [&](int a, int b) { return spread(lists[a]) > spread(lists[b]); });
    std::vector<Element>& a = lists[order[0]];
    std::vector<Element>& b = lists[order[1]];
    std::vector<int> sums;
    for (int p = 0; p < gpus_; ++p) sums.push_back(a[p].sum + b[gpus_ - 1 - p].sum);
    std::vector<Element> added;
    for (const int p : sorted_sums(sums)) {
      Element element = {sums[p], a[p].ranks};
      const std::vector<int>& more = b[gpus_ - 1 - p].ranks;
      element.ranks.insert(element.ranks.end(), more.begin(), more.end());
      added.push_back(element);
    }
    a = added;
    b.clear();
  }
  for (const std::vector<Element>& list : lists) {
    for (std::size_t g = 0; g < list.size(); ++g) {
      for (const int r : list[g].ranks) put(r, static_cast<int>(g), r / gpus_);
    }
  }
  fill_at();
}

void KeelNode::place_heaviest_first() {
  std::vector<int> load(gpus_, 0);
  std::vector<int> filled(gpus_, 0);
  for (int r = 0; r < slots_; ++r) {
    int g = -1;
    for (int i = 0; i < gpus_; ++i) {
      if (r < gpus_ ? i == r : filled[i] < places_ && (g < 0 || load[i] < load[g])) g = i;
    }
    put(r, g, filled[g]++);
    load[g] += copies_[r].weight;
  }
  fill_at();
}

void KeelNode::rematch() {
  const int cycles = places_ > 4 ? 0 : places_ == 4 ? 3 : 2;
  for (int cycle = 0; cycle < cycles; ++cycle) {
    for (int p = places_ - 1; p >= 0; --p) {
      std::vector<int> left = gpu_loads();
      std::vector<int> ranks;
      for (int r = 0; r < slots_; ++r) {
        if (copies_[r].place == p) ranks.push_back(r);
      }
      for (const int r : ranks) left[copies_[r].gpu] -= copies_[r].weight;
      const std::vector<int> order = sorted_sums(left);
      for (int i = 0; i < gpus_; ++i) put(ranks[i], order[gpus_ - 1 - i], p);
    }
  }
  fill_at();
}

std::vector<int> KeelNode::slot_experts() const {
  std::vector<int> experts;
  for (const std::vector<int>& gpu : at_) {
    for (const int r : gpu) experts.push_back(copies_[r].expert);
  }
  return experts;
}

std::vector<int> KeelNode::slot_copies() const {
  std::vector<int> numbers;
  for (const std::vector<int>& gpu : at_) {
    for (const int r : gpu) numbers.push_back(r - first(copies_[r].expert));
  }
  return numbers;
}

}  // namespace evenkeel::test::reference
