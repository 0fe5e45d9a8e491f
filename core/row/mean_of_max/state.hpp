// What the planner knows about one row while it searches: which expert is in which slot, and the loads of all GPUs in each
// chunk of the history.
//
// Loads are fixed-point numbers of 16 bits, so that a vector unit adds and compares eight at once. Each chunk has a unit
// of its own: the heaviest `places` experts together, which no GPU can exceed, are at most kMostLoad. The weights of the
// chunks contain the units, so sum_t weight_t * load_t compares chunks. Sums are exact and do not depend on their order.
#pragma once

#include <cstddef>
#include <cstdint>

#include "core/lanes/lanes.hpp"
#include "core/lanes/select.hpp"
#include "core/model/gpu_slots.hpp"
#include "core/model/types.hpp"

namespace evenkeel::mean_of_max {

using Load = std::int16_t;
inline constexpr std::int32_t kMostLoad = 32767;
// The sum of the weights is at most this, so that sum_t weight_t * load_t fits 31 bits.
inline constexpr std::int32_t kWeights = 65535;
// Rows of chunks are filled up with chunks of weight 0 to a multiple of this. A candidate may be given up after each block.
inline constexpr int kBlock = 32;
HD constexpr int blocks_of(int chunks) { return (chunks + kBlock - 1) / kBlock; }
HD constexpr int padded(int chunks) { return blocks_of(chunks) * kBlock; }

struct State {
  int experts;
  int slots;
  int gpus;
  int node_gpus;  // GPUs of a node
  int chunks;     // of rows: a multiple of kBlock
  GpuSlots gpu_slots;
  bool
      crowded;  // more slots than experts * GPUs: every GPU has all experts, and some of them again

  std::int64_t price;        // of a received slot, in the unit of scores
  std::int64_t square_part;  // of the sum of squares in scores
  bool priced;               // there is a placement in force

  Load* weight;           // [chunks]
  Load* square_weight;    // [chunks] of squares
  Load* whole;            // [experts, chunks] load of an expert
  Load* share;            // [experts, chunks] load of one of its copies
  Load* next;             // [experts, chunks] the same if it had one copy more
  Load* load;             // [gpus, chunks]
  std::int32_t* squares;  // [gpus] sum_t square_weight_t * square(load_t)
  Index* expert;          // [slots]
  Index* count;           // [experts] copies
  Index* node;            // [experts] whose GPUs have the copies
  Index* on;              // [experts, gpus] copies of the expert on the GPU
  std::uint8_t* was;      // [experts, gpus] 1: the GPU has the expert in the placement in force
  std::uint8_t*
      changed;  // [gpus] 1: the GPU has changed since its swaps and overwrites were looked at
  std::int64_t received;  // slots whose expert was not on their GPU

  HD Load* row(Load* rows, int i) const {
    return rows + static_cast<std::size_t>(i) * static_cast<std::size_t>(chunks);
  }
  HD Index& copies_on(int x, int g) const {
    return on[static_cast<std::size_t>(x) * static_cast<std::size_t>(gpus) +
              static_cast<std::size_t>(g)];
  }
  // 1 if a copy of expert x on GPU g is received, else 0.
  HD int arrives(int x, int g) const {
    if (!priced) return 0;
    return was[static_cast<std::size_t>(x) * static_cast<std::size_t>(gpus) +
               static_cast<std::size_t>(g)] == 0
               ? 1
               : 0;
  }
};

// Whether a copy of expert x may come to GPU g, or leave it. A GPU never gets a second copy of an expert, except in
// crowded rows, where it gives away only second ones.
HD inline bool may_come(const State& s, int x, int g) {
  return s.crowded || s.copies_on(x, g) == 0;
}
HD inline bool may_leave(const State& s, int x, int g) {
  return !s.crowded || s.copies_on(x, g) > 1;
}

HD constexpr Load larger(Load a, Load b) { return a > b ? a : b; }
// The square of a load, in a unit that lets two of them fit 15 bits.
HD constexpr Load square(Load a) { return static_cast<Load>(a * a >> 16); }

// Whether copies of x on g and of y on h may swap.
HD inline bool may_swap(const State& s, int x, int g, int y, int h) {
  return may_leave(s, x, g) && may_come(s, x, h) && may_leave(s, y, h) && may_come(s, y, g);
}

// One element of rows: to[t] = f(t), each chunk on one lane. Chunk t always belongs to the same lane, so no barrier is
// needed between two such loops.
template <class Lanes>
HD void copy_row(const Lanes& lanes, int n, const Load* __restrict from, Load* __restrict to) {
  for (int t = lanes.rank(); t < n; t += Lanes::width) to[t] = from[t];
}
template <class Lanes>
HD void add_row(const Lanes& lanes, int n, const Load* __restrict row, Load* __restrict to) {
  for (int t = lanes.rank(); t < n; t += Lanes::width) to[t] = static_cast<Load>(to[t] + row[t]);
}
template <class Lanes>
HD void subtract_row(const Lanes& lanes, int n, const Load* __restrict row, Load* __restrict to) {
  for (int t = lanes.rank(); t < n; t += Lanes::width) to[t] = static_cast<Load>(to[t] - row[t]);
}
// to = larger(a, b)
template <class Lanes>
HD void larger_row(const Lanes& lanes, int n, const Load* __restrict a, const Load* __restrict b,
                   Load* __restrict to) {
  for (int t = lanes.rank(); t < n; t += Lanes::width) to[t] = a[t] > b[t] ? a[t] : b[t];
}
// to = larger(row, to)
template <class Lanes>
HD void add_larger(const Lanes& lanes, int n, const Load* __restrict row, Load* __restrict to) {
  for (int t = lanes.rank(); t < n; t += Lanes::width) to[t] = row[t] > to[t] ? row[t] : to[t];
}
// to += more - less
template <class Lanes>
HD void change_row(const Lanes& lanes, int n, const Load* __restrict more,
                   const Load* __restrict less, Load* __restrict to) {
  for (int t = lanes.rank(); t < n; t += Lanes::width) {
    to[t] = static_cast<Load>(to[t] + more[t] - less[t]);
  }
}
// sum_t weight_t * row_t, over the chunks of this lane.
template <class Lanes>
HD std::int32_t weighted_of_lane(const Lanes& lanes, int n, const Load* __restrict weight,
                                 const Load* __restrict row) {
  std::int32_t sum = 0;
  for (int t = lanes.rank(); t < n; t += Lanes::width) sum += weight[t] * row[t];
  return sum;
}
// The same of the squares.
template <class Lanes>
HD std::int32_t squares_of_lane(const Lanes& lanes, int n, const Load* __restrict weight,
                                const Load* __restrict row) {
  std::int32_t sum = 0;
  for (int t = lanes.rank(); t < n; t += Lanes::width) sum += weight[t] * square(row[t]);
  return sum;
}

// The load of each of `copies` copies; at most whole / copies.
template <class Lanes>
HD void share_row(const Lanes& lanes, int n, const Load* __restrict whole, int copies,
                  Load* __restrict to) {
  if (copies <= 1) return copy_row(lanes, n, whole, to);
  const auto part = static_cast<std::uint16_t>(65536 / copies);
  for (int t = lanes.rank(); t < n; t += Lanes::width) {
    to[t] = static_cast<Load>(
        static_cast<std::uint32_t>(static_cast<std::uint16_t>(whole[t])) * part >> 16);
  }
}

// Brings State::squares of a GPU up to date.
template <class Lanes>
HD void measure_squares(const Lanes& lanes, const State& s, int g) {
  const std::int32_t sum =
      sum_of(lanes, squares_of_lane(lanes, s.chunks, s.square_weight, s.row(s.load, g)));
  if (lanes.rank() == 0) s.squares[g] = sum;
}

// Sets the number of an expert's copies and changes the loads of the GPUs that have one. All lanes call it, between
// barriers.
template <class Lanes>
HD void set_count(const Lanes& lanes, const State& s, int x, int count) {
  Load* share = s.row(s.share, x);
  Load* next = s.row(s.next, x);
  const bool grows = count == s.count[x] + 1;
  const Load* whole = s.row(s.whole, x);
  const auto change = [&](const auto& change_load) {
    for (int g = 0; g < s.gpus; ++g) {
      for (int k = 0; k < s.copies_on(x, g); ++k) change_load(s.row(s.load, g));
    }
  };
  change([&](Load* load) { subtract_row(lanes, s.chunks, share, load); });
  if (grows) {
    copy_row(lanes, s.chunks, next, share);
    share_row(lanes, s.chunks, whole, count + 1, next);
  } else {
    copy_row(lanes, s.chunks, share, next);
    share_row(lanes, s.chunks, whole, count, share);
  }
  change([&](Load* load) { add_row(lanes, s.chunks, share, load); });
  for (int g = 0; g < s.gpus; ++g) {
    if (s.copies_on(x, g) > 0) measure_squares(lanes, s, g);
  }
  lanes.sync();
  if (lanes.rank() == 0) s.count[x] = static_cast<Index>(count);
  lanes.sync();
}

// Takes the copy in a slot out of it: the other copies share its load.
template <class Lanes>
HD void take_out(const Lanes& lanes, State& s, int slot) {
  const int x = s.expert[slot];
  const int g = s.gpu_slots.gpu_of(slot);
  subtract_row(lanes, s.chunks, s.row(s.share, x), s.row(s.load, g));
  lanes.sync();
  if (lanes.rank() == 0) --s.copies_on(x, g);
  s.received -= s.arrives(x, g);
  measure_squares(lanes, s, g);
  lanes.sync();
  set_count(lanes, s, x, s.count[x] - 1);
}

// Puts one more copy of an expert into a slot that is empty.
template <class Lanes>
HD void put_in(const Lanes& lanes, State& s, int slot, int x) {
  const int g = s.gpu_slots.gpu_of(slot);
  set_count(lanes, s, x, s.count[x] + 1);
  add_row(lanes, s.chunks, s.row(s.share, x), s.row(s.load, g));
  if (lanes.rank() == 0) {
    ++s.copies_on(x, g);
    s.expert[slot] = static_cast<Index>(x);
  }
  s.received += s.arrives(x, g);
  measure_squares(lanes, s, g);
  lanes.sync();
}

// The GPUs that have the expert have changed.
template <class Lanes>
HD void mark(const Lanes& lanes, const State& s, int x) {
  for_each_index(lanes, s.gpus, [&](int g) {
    if (s.copies_on(x, g) > 0) s.changed[g] = 1;
  });
  lanes.sync();
}

// Swaps the copies in two slots on different GPUs.
template <class Lanes>
HD void swap_slots(const Lanes& lanes, State& s, int slot, int other) {
  const int x = s.expert[slot];
  const int y = s.expert[other];
  const int g = s.gpu_slots.gpu_of(slot);
  const int h = s.gpu_slots.gpu_of(other);
  lanes.sync();  // all lanes have read the placement
  change_row(lanes, s.chunks, s.row(s.share, y), s.row(s.share, x), s.row(s.load, g));
  change_row(lanes, s.chunks, s.row(s.share, x), s.row(s.share, y), s.row(s.load, h));
  if (lanes.rank() == 0) {
    --s.copies_on(x, g);
    ++s.copies_on(x, h);
    --s.copies_on(y, h);
    ++s.copies_on(y, g);
    s.expert[slot] = static_cast<Index>(y);
    s.expert[other] = static_cast<Index>(x);
    s.changed[g] = s.changed[h] = 1;
  }
  measure_squares(lanes, s, g);
  measure_squares(lanes, s, h);
  s.received += s.arrives(x, h) + s.arrives(y, g) - s.arrives(x, g) - s.arrives(y, h);
  lanes.sync();
}

}  // namespace evenkeel::mean_of_max
