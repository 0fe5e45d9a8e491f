// Lanes on any host: the co-operative text that a device runs, without a device.
//
// EmulatedLanes<W> talks to its siblings through a Crew: a barrier, and an exchange of values that, as
// on a device, orders no other memory. On fibers (run_on_fibers) results are exact and repeatable; the
// order in which lanes run between barriers is turned round each time, so that many a missing sync()
// shows as a wrong result. On threads (run_on_threads) a race checker sees each missing sync() itself,
// since the exchange is made of relaxed atomics that it takes for no order.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <span>

#include "core/lanes/lanes.hpp"

namespace evenkeel {

// Where the lanes of one row meet.
class Crew {
 public:
  static constexpr int kMaxWidth = 32;
  virtual ~Crew() = default;
  virtual void arrive_and_wait(int rank) = 0;
  // Offers `value` as this lane's in its turn-th exchange, counted from 1; `all` gets every lane's.
  virtual void exchange(int rank, std::uint32_t turn, std::uint64_t value,
                        std::span<std::uint64_t> all) = 0;
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
    const Values values = exchange(value);
    std::uint64_t least = values[0];
    for (const std::uint64_t other : values) least = other < least ? other : least;
    return least;
  }

  std::int32_t sum_before(std::int32_t value) const {
    const Values values = exchange(static_cast<std::uint64_t>(value));
    std::int32_t sum = 0;
    for (int lane = 0; lane < rank_; ++lane) {
      sum += static_cast<std::int32_t>(values[static_cast<std::size_t>(lane)]);
    }
    return sum;
  }

 private:
  using Values = std::array<std::uint64_t, W>;

  Values exchange(std::uint64_t value) const {
    Values all;
    crew_->exchange(rank_, ++turn_, value, all);
    return all;
  }

  Crew* crew_;
  int rank_;
  mutable std::uint32_t turn_ = 0;
};

// Runs body(crew, rank) for each rank of 0 .. width-1 until all return. width <= Crew::kMaxWidth.
// A lane that returns while others still wait at a barrier is a bug in the body: the process ends
// with a message.
using LaneBody = std::function<void(Crew& crew, int rank)>;
void run_on_fibers(int width, const LaneBody& body);   // in the calling thread
void run_on_threads(int width, const LaneBody& body);  // one thread a lane

}  // namespace evenkeel
