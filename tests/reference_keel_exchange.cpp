// The part of the reference of keel that exchanges copies.
#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <limits>
#include <numeric>

#include "tests/reference_keel.hpp"

namespace evenkeel::test::reference {
namespace {

constexpr int kLogRoom = 256;

}  // namespace

void KeelNode::set_apart() {
  if (!apart_) return;
  int ranks_left = 16 * slots_;
  for (int x = 0; x < static_cast<int>(loads_.size()); ++x) {
    for (int r = first(x) + 1; r < slots_ && copies_[r].expert == x; ++r) {
      bool shares = false;
      for (int q = first(x); q < r; ++q) shares = shares || copies_[q].gpu == copies_[r].gpu;
      if (!shares) continue;
      int partner = -1;
      for (int distance = 1; distance < slots_ && partner < 0; ++distance) {
        for (const int q : {r + distance, r - distance}) {
          if (partner >= 0 || q < 0 || q >= slots_ || copies_[q].gpu == copies_[r].gpu) continue;
          if (can_swap(r, q)) partner = q;
        }
      }
      ranks_left -= std::abs(partner - r);
      if (partner < 0 || ranks_left < 0) {
        for (int i = 0; i < slots_; ++i) put(i, i % gpus_, i / gpus_);
        return fill_at();
      }
      swap(r, partner);
    }
  }
}

bool KeelNode::swap_one(int h) {
  const std::vector<int> loads = gpu_loads();
  struct Found {
    int larger;
    int r = -1;
    int q = -1;
  };
  const auto best = [&](bool legal) {
    Found found = {loads[h]};
    for (int p = 0; p < places_; p += legal ? (places_ + 15) / 16 : (places_ + 63) / 64) {
      const int r = at_[h][p];
      for (int q = r + 1; q < std::min(slots_, r + (legal ? 65 : 257)); ++q) {
        if (copies_[q].gpu == h || (legal && !can_swap(r, q))) continue;
        const int less = copies_[r].weight - copies_[q].weight;
        const int larger = std::max(loads[h] - less, loads[copies_[q].gpu] + less);
        if (larger < found.larger) found = {larger, r, q};
      }
    }
    return found;
  };
  Found found = best(false);
  if (found.r >= 0 && !can_swap(found.r, found.q)) {
    found = best(true);
    steps_ -= std::min(steps_, 8);
  }
  if (found.r < 0) return false;
  swap(found.r, found.q);
  return true;
}

bool KeelNode::swap_two(int h, int target) {
  const std::vector<int> loads = gpu_loads();
  std::vector<int> partners(gpus_);
  std::iota(partners.begin(), partners.end(), 0);
  std::stable_sort(partners.begin(), partners.end(),
                   [&](int a, int b) { return loads[a] < loads[b]; });
  partners.erase(std::find(partners.begin(), partners.end(), h));
  const int n = std::min(places_, 12);
  std::vector<std::pair<int, int>> pairs;
  for (int second = 1; second < n; ++second) {
    for (int i = 0; i < second; ++i) pairs.push_back({i, second});
  }
  int best_larger = loads[h];
  std::vector<int> best;
  for (std::size_t i = 0; i < partners.size() && i < 7 && best_larger > target; ++i) {
    const int l = partners[i];
    float nearest = std::numeric_limits<float>::infinity();
    std::vector<int> ranks;
    for (const auto& [c, d] : pairs) {
      for (const auto& [a, b] : pairs) {
        const int heavy = copies_[at_[h][a]].weight + copies_[at_[h][b]].weight;
        const int light = copies_[at_[l][c]].weight + copies_[at_[l][d]].weight;
        const float apart = std::fabs(static_cast<float>(2 * heavy) -
                                      static_cast<float>(2 * light + loads[h] - loads[l]));
        if (apart >= nearest) continue;
        nearest = apart;
        ranks = {at_[h][a], at_[h][b], at_[l][c], at_[l][d]};
      }
    }
    const int more = copies_[ranks[0]].weight + copies_[ranks[1]].weight -
                     copies_[ranks[2]].weight - copies_[ranks[3]].weight;
    const int larger = std::max(loads[h] - more, loads[l] + more);
    if (larger >= best_larger) continue;
    bool legal = true;
    for (int side = 0; side < 2 && apart_; ++side) {
      for (int j = 0; j < 2; ++j) {
        const int expert = copies_[ranks[2 * side + j]].expert;
        const std::vector<int> leave = {ranks[2 - 2 * side], ranks[3 - 2 * side]};
        legal = legal && !holds(side == 0 ? l : h, expert, leave);
      }
    }
    if (!legal) continue;
    best_larger = larger;
    best = ranks;
  }
  if (best.empty()) return false;
  swap(best[0], best[2]);
  swap(best[1], best[3]);
  return true;
}

int KeelNode::refine(bool pairs, int target) {
  for (;;) {
    const std::vector<int> loads = gpu_loads();
    const auto most = std::max_element(loads.begin(), loads.end());
    const bool full = logging_ && static_cast<int>(log_.size()) + 2 > kLogRoom;
    if (*most <= target || full || steps_ == 0) return *most;
    --steps_;
    const int h = static_cast<int>(most - loads.begin());
    if (swap_one(h)) continue;
    if (!pairs || places_ < 4 || !swap_two(h, target)) return *most;
  }
}

int KeelNode::improve(bool pairs, int target) {
  rematch();
  set_apart();
  return refine(pairs, target);
}

}  // namespace evenkeel::test::reference
