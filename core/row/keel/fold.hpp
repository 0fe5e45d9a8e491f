// Two copies per GPU: the value of numbers of copies, and the moves that may improve it.
#pragma once

#include <cstdint>

#include "core/lanes/lanes.hpp"
#include "core/row/keel/move_copy.hpp"
#include "core/row/keel/state.hpp"

namespace evenkeel::keel {

inline constexpr int kAdds = 10;
inline constexpr int kDrops = 6;
inline constexpr int kMoves = 64;

struct FoldScratch {
  std::int32_t* weight;  // [slots] of a candidate, by rank
  Index* moves;          // [2 * kMoves] (a, b) since the best counts
};

// The largest pair, and the sum over the pairs of what exceeds a target, in units of 2^kExcessBits.
inline constexpr int kExcessBits = 8;
struct Fold {
  std::int32_t largest;
  std::int32_t excess;
};

namespace detail {

HD inline Fold fold(const std::int32_t* weight, int slots, std::int32_t target) {
  Fold f = {0, 0};
  for (int i = 0; i < slots / 2; ++i) {
    const std::int32_t pair = weight[i] + weight[slots - 1 - i];
    const std::int32_t over = (pair - target) >> kExcessBits;
    f.largest = pair > f.largest ? pair : f.largest;
    f.excess += over > 0 ? over : 0;
  }
  return f;
}

// The weights by rank after a move. Old blocks of a and b are left out, new ones put in.
class Edited {
 public:
  HD Edited(const State& s, const CopyMove& m) : s_(s), m_(m) {
    a_old_ = m.a_begin - (m.b_begin < m.a_begin ? m.b_count : 0);
    b_old_ = m.b_begin - (m.a_begin < m.b_begin ? m.a_count : 0);
  }
  // The old rank of the copy that gets new rank r; -1: a copy of a, -2: of b.
  HD int old_rank(int r) const {
    if (r >= m_.a_first && r <= m_.a_first + m_.a_count) return -1;
    if (r >= m_.b_first && r < m_.b_first + m_.b_count - 1) return -2;
    const int other =
        r - (r > m_.a_first ? m_.a_count + 1 : 0) - (r > m_.b_first ? m_.b_count - 1 : 0);
    return other + (other >= a_old_ ? m_.a_count : 0) + (other >= b_old_ ? m_.b_count : 0);
  }
  HD std::int32_t weight(int r) const {
    const int old = old_rank(r);
    return old >= 0 ? s_.weight[old] : old == -1 ? m_.a_worth : m_.b_worth;
  }
  HD int expert(int r) const {
    const int old = old_rank(r);
    return old >= 0 ? s_.expert[old] : old == -1 ? m_.a : m_.b;
  }

 private:
  const State& s_;
  const CopyMove& m_;
  int a_old_;
  int b_old_;
};

HD inline std::int32_t* copy_weights(const std::int32_t* from, int n, std::int32_t* to) {
  for (int i = 0; i < n; ++i) to[i] = from[i];
  return to + n;
}
HD inline std::int32_t* fill_weights(std::int32_t weight, int n, std::int32_t* to) {
  for (int i = 0; i < n; ++i) to[i] = weight;
  return to + n;
}

// One lane writes the edited weights in pieces.
HD inline void write_edited(const State& s, const CopyMove& m, std::int32_t* __restrict to) {
  const bool b_first = m.b_first < m.a_first;
  int from = 0;
  const auto old_until = [&](int end) {  // old weights, without the old blocks
    while (from < end) {
      int stop = end;
      if (from <= m.a_begin && m.a_begin < stop) stop = m.a_begin;
      if (from <= m.b_begin && m.b_begin < stop) stop = m.b_begin;
      to = copy_weights(s.weight + from, stop - from, to);
      from = stop;
      if (from == m.a_begin && from < end)
        from += m.a_count;
      else if (from == m.b_begin && from < end)
        from += m.b_count;
    }
  };
  if (b_first) {
    old_until(m.b_bound);
    to = fill_weights(m.b_worth, m.b_count - 1, to);
    old_until(m.a_bound);
    to = fill_weights(m.a_worth, m.a_count + 1, to);
  } else {
    old_until(m.a_bound);
    to = fill_weights(m.a_worth, m.a_count + 1, to);
    old_until(m.b_bound);
    to = fill_weights(m.b_worth, m.b_count - 1, to);
  }
  old_until(s.slots);
}

// The experts that may get a copy, and those that may lose one.
struct Candidates {
  int adds = 0;
  int drops = 0;
  int add[kAdds];
  int drop[kDrops];
  NewWeight added[kAdds];
  NewWeight dropped[kDrops];

  HD void try_add(const State& s, int x, int most) {
    if (s.count[x] >= most) return;
    for (int i = 0; i < adds; ++i) {
      if (add[i] == x) return;
    }
    add[adds] = x;
    added[adds++] = new_weight(s, x, 1);
  }
};

// critical: the heavier rank of the largest pair; most: copies of an expert. Every lane finds the same.
//
// A copy is added where it makes the pair lighter, or gives it a lighter partner: to the experts at and above its heavy
// copy, to the heaviest whose copies would then be lighter than its light copy, to the expert of that, and to the one of
// the least load. Copies are dropped where the others then weigh least.
HD inline void find_candidates(const State& s, int critical, int most, Candidates& c) {
  c.adds = c.drops = 0;
  const int small_rank = s.slots - 1 - critical;
  const std::int32_t small = s.weight[small_rank];
  int r = critical;
  for (int i = 0; i < 4 && r >= 0; ++i) {
    c.try_add(s, s.expert[r], most);
    r = s.first[s.expert[r]] - 1;
  }
  int found = 0;
  for (int x = 0; x < s.experts && found < 4; ++x) {
    const std::int64_t count = s.count[x];
    if (count * s.worth[x] >= (count + 1) * small) continue;
    c.try_add(s, x, most);
    ++found;
  }
  c.try_add(s, s.expert[small_rank], most);
  c.try_add(s, s.experts - 1, most);
  std::int32_t cost[kDrops];
  for (int x = 0; x < s.experts; ++x) {
    if (s.count[x] < 2) continue;
    const std::int32_t here =
        static_cast<std::int32_t>(std::int64_t{s.count[x]} * s.worth[x] / (s.count[x] - 1));
    if (c.drops == kDrops && here >= cost[kDrops - 1]) continue;
    int i = c.drops == kDrops ? kDrops - 1 : c.drops++;
    for (; i > 0 && here < cost[i - 1]; --i) {
      cost[i] = cost[i - 1];
      c.drop[i] = c.drop[i - 1];
    }
    cost[i] = here;
    c.drop[i] = x;
  }
  for (int i = 0; i < c.drops; ++i) c.dropped[i] = new_weight(s, c.drop[i], -1);
}

}  // namespace detail
}  // namespace evenkeel::keel
