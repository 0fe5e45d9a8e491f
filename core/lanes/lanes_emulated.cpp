#include "core/lanes/lanes_emulated.hpp"

#include <ucontext.h>

#include <algorithm>
#include <atomic>
#include <barrier>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <thread>
#include <vector>

namespace evenkeel {
namespace {

[[noreturn]] void divergence(const char* what) {
  std::fprintf(stderr, "evenkeel: emulated lanes diverged: %s\n", what);
  std::abort();
}

// Fibers based on ucontext. The scheduler runs each lane to its next barrier, in ascending order of rank in
// one round and in descending order in the next.
class FiberCrew final : public Crew {
 public:
  FiberCrew(int width, const LaneBody& body) : body_(body), fibers_(width) {
    for (int rank = 0; rank < width; ++rank) start(rank);
  }

  void run() {
    const int width = static_cast<int>(fibers_.size());
    for (bool backwards = false;; backwards = !backwards) {
      int done = 0;
      for (int i = 0; i < width; ++i) {
        Fiber& fiber = fibers_[static_cast<std::size_t>(backwards ? width - 1 - i : i)];
        swapcontext(&scheduler_, &fiber.context);
        done += fiber.done ? 1 : 0;
      }
      if (done == width) return;
      if (done != 0) divergence("a lane returned while others wait at a barrier");
    }
  }

  void arrive_and_wait(int rank) override {
    swapcontext(&fibers_[static_cast<std::size_t>(rank)].context, &scheduler_);
  }

  void exchange(int rank, std::uint32_t turn, std::uint64_t value,
                std::span<std::uint64_t> all) override {
    std::uint64_t* values = values_[turn % 2];
    values[rank] = value;
    arrive_and_wait(rank);
    std::copy_n(values, all.size(), all.begin());
  }

 private:
  static constexpr std::size_t kStackBytes = 256 * 1024;

  struct Fiber {
    ucontext_t context = {};
    std::unique_ptr<char[]> stack;
    bool done = false;
  };

  // makecontext passes only ints, so the pointer is passed in two halves.
  static void enter(unsigned high, unsigned low, int rank) {
    const auto address = static_cast<std::uintptr_t>(std::uint64_t{high} << 32 | low);
    auto* crew = reinterpret_cast<FiberCrew*>(address);
    crew->body_(*crew, rank);
    crew->fibers_[static_cast<std::size_t>(rank)].done = true;
  }

  void start(int rank) {
    Fiber& fiber = fibers_[static_cast<std::size_t>(rank)];
    fiber.stack = std::make_unique<char[]>(kStackBytes);
    getcontext(&fiber.context);
    fiber.context.uc_stack.ss_sp = fiber.stack.get();
    fiber.context.uc_stack.ss_size = kStackBytes;
    fiber.context.uc_link = &scheduler_;
    const auto address = std::uint64_t{reinterpret_cast<std::uintptr_t>(this)};
    makecontext(&fiber.context, reinterpret_cast<void (*)()>(&enter), 3,
                static_cast<unsigned>(address >> 32), static_cast<unsigned>(address), rank);
  }

  const LaneBody& body_;
  // Two buffers: while some lanes still read the values of one exchange, others already write those of the
  // next. A lane that writes the values of the exchange after that has met all lanes in between.
  std::uint64_t values_[2][kMaxWidth] = {};
  std::vector<Fiber> fibers_;
  ucontext_t scheduler_ = {};
};

class ThreadCrew final : public Crew {
 public:
  explicit ThreadCrew(int width) : barrier_(width) {}

  void arrive_and_wait(int) override { barrier_.arrive_and_wait(); }

  // Each half of a value carries its turn number, so that relaxed loads can tell a new half from an old one.
  void exchange(int rank, std::uint32_t turn, std::uint64_t value,
                std::span<std::uint64_t> all) override {
    auto& cells = cells_[turn % 2];
    const std::uint64_t stamp = std::uint64_t{turn} << 32;
    cells[rank][0].store(stamp | (value & 0xffffffffu), std::memory_order_relaxed);
    cells[rank][1].store(stamp | value >> 32, std::memory_order_relaxed);
    for (std::size_t lane = 0; lane < all.size(); ++lane) {
      const std::uint64_t low = wait_for(cells[lane][0], turn);
      all[lane] = wait_for(cells[lane][1], turn) << 32 | low;
    }
  }

 private:
  static std::uint64_t wait_for(const std::atomic<std::uint64_t>& cell, std::uint32_t turn) {
    for (;;) {
      const std::uint64_t half = cell.load(std::memory_order_relaxed);
      if (half >> 32 == turn) return half & 0xffffffffu;
      std::this_thread::yield();
    }
  }

  std::barrier<> barrier_;
  std::atomic<std::uint64_t> cells_[2][kMaxWidth][2] = {};  // two buffers, as for fibers
};

}  // namespace

void run_on_fibers(int width, const LaneBody& body) {
  FiberCrew crew(width, body);
  crew.run();
}

void run_on_threads(int width, const LaneBody& body) {
  ThreadCrew crew(width);
  std::vector<std::thread> threads;
  for (int rank = 0; rank < width; ++rank) threads.emplace_back([&, rank] { body(crew, rank); });
  for (std::thread& thread : threads) thread.join();
}

}  // namespace evenkeel
