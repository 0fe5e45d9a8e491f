// The part of the reference of keel for two copies per GPU.
#include <algorithm>
#include <utility>
#include <vector>

#include "tests/reference_keel.hpp"

namespace evenkeel::test::reference {

int KeelNode::largest_pair() const {
  int largest = 0;
  for (int i = 0; i < slots_ / 2; ++i) {
    largest = std::max(largest, copies_[i].weight + copies_[slots_ - 1 - i].weight);
  }
  return largest;
}

bool KeelNode::middle_is_one_expert() const {
  return copies_[slots_ / 2 - 1].expert == copies_[slots_ / 2].expert;
}

// In units of 256.
std::int64_t KeelNode::excess(int aim) const {
  std::int64_t sum = 0;
  for (int i = 0; i < slots_ / 2; ++i) {
    sum += std::max(0, (copies_[i].weight + copies_[slots_ - 1 - i].weight - aim) >> 8);
  }
  return sum;
}

void KeelNode::change_counts(int more, int less) {
  ++count_[more];
  --count_[less];
  rank();
}

// Moves that lower the excess, the first that does each time.
int KeelNode::descend(int aim, int& folds, std::vector<std::pair<int, int>>& moves) {
  const int experts = static_cast<int>(loads_.size());
  while (largest_pair() > aim && folds > 0 && moves.size() < 64) {
    int i = 0;
    while (copies_[i].weight + copies_[slots_ - 1 - i].weight != largest_pair()) ++i;
    const Copy small = copies_[slots_ - 1 - i];
    std::vector<int> adds;
    const auto add = [&](int x) {
      if (count_[x] < most_ && std::find(adds.begin(), adds.end(), x) == adds.end()) {
        adds.push_back(x);
      }
    };
    // The four experts at or above the large copy.
    for (int n = 0, r = i; n < 4 && r >= 0; ++n) {
      add(copies_[r].expert);
      r = first(copies_[r].expert) - 1;
    }
    // The four heaviest that fall below the small copy when they are split.
    for (int x = 0, n = 0; x < experts && n < 4; ++x) {
      const std::int64_t worth_now = worth(x, count_[x]);
      if (count_[x] * worth_now >= (count_[x] + 1L) * small.weight) continue;
      add(x);
      ++n;
    }
    add(small.expert);
    add(experts - 1);
    // The six that are cheapest to lose a copy.
    std::vector<int> drops;
    for (int x = 0; x < experts; ++x) {
      if (count_[x] > 1) drops.push_back(x);
    }
    std::stable_sort(drops.begin(), drops.end(), [&](int a, int b) {
      const auto cost = [&](int x) {
        return static_cast<std::int64_t>(count_[x]) * worth(x, count_[x]) / (count_[x] - 1);
      };
      return cost(a) < cost(b);
    });
    if (drops.size() > 6) drops.resize(6);

    const std::int64_t now = excess(aim);
    bool found = false;
    for (std::size_t d = 0; d < drops.size() && !found; ++d) {
      for (std::size_t a = 0; a < adds.size() && !found && folds > 0; ++a) {
        --folds;
        if (adds[a] == drops[d]) continue;
        change_counts(adds[a], drops[d]);
        found = excess(aim) < now && !(apart_ && middle_is_one_expert());
        if (found) {
          moves.push_back({adds[a], drops[d]});
        } else {
          change_counts(drops[d], adds[a]);
        }
      }
    }
    if (!found) {
      if (folds > 0) --folds;
      break;
    }
  }
  return largest_pair();
}

void KeelNode::search_pairs(int folds, int target, KeelRandom& random) {
  const int experts = static_cast<int>(loads_.size());
  if (slots_ > experts && folds > 0) {
    std::vector<std::pair<int, int>> moves;
    int best = largest_pair();
    const auto keep_or_undo = [&](int now) {
      if (now <= best && !(apart_ && middle_is_one_expert())) {
        best = now;
      } else {
        for (auto it = moves.rbegin(); it != moves.rend(); ++it) {
          change_counts(it->second, it->first);
        }
      }
      moves.clear();
    };
    int step = 512;
    for (int failures = 0; failures < 2 && folds > 0 && best > target;) {
      const int aim =
          best - static_cast<int>(static_cast<std::int64_t>(best - kUnit) * step / 1024);
      const int now = descend(aim, folds, moves);
      failures += now <= aim ? 0 : 1;
      step = now <= aim ? std::min(step * 3 / 2, 512) : step * 2 / 5;
      keep_or_undo(now);
    }
    while (folds > 0 && best > target) {
      --folds;
      const int number = 1 + random.below(3);
      for (int i = 0; i < number; ++i) {
        const int b = copies_[random.below(slots_)].expert;
        const int a =
            random.below(2) == 0 ? copies_[random.below(slots_)].expert : random.below(experts);
        if (a == b || count_[b] < 2 || count_[a] >= most_) continue;
        change_counts(a, b);
        moves.push_back({a, b});
      }
      if (moves.empty()) continue;
      keep_or_undo(
          descend(best - static_cast<int>(static_cast<std::int64_t>(best - kUnit) * 64 / 1024),
                  folds, moves));
    }
  }
  for (int r = 0; r < slots_; ++r) {
    put(r, r < gpus_ ? r : slots_ - 1 - r, r < gpus_ ? 0 : 1);
  }
  fill_at();
}

}  // namespace evenkeel::test::reference
