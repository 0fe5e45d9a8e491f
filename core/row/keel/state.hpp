// What keel knows about one node while it searches: the copies in order of weight, and where they are.
//
// Weights are fixed-point numbers: kUnit is the lower bound of the row, so a placement whose largest GPU load
// is kUnit is optimal. Sums are exact and do not depend on their order.
#pragma once

#include <cstdint>

#include "core/lanes/lanes.hpp"
#include "core/lanes/order.hpp"
#include "core/lanes/random.hpp"
#include "core/lanes/select.hpp"
#include "core/model/types.hpp"

namespace evenkeel::keel {

inline constexpr int kUnitBits = 27;
inline constexpr std::int32_t kUnit = std::int32_t{1} << kUnitBits;
inline constexpr std::int32_t kFull = std::int32_t{1} << 30;  // more than any GPU may have
// One lane looks at so many candidates at once.
inline constexpr int kBlock = 8;

// `part` of kUnit; the compiler computes it.
HD constexpr std::int32_t unit_times(double part) {
  return static_cast<std::int32_t>(static_cast<double>(kUnit) * part);
}

// How far to search.
struct Effort {
  bool fast = false;  // exchanges of one copy for one alone
  int kicks = 0;      // 0: few, and only where the row stays far above the bound
  std::uint64_t seed = 0;
  int nodes = 1;  // that share the time of a row
};

// Experts are numbered by load, heaviest first; copies by rank: their weight, heaviest first, then the expert.
// So the copies of an expert have consecutive ranks. A place is a slot within a GPU.
struct State {
  int experts;
  int slots;
  int gpus;
  int places;    // of each GPU
  bool apart;    // no GPU gets two copies of an expert
  bool crowded;  // more places than experts: every GPU gets all experts, and some of them again

  float* load;             // [experts] tokens
  Index* count;            // [experts] copies
  Index* first;            // [experts] the rank of the first copy
  std::int32_t* worth;     // [experts] the weight of one copy
  std::int32_t* weight;    // [slots + kBlock] by rank, then 0
  std::int32_t* load_at;   // [slots + kBlock] the load of the GPU by rank, then kFull
  Index* expert;           // [slots] by rank
  Index* gpu;              // [slots] by rank
  Index* place;            // [slots] by rank
  Index* at;               // [gpus * places] the rank in each place
  std::int32_t* gpu_load;  // [gpus]
  double scale;            // kUnit / lower bound, or 0 where all loads are 0

  HD Index& rank_at(int g, int p) const { return at[g * places + p]; }
};

// bound: the lower bound of the row, of which kUnit is the fixed-point number.
HD inline void set_scale(State& s, double bound) {
  s.scale = bound > 0 ? static_cast<double>(kUnit) / bound : 0;
}
// The largest number of copies of an expert.
HD inline int most_copies(const State& s) { return s.apart ? s.gpus : s.slots; }

// The weight of a copy of an expert that has `count` copies.
HD inline std::int32_t fixed_point(const State& s, int expert, int count) {
  return static_cast<std::int32_t>(static_cast<double>(s.load[expert]) / count * s.scale + 0.5);
}

// Keys whose least is the largest, or the smallest, value with the lowest index; values are at least 0.
HD inline Key largest_first(std::int32_t value, int index) {
  return Key{~static_cast<std::uint32_t>(value)} << 32 | static_cast<std::uint32_t>(index);
}
HD inline Key smallest_first(std::int32_t value, int index) {
  return Key{static_cast<std::uint32_t>(value)} << 32 | static_cast<std::uint32_t>(index);
}
HD inline std::int32_t small_value(Key key) { return static_cast<std::int32_t>(key >> 32); }
HD inline std::int32_t large_value(Key key) { return static_cast<std::int32_t>(~key >> 32); }

// The heaviest GPU, among equal ones the first, its load, and the least load.
struct Extremes {
  int gpu;
  std::int32_t load;
  std::int32_t least;
};
template <class Lanes>
HD Extremes extremes(const Lanes& lanes, const State& s) {
  if constexpr (Lanes::width == 1) {
    std::int32_t most = 0;
    std::int32_t least = kFull;
    for (int g = 0; g < s.gpus; ++g) {
      most = s.gpu_load[g] > most ? s.gpu_load[g] : most;
      least = s.gpu_load[g] < least ? s.gpu_load[g] : least;
    }
    int gpu = 0;
    while (s.gpu_load[gpu] != most) ++gpu;
    return {gpu, most, least};
  }
  const Key most = least_of(lanes, s.gpus, [&](int g) { return largest_first(s.gpu_load[g], g); });
  const Key least =
      least_of(lanes, s.gpus, [&](int g) { return smallest_first(s.gpu_load[g], g); });
  return {index_of(most), large_value(most), small_value(least)};
}

// A number in 0 .. n-1.
HD inline int draw(Random& random, int n) {
  return static_cast<int>((random.next() >> 32) * static_cast<std::uint64_t>(n) >> 32);
}

// Puts the copy of rank r into a place.
HD inline void put(const State& s, int r, int g, int p) {
  s.gpu[r] = static_cast<Index>(g);
  s.place[r] = static_cast<Index>(p);
  s.rank_at(g, p) = static_cast<Index>(r);
}

// Swaps the places of two copies on different GPUs. Only one lane may call it.
HD inline void swap_places(const State& s, int r, int q) {
  const int g = s.gpu[r];
  const int p = s.place[r];
  const std::int32_t more = s.weight[r] - s.weight[q];
  const int other = s.gpu[q];
  s.gpu_load[g] -= more;
  s.gpu_load[other] += more;
  put(s, r, other, s.place[q]);
  put(s, q, g, p);
  for (int i = 0; i < s.places; ++i) {
    s.load_at[s.rank_at(g, i)] = s.gpu_load[g];
    s.load_at[s.rank_at(other, i)] = s.gpu_load[other];
  }
}

// Whether GPU g has a copy of ranks begin .. end-1, except those of ranks a and b. An expert may have more copies than
// the GPU has places.
HD inline bool has_rank(const State& s, int g, int begin, int end, int a = -1, int b = -1) {
  if (end - begin <= s.places) {
    for (int r = begin; r < end; ++r) {
      if (s.gpu[r] == g && r != a && r != b) return true;
    }
    return false;
  }
  for (int p = 0; p < s.places; ++p) {
    const int r = s.rank_at(g, p);
    if (r >= begin && r < end && r != a && r != b) return true;
  }
  return false;
}

// Whether GPU g has a copy of the expert, except the copies of ranks a and b.
HD inline bool holds(const State& s, int g, int expert, int a, int b) {
  const int begin = s.first[expert];
  return has_rank(s, g, begin, begin + s.count[expert], a, b);
}

// Whether the copy of rank r may be on GPU g after the copy of rank q has left it.
HD inline bool fits(const State& s, int r, int g, int q) {
  const int expert = s.expert[r];
  return s.count[expert] == 1 || !holds(s, g, expert, r, q);
}

HD inline bool can_swap(const State& s, int r, int q) {
  if (s.crowded) {
    return s.expert[r] == s.expert[q] ||
           (holds(s, s.gpu[r], s.expert[r], r, q) && holds(s, s.gpu[q], s.expert[q], r, q));
  }
  return !s.apart || (fits(s, r, s.gpu[q], q) && fits(s, q, s.gpu[r], r));
}

}  // namespace evenkeel::keel
