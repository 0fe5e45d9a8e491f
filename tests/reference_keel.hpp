// A plain reference of keel: what core/row/keel computes, with standard containers, standard sorts and complete
// searches instead of walks that end early.
//
// Written from the description of the algorithm in HACKING.md and the comments of core/row/keel. It shares only types
// with the core.
#pragma once

#include <cstdint>
#include <utility>
#include <vector>

#include "core/model/types.hpp"

namespace evenkeel::test::reference {

inline constexpr int kUnit = 1 << 27;
inline int part_of_unit(double part) { return static_cast<int>(kUnit * part); }

// How far to search, as in Rules.
struct KeelEffort {
  bool fast = false;
  int kicks = 0;
  std::uint64_t seed = 0;
  int nodes = 1;
};

// SplitMix64, and a number below n from its upper half.
class KeelRandom {
 public:
  explicit KeelRandom(std::uint64_t seed);
  int below(int n);

 private:
  std::uint64_t state_;
};

// Experts are numbered by load, heaviest first. GPU g has place[g][p], an index into `copies`.
class KeelNode {
 public:
  // apart: no GPU has two copies of an expert, or if that is impossible, as few as possible.
  KeelNode(std::vector<float> loads, int slots, int gpus, bool apart);
  int fewest() const { return crowded_ ? gpus_ : 1; }

  // Adams' method; returns the largest load per copy.
  double count_copies();
  void search(double bound, const KeelEffort& effort);

  const std::vector<int>& counts() const { return count_; }
  // Expert and number of the copy in each slot, GPU after GPU.
  std::vector<int> slot_experts() const;
  std::vector<int> slot_copies() const;
  int places() const { return places_; }

  // Groups on nodes: branch and bound after heaviest-first.
  void search_assignments(double bound);

 private:
  struct Copy {
    int weight;
    int expert;
    int gpu = -1;
    int place = -1;
  };

  int worth(int expert, int count) const;
  void rank();
  int first(int expert) const;
  void put(int rank, int gpu, int place);
  void fill_at();
  std::vector<int> gpu_loads() const;
  int heaviest() const;
  bool holds(int gpu, int expert, std::vector<int> except) const;
  bool can_swap(int r, int q) const;
  void swap(int r, int q);

  void place_by_differencing();
  void place_heaviest_first();
  void rematch();
  void set_apart();
  int improve(bool pairs, int target);
  int refine(bool pairs, int target);
  bool swap_one(int h);
  bool swap_two(int h, int target);
  void kick(int number, int of_copies, int target, KeelRandom& random);
  void move_copy(int expert, int rank);

  int largest_pair() const;
  bool middle_is_one_expert() const;
  std::int64_t excess(int aim) const;
  void change_counts(int more, int less);
  int descend(int aim, int& folds, std::vector<std::pair<int, int>>& moves);
  void search_pairs(int folds, int target, KeelRandom& random);

  std::vector<float> loads_;
  std::vector<int> count_;
  std::vector<Copy> copies_;  // by rank
  std::vector<std::vector<int>> at_;
  int slots_;
  int gpus_;
  int places_;
  int most_;  // copies of an expert
  bool apart_;
  bool crowded_;
  double scale_ = 0;
  bool logging_ = false;
  int steps_ = 1 << 30;  // of refine
  std::vector<std::pair<int, int>> log_;
};

}  // namespace evenkeel::test::reference

namespace evenkeel::test {

// Balances all layers with keel; shape: after the policy.
Placement reference_keel_placement(const Loads& loads, const Shape& shape,
                                   reference::KeelEffort effort);

}  // namespace evenkeel::test
