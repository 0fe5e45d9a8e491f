// Two copies per GPU. For fixed copies the best placement folds the ranks: rank i stays with rank P - 1 - i. So the
// search is for the numbers of copies.
//
// It descends on the excess V(T), the sum over the pairs of what exceeds T, for a T between the largest pair and the
// bound; a move adds a copy of one expert and drops one of another.
#pragma once

#include <cstdint>

#include "core/lanes/lanes.hpp"
#include "core/lanes/random.hpp"
#include "core/lanes/select.hpp"
#include "core/row/keel/events.hpp"
#include "core/row/keel/fold.hpp"
#include "core/row/keel/move_copy.hpp"
#include "core/row/keel/start.hpp"
#include "core/row/keel/state.hpp"

namespace evenkeel::keel {

namespace detail {

// The search over counts. All lanes have the same values in it.
template <class Lanes>
class PairSearch {
 public:
  // most: copies of an expert; folds: candidates that may be looked at.
  HD PairSearch(const Lanes& lanes, const State& s, int most, const FoldScratch& scratch, int folds)
      : lanes_(lanes), s_(s), scratch_(scratch), most_(most), folds_(folds) {}

  // Makes the largest pair smaller; returns it.
  HD std::int32_t run(Random& random, std::int32_t target) {
    std::int32_t best = fold(s_.weight, s_.slots, 0).largest;
    int step = kHalf;
    for (int failures = 0; failures < 2 && folds_ > 0 && best > target;) {
      tell(lanes_, TrialBegins{s_, 0});
      const std::int32_t aim = best - part(best - kUnit, step);
      const std::int32_t now = descend(aim);
      if (now <= aim) {
        step = step * 3 / 2 < kHalf ? step * 3 / 2 : kHalf;
      } else {
        step = step * 2 / 5;
        ++failures;
      }
      best = keep_or_undo(now, best);
    }
    while (folds_ > 0 && best > target) {
      --folds_;
      tell(lanes_, TrialBegins{s_, 0});
      jump(random);
      if (moves_ == 0) continue;
      best = keep_or_undo(descend(best - part(best - kUnit, kHalf / 8)), best);
    }
    return best;
  }

 private:
  // Of a gap in units of 1 / (2 kHalf): the largest step down.
  static constexpr int kHalf = 512;
  HD static std::int32_t part(std::int32_t gap, int step) {
    return static_cast<std::int32_t>(static_cast<std::int64_t>(gap) * step / (2 * kHalf));
  }

  // Moves that lower the excess over `aim`, until no pair exceeds it; returns the largest pair.
  HD std::int32_t descend(std::int32_t aim) {
    Fold now = fold(s_.weight, s_.slots, aim);
    while (now.largest > aim && folds_ > 0 && moves_ < kMoves) {
      int critical = 0;
      while (s_.weight[critical] + s_.weight[s_.slots - 1 - critical] != now.largest) ++critical;
      Candidates c;
      find_candidates(s_, critical, most_, c);
      const int all = c.adds * c.drops;
      int chosen = all;
      for (int begin = 0; begin < all && chosen == all && begin < folds_; begin += Lanes::width) {
        const int i = begin + lanes_.rank();
        const bool better = i < all && i < folds_ && excess(c, i, aim) < now.excess;
        const std::uint64_t first =
            lanes_.min(better ? static_cast<std::uint64_t>(i) : ~std::uint64_t{0});
        if (first != ~std::uint64_t{0}) chosen = static_cast<int>(first);
      }
      folds_ -= chosen < folds_ ? chosen + 1 : folds_;
      if (chosen == all) break;
      move(candidate(c, chosen));
      now = fold(s_.weight, s_.slots, aim);
    }
    return now.largest;
  }

  // Candidates by drop, then by add.
  HD CopyMove candidate(const Candidates& c, int i) const {
    const int a = i % c.adds;
    const int d = i / c.adds;
    return copy_move(s_, c.add[a], c.added[a], c.drop[d], c.dropped[d]);
  }

  HD std::int32_t excess(const Candidates& c, int i, std::int32_t aim) const {
    if (c.add[i % c.adds] == c.drop[i / c.adds]) return kNone;
    const CopyMove m = candidate(c, i);
    if (s_.apart && splits_middle(m)) return kNone;
    if constexpr (Lanes::width == 1) {
      write_edited(s_, m, scratch_.weight);
      return fold(scratch_.weight, s_.slots, aim).excess;
    }
    const Edited edited(s_, m);
    std::int32_t sum = 0;
    for (int r = 0; r < s_.slots / 2; ++r) {
      const std::int32_t over =
          (edited.weight(r) + edited.weight(s_.slots - 1 - r) - aim) >> kExcessBits;
      sum += over > 0 ? over : 0;
    }
    return sum;
  }

  // Whether the two copies in the middle, which share a GPU, would be of one expert.
  HD bool splits_middle(const CopyMove& m) const {
    const Edited edited(s_, m);
    return edited.expert(s_.slots / 2 - 1) == edited.expert(s_.slots / 2);
  }
  HD bool middle_is_split() const { return s_.expert[s_.slots / 2 - 1] == s_.expert[s_.slots / 2]; }

  HD void move(const CopyMove& m) {
    apply(lanes_, s_, m);
    if (lanes_.rank() == 0) {
      scratch_.moves[2 * moves_] = static_cast<Index>(m.a);
      scratch_.moves[2 * moves_ + 1] = static_cast<Index>(m.b);
    }
    ++moves_;
    lanes_.sync();
    tell(lanes_, CountsChanged{s_, m.a, m.b});
  }

  // One to three random moves.
  HD void jump(Random& random) {
    const int number = 1 + draw(random, 3);
    for (int i = 0; i < number; ++i) {
      const int b = s_.expert[draw(random, s_.slots)];
      const int a = draw(random, 2) == 0 ? static_cast<int>(s_.expert[draw(random, s_.slots)])
                                         : draw(random, s_.experts);
      if (a == b || s_.count[b] < 2 || s_.count[a] >= most_) continue;
      move(copy_move(s_, a, new_weight(s_, a, 1), b, new_weight(s_, b, -1)));
    }
  }

  HD std::int32_t keep_or_undo(std::int32_t now, std::int32_t best) {
    if (now <= best && !(s_.apart && middle_is_split())) {
      moves_ = 0;
      tell(lanes_, TrialEnds{true});
      return now;
    }
    tell(lanes_, TrialEnds{false});
    while (moves_ > 0) {
      --moves_;
      const int a = scratch_.moves[2 * moves_];
      const int b = scratch_.moves[2 * moves_ + 1];
      apply(lanes_, s_, copy_move(s_, b, new_weight(s_, b, 1), a, new_weight(s_, a, -1)));
    }
    return best;
  }

  static constexpr std::int32_t kNone = 0x7fffffff;  // the excess of a move that is not possible

  const Lanes& lanes_;
  const State& s_;
  const FoldScratch& scratch_;
  int most_;
  int folds_;
  int moves_ = 0;  // since the best counts
};

}  // namespace detail

// Rank i shares a GPU with rank P - 1 - i.
template <class Lanes>
HD void place_pairs(const Lanes& lanes, const State& s) {
  for_each_index(lanes, s.gpus, [&](int g) {
    put(s, g, g, 0);
    put(s, s.slots - 1 - g, g, 1);
  });
  lanes.sync();
  index_places(lanes, s);
  tell(lanes, Started{s, Start::fold});
}

// Finds counts and places the copies.
template <class Lanes>
HD void search_pairs(const Lanes& lanes, const State& s, const FoldScratch& scratch, int folds,
                     std::int32_t target, Random& random) {
  if (s.slots > s.experts && folds > 0) {
    detail::PairSearch<Lanes> search(lanes, s, most_copies(s), scratch, folds);
    search.run(random, target);
  }
  place_pairs(lanes, s);
}

}  // namespace evenkeel::keel
