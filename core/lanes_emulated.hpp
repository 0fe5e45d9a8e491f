// Lanes on any host: the co-operative text that a device runs, without a device.
//
// EmulatedLanes<W> talks to its siblings through a Crew that offers one thing, a barrier. With
// fibers (run_on_fibers) results are exact and repeatable; the order in which lanes run between
// barriers is turned round each time, so that a missing sync() shows as a wrong result. With
// threads (run_on_threads) a race checker sees the missing sync() itself.
#pragma once

#include <cstdint>
#include <functional>

#include "core/lanes.hpp"

namespace evenkeel {

// Where the lanes of one row meet.
class Crew {
 public:
  static constexpr int kMaxWidth = 32;
  virtual ~Crew() = default;
  virtual void arrive_and_wait(int rank) = 0;

  // One cell a lane for collectives, twice: while some lanes still read the cells of one
  // collective, others already write those of the next.
  std::uint64_t cells[2][kMaxWidth] = {};
};

template <int W>
class EmulatedLanes {
 public:
  static constexpr int width = W;
  static_assert(W > 1 && W <= Crew::kMaxWidth);

  EmulatedLanes(Crew& crew, int rank) : crew_(&crew), rank_(rank) {}
  EmulatedLanes(const EmulatedLanes&) = delete;  // its turn counter must stay one
  EmulatedLanes& operator=(const EmulatedLanes&) = delete;

  int rank() const { return rank_; }
  void sync() const { crew_->arrive_and_wait(rank_); }

  std::uint64_t min(std::uint64_t value) const {
    const std::uint64_t* cells = exchange(value);
    std::uint64_t least = cells[0];
    for (int lane = 1; lane < W; ++lane) least = cells[lane] < least ? cells[lane] : least;
    return least;
  }

  std::int32_t sum_before(std::int32_t value) const {
    const std::uint64_t* cells = exchange(static_cast<std::uint64_t>(value));
    std::int32_t sum = 0;
    for (int lane = 0; lane < rank_; ++lane) sum += static_cast<std::int32_t>(cells[lane]);
    return sum;
  }

 private:
  // Every lane's value, once all have offered theirs. A lane that has passed the barrier of the
  // next exchange proves that all have read this one: two sets of cells are enough.
  const std::uint64_t* exchange(std::uint64_t value) const {
    std::uint64_t* cells = crew_->cells[turn_];
    turn_ ^= 1;
    cells[rank_] = value;
    sync();
    return cells;
  }

  Crew* crew_;
  int rank_;
  mutable int turn_ = 0;
};

// Runs body(crew, rank) for each rank of 0 .. width-1 until all return. width <= Crew::kMaxWidth.
// A lane that returns while others still wait at a barrier is a bug in the body: the process ends
// with a message.
using LaneBody = std::function<void(Crew& crew, int rank)>;
void run_on_fibers(int width, const LaneBody& body);   // in the calling thread
void run_on_threads(int width, const LaneBody& body);  // one thread a lane

}  // namespace evenkeel
