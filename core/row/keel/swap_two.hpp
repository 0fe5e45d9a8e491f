// Swaps of two copies of the heaviest GPU for two of a light one, where no swap of one for one helps.
#pragma once

#include <cstdint>

#include "core/lanes/lanes.hpp"
#include "core/lanes/order.hpp"
#include "core/lanes/select.hpp"
#include "core/row/keel/events.hpp"
#include "core/row/keel/exchange.hpp"
#include "core/row/keel/state.hpp"

namespace evenkeel::keel {

// Pairs of places: (0, 1), (0, 2), (1, 2), (0, 3), ... of up to kPairPlaces places.
inline constexpr int kPairPlaces = 12;
inline constexpr int kPairs = kPairPlaces * (kPairPlaces - 1) / 2;
inline constexpr int kPairPartners = 7;
inline constexpr int kPairBlock = 4;
inline constexpr float kFar = 3e38f;  // no difference

struct PairScratch {
  std::int32_t* heavy_sum;  // [kPairs] of each pair of the heaviest GPU
  std::int32_t* light_sum;  // [kPairs] of its partner
  float* heavy;             // [kPairs + kPairBlock] twice heavy_sum
  float* light;        // [kPairs + kPairBlock] twice light_sum, and the difference of the two loads
  float* nearest;      // [kPairs + kPairBlock] for each pair of the partner
  std::int32_t* left;  // [gpus] of LightestFirst
};

namespace detail {

// Calls f(pair, sum of the weights of its two places) for each pair of GPU g, each on one lane.
template <class Lanes, class F>
HD void for_each_pair(const Lanes& lanes, const State& s, int g, int places, F f) {
  for (int second = 1 + lanes.rank(); second < places; second += Lanes::width) {
    const std::int32_t weight = s.weight[s.rank_at(g, second)];
    const int pair = second * (second - 1) / 2;
    for (int first = 0; first < second; ++first)
      f(pair + first, weight + s.weight[s.rank_at(g, first)]);
  }
}

struct PairExchange {
  std::int32_t larger;  // the larger load of the two GPUs afterwards
  int light;            // the partner
  int heavy_pair;
  int light_pair;
};

HD inline void ranks_of_pair(const State& s, int g, int pair, int ranks[2]) {
  int second = 1;
  while (second * (second + 1) / 2 <= pair) ++second;
  ranks[0] = s.rank_at(g, pair - second * (second - 1) / 2);
  ranks[1] = s.rank_at(g, second);
}

// Whether both ranks of `in` may be on GPU g after both of `out` have left it.
HD inline bool pair_fits(const State& s, const int in[2], int g, const int out[2]) {
  for (int i = 0; i < 2; ++i) {
    const int expert = s.expert[in[i]];
    if (s.count[expert] > 1 && holds(s, g, expert, out[0], out[1])) return false;
  }
  return true;
}

// nearest[j]: the least |heavy[i] - light[j]|. Both numbers are multiples of kPairBlock.
HD inline void find_nearest(const float* __restrict heavy, int heavies,
                            const float* __restrict light, int lights, float* __restrict nearest) {
  for (int j = 0; j < lights; ++j) nearest[j] = kFar;
  for (int i = 0; i < heavies; i += kPairBlock) {
    const float a = heavy[i];
    const float b = heavy[i + 1];
    const float c = heavy[i + 2];
    const float d = heavy[i + 3];
    for (int j = 0; j < lights; ++j) {
      float first = __builtin_fabsf(a - light[j]);
      const float second = __builtin_fabsf(b - light[j]);
      float third = __builtin_fabsf(c - light[j]);
      const float fourth = __builtin_fabsf(d - light[j]);
      first = second < first ? second : first;
      third = fourth < third ? fourth : third;
      first = third < first ? third : first;
      nearest[j] = first < nearest[j] ? first : nearest[j];
    }
  }
}

// Fills t.nearest of the pairs of this lane, and returns the least of all as bits.
template <class Lanes>
HD std::uint32_t find_least(const Lanes& lanes, const PairScratch& t, int pairs) {
  std::int32_t least = 0x7fffffff;
  if constexpr (Lanes::width == 1) {
    const int padded = (pairs + kPairBlock - 1) / kPairBlock * kPairBlock;
    for (int i = pairs; i < padded; ++i) {
      t.heavy[i] = kFar;
      t.light[i] = -kFar;
    }
    find_nearest(t.heavy, padded, t.light, padded, t.nearest);
    for (int j = 0; j < padded; ++j) {
      const auto here = static_cast<std::int32_t>(ordered_bits(t.nearest[j]));
      least = here < least ? here : least;
    }
    return static_cast<std::uint32_t>(least);
  }
  for_each_index(lanes, pairs, [&](int j) {
    float nearest = kFar;
    for (int i = 0; i < pairs; ++i) {
      const float apart = __builtin_fabsf(t.heavy[i] - t.light[j]);
      nearest = apart < nearest ? apart : nearest;
    }
    t.nearest[j] = nearest;
    const auto here = static_cast<std::int32_t>(ordered_bits(nearest));
    least = here < least ? here : least;
  });
  return static_cast<std::uint32_t>(lanes.min(static_cast<std::uint64_t>(least)));
}

// The first pair of the partner that is so near.
template <class Lanes>
HD int first_nearest(const Lanes& lanes, const PairScratch& t, int pairs, std::uint32_t least) {
  int mine = pairs;
  for (int j = lanes.rank(); j < pairs && mine == pairs; j += Lanes::width) {
    if (ordered_bits(t.nearest[j]) == least) mine = j;
  }
  return static_cast<int>(lanes.min(static_cast<std::uint64_t>(mine)));
}

// The GPUs but h, lightest first; each call of next() gives one more.
template <class Lanes>
class LightestFirst {
 public:
  HD LightestFirst(const Lanes& lanes, const State& s, int h, std::int32_t* left)
      : lanes_(lanes), s_(s), left_(left) {
    const std::int32_t* __restrict loads = s.gpu_load;
    std::int32_t* __restrict copy = left;
    for_each_index(lanes, s.gpus, [=](int g) { copy[g] = loads[g]; });
    if (h % Lanes::width == lanes.rank()) left[h] = kFull;
  }
  HD int next() {
    int gpu = 0;
    if constexpr (Lanes::width == 1) {
      std::int32_t least = kFull;
      for (int g = 0; g < s_.gpus; ++g) least = left_[g] < least ? left_[g] : least;
      while (left_[gpu] != least) ++gpu;
      left_[gpu] = kFull;
    } else {
      // Each lane reads and writes its own GPUs.
      gpu = index_of(least_of(lanes_, s_.gpus, [&](int g) {
        return g % Lanes::width == lanes_.rank() ? smallest_first(left_[g], g) : kNever;
      }));
      if (gpu % Lanes::width == lanes_.rank()) left_[gpu] = kFull;
    }
    return gpu;
  }

 private:
  const Lanes& lanes_;
  const State& s_;
  std::int32_t* left_;  // [gpus] their loads; kFull once they were given
};

// The rounding error of a load that is computed from binary32 sums.
inline constexpr std::int32_t kPairError = 256;

// The pairs of GPUs h and l whose exchange brings them closest together; heavy and heavy_sum have been filled. Where
// the larger load is not below `most`, only that is returned.
template <class Lanes>
HD PairExchange closest_pairs(const Lanes& lanes, const State& s, int h, int l, std::int32_t most,
                              const PairScratch& t) {
  const int places = s.places < kPairPlaces ? s.places : kPairPlaces;
  const int pairs = places * (places - 1) / 2;
  const std::int32_t difference = s.gpu_load[h] - s.gpu_load[l];
  for_each_pair(lanes, s, l, places, [&](int i, std::int32_t sum) {
    t.light_sum[i] = sum;
    t.light[i] = static_cast<float>(2 * sum + difference);
  });
  lanes.sync();
  const std::uint32_t least = find_least(lanes, t, pairs);
  const float apart = __builtin_bit_cast(float, least);
  PairExchange found = {most, l, 0, 0};
  const std::int32_t about = (s.gpu_load[h] + s.gpu_load[l] + static_cast<std::int32_t>(apart)) / 2;
  if (about - kPairError >= most) return found;
  found.light_pair = first_nearest(lanes, t, pairs, least);
  const float light = t.light[found.light_pair];
  for (int i = pairs - 1; i >= 0; --i) {  // no branch
    const bool same = ordered_bits(t.heavy[i] - light) == least;
    found.heavy_pair = same ? i : found.heavy_pair;
  }
  const std::int32_t more = t.heavy_sum[found.heavy_pair] - t.light_sum[found.light_pair];
  const std::int32_t here = s.gpu_load[h] - more;
  const std::int32_t other = s.gpu_load[l] + more;
  found.larger = here > other ? here : other;
  return found;
}

// Whether the exchange keeps copies apart.
HD inline bool can_exchange(const State& s, int h, const PairExchange& e) {
  if (!s.apart) return true;
  int heavy[2];
  int light[2];
  ranks_of_pair(s, h, e.heavy_pair, heavy);
  ranks_of_pair(s, e.light, e.light_pair, light);
  return pair_fits(s, heavy, e.light, light) && pair_fits(s, light, h, heavy);
}

}  // namespace detail

// Exchanges two copies of h for two of one of the lightest GPUs: with the first partner that brings the larger
// load to the target, else with the best one.
template <class Lanes>
HD bool swap_two(const Lanes& lanes, const State& s, int h, std::int32_t load, std::int32_t target,
                 const PairScratch& t, Log& log) {
  const int places = s.places < kPairPlaces ? s.places : kPairPlaces;
  detail::for_each_pair(lanes, s, h, places, [&](int i, std::int32_t sum) {
    t.heavy_sum[i] = sum;
    t.heavy[i] = static_cast<float>(2 * sum);
  });
  lanes.sync();
  detail::PairExchange best = {load, 0, 0, 0};
  detail::LightestFirst partners(lanes, s, h, t.left);
  for (int i = 0; i < kPairPartners && i < s.gpus - 1 && best.larger > target; ++i) {
    const detail::PairExchange found =
        detail::closest_pairs(lanes, s, h, partners.next(), best.larger, t);
    lanes.sync();  // all lanes have read the pairs
    if (found.larger < best.larger && detail::can_exchange(s, h, found)) best = found;
  }
  if (best.larger >= load) return false;
  int heavy[2];
  int light[2];
  detail::ranks_of_pair(s, h, best.heavy_pair, heavy);
  detail::ranks_of_pair(s, best.light, best.light_pair, light);
  for (int i = 0; i < 2; ++i) exchange(lanes, s, heavy[i], light[i], log);
  tell(lanes, PairsSwapped{s, heavy, light});
  return true;
}

}  // namespace evenkeel::keel
