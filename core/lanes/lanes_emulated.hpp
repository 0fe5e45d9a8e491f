// Lanes on any host: runs the multi-lane code of a device without a device.
//
// EmulatedLanes<W> communicates with the other lanes through a Crew: a barrier, and an exchange of values
// that orders no other memory, as on a device. On fibers (run_on_fibers) results are repeatable; the order in
// which lanes run is reversed after each barrier, so that many missing sync() calls show up as wrong results.
// On threads (run_on_threads) a race detector reports every missing sync() that it meets: the exchange uses
// relaxed atomics, which order nothing else.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <span>

#include "core/lanes/lanes.hpp"

namespace evenkeel {

// The barrier and the value exchange shared by the lanes of one row.
class Crew {
 public:
  static constexpr int kMaxWidth = 32;
  virtual ~Crew() = default;
  virtual void arrive_and_wait(int rank) = 0;
  // Contributes `value` to this lane's exchange number `turn` (from 1); `all` receives the values of all
  // lanes.
  virtual void exchange(int rank, std::uint32_t turn, std::uint64_t value,
                        std::span<std::uint64_t> all) = 0;
};

template <int W>
class EmulatedLanes {
 public:
  static constexpr int width = W;
  static_assert(W > 1 && W <= Crew::kMaxWidth);

  EmulatedLanes(Crew& crew, int rank) : crew_(&crew), rank_(rank) {}
  EmulatedLanes(const EmulatedLanes&) = delete;  // a copy would have its own turn counter
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

// Runs body(crew, rank) for each rank in 0 .. width-1 until all have returned; width <= Crew::kMaxWidth. If a
// lane returns while others wait at a barrier, the body has a bug: the process prints a message and aborts.
using LaneBody = std::function<void(Crew& crew, int rank)>;
void run_on_fibers(int width, const LaneBody& body);   // in the calling thread
void run_on_threads(int width, const LaneBody& body);  // one thread per lane

}  // namespace evenkeel
