// Moves a copy from one expert to another: what becomes of the ranks.
#pragma once

#include <cstdint>

#include "core/lanes/lanes.hpp"
#include "core/lanes/order.hpp"
#include "core/lanes/select.hpp"
#include "core/row/keel/ranks.hpp"
#include "core/row/keel/state.hpp"

namespace evenkeel::keel {

// One more copy of expert a, one less of expert b, which has several: what becomes of the ranks.
struct CopyMove {
  int a, b;
  int a_begin, a_count, b_begin, b_count;  // before
  int a_bound, b_bound;                    // the old rank at which the new copies stand
  std::int32_t a_worth, b_worth;           // after
  int others_before_a, others_before_b;    // copies of other experts, after
  int a_first, b_first;                    // after

  // The number of copies of other experts before an old rank.
  HD int among_others(int r) const {
    return r - (r > a_begin ? a_count : 0) - (r > b_begin ? b_count : 0);
  }
  // The new rank of a copy of another expert.
  HD int moved(int r) const {
    const int other = among_others(r);
    return other + (others_before_a <= other ? a_count + 1 : 0) +
           (others_before_b <= other ? b_count - 1 : 0);
  }
};

// The first rank whose key is not below this one.
HD inline int lower_bound(const State& s, Key key) {
  return partition_point(0, s.slots,
                         [&](int r) { return largest_first(s.weight[r], s.expert[r]) < key; });
}

// The weight of a copy of x with one copy more or less, and where it would stand.
struct NewWeight {
  std::int32_t worth;
  int bound;
};
HD inline NewWeight new_weight(const State& s, int x, int more) {
  const std::int32_t worth = fixed_point(s, x, s.count[x] + more);
  return {worth, lower_bound(s, largest_first(worth, x))};
}

HD inline CopyMove copy_move(const State& s, int a, const NewWeight& of_a, int b,
                             const NewWeight& of_b) {
  CopyMove m;
  m.a = a;
  m.b = b;
  m.a_begin = s.first[a];
  m.a_count = s.count[a];
  m.b_begin = s.first[b];
  m.b_count = s.count[b];
  m.a_worth = of_a.worth;
  m.b_worth = of_b.worth;
  m.a_bound = of_a.bound;
  m.b_bound = of_b.bound;
  m.others_before_a = m.among_others(of_a.bound);
  m.others_before_b = m.among_others(of_b.bound);
  const bool b_first = largest_first(of_b.worth, b) < largest_first(of_a.worth, a);
  m.a_first = m.others_before_a + (b_first ? m.b_count - 1 : 0);
  m.b_first = m.others_before_b + (b_first ? 0 : m.a_count + 1);
  return m;
}

// Changes counts and ranks; not places.
template <class Lanes>
HD void apply(const Lanes& lanes, const State& s, const CopyMove& m) {
  lanes.sync();  // all lanes have read the ranks
  for_each_index(lanes, s.experts, [&](int x) {
    if (x == m.a) {
      s.first[x] = static_cast<Index>(m.a_first);
      s.count[x] = static_cast<Index>(m.a_count + 1);
      s.worth[x] = m.a_worth;
    } else if (x == m.b) {
      s.first[x] = static_cast<Index>(m.b_first);
      s.count[x] = static_cast<Index>(m.b_count - 1);
      s.worth[x] = m.b_worth;
    } else {
      s.first[x] = static_cast<Index>(m.moved(s.first[x]));
    }
  });
  lanes.sync();
  write_ranks(lanes, s);
}

// Expert a gets one more copy, in the place of the copy of rank `rank`, whose expert has several.
template <class Lanes>
HD void move_copy(const Lanes& lanes, const State& s, int a, int rank) {
  const int b = s.expert[rank];
  const CopyMove m = copy_move(s, a, new_weight(s, a, 1), b, new_weight(s, b, -1));
  lanes.sync();  // all lanes have read the ranks
  for_each_index(lanes, s.slots, [&](int place) {
    const int r = s.at[place];
    const int x = s.expert[r];
    int to = 0;
    if (r == rank) {
      to = m.a_first + m.a_count;
    } else if (x == a) {
      to = m.a_first + r - m.a_begin;
    } else if (x == b) {
      to = m.b_first + r - m.b_begin - (r > rank ? 1 : 0);
    } else {
      to = m.moved(r);
    }
    s.at[place] = static_cast<Index>(to);
  });
  apply(lanes, s, m);
  for_each_index(lanes, s.gpus, [&](int g) {
    std::int32_t sum = 0;
    for (int p = 0; p < s.places; ++p) {
      const int r = s.rank_at(g, p);
      s.gpu[r] = static_cast<Index>(g);
      s.place[r] = static_cast<Index>(p);
      sum += s.weight[r];
    }
    s.gpu_load[g] = sum;
    for (int p = 0; p < s.places; ++p) s.load_at[s.rank_at(g, p)] = sum;
  });
  lanes.sync();
}

}  // namespace evenkeel::keel
