#include "core/lanes/lanes_emulated.hpp"

#include <setjmp.h>
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

// A stack and the place where a lane waits. The first switch to a fiber needs ucontext; every later one is a jump,
// which, unlike swapcontext, does not ask the system for the signal mask.
struct Fiber {
  static constexpr std::size_t kStackBytes = 256 * 1024;

  std::unique_ptr<char[]> stack;  // none: that of the caller
  ucontext_t start = {};
  jmp_buf place;
  bool started = false;
};

// Address sanitizer expects that a jump stays on its stack; it knows what swapcontext does.
#if defined(__SANITIZE_ADDRESS__)
constexpr bool kJumps = false;
#elif defined(__has_feature)
constexpr bool kJumps = !__has_feature(address_sanitizer);
#else
constexpr bool kJumps = true;
#endif

void switch_fiber(Fiber& from, Fiber& to) {
  if constexpr (!kJumps) {
    swapcontext(&from.start, &to.start);
  } else if (_setjmp(from.place) == 0) {
    if (to.started) _longjmp(to.place, 1);
    to.started = true;
    setcontext(&to.start);
  }
}

// The stacks of a thread are kept, because tests balance many small batches.
std::vector<Fiber>& fibers_of_thread() {
  thread_local std::vector<Fiber> fibers(Crew::kMaxWidth);
  return fibers;
}

// Each lane runs to its next barrier, in ascending order of rank in one round and in descending order in the next.
class FiberCrew final : public Crew {
 public:
  FiberCrew(int width, const LaneBody& body)
      : body_(body), width_(width), fibers_(fibers_of_thread()) {
    for (int rank = 0; rank < width; ++rank) start(rank);
    caller_.started = true;
  }

  void run() { switch_fiber(caller_, fibers_[0]); }

  void arrive_and_wait(int rank) override {
    const int next = rank + step_;
    if (next >= 0 && next < width_) {
      switch_fiber(fiber(rank), fiber(next));
      return;
    }
    if (returned_ != 0) divergence("a lane returned while others wait at a barrier");
    step_ = -step_;  // the last lane of this round is the first one of the next
  }

  void exchange(int rank, std::uint32_t turn, std::uint64_t value,
                std::span<std::uint64_t> all) override {
    std::uint64_t* values = values_[turn % 2];
    values[rank] = value;
    arrive_and_wait(rank);
    std::copy_n(values, all.size(), all.begin());
  }

 private:
  Fiber& fiber(int rank) { return fibers_[static_cast<std::size_t>(rank)]; }

  // makecontext passes only ints, so the pointer is passed in two halves.
  static void enter(unsigned high, unsigned low, int rank) {
    const auto address = static_cast<std::uintptr_t>(std::uint64_t{high} << 32 | low);
    auto* crew = reinterpret_cast<FiberCrew*>(address);
    crew->body_(*crew, rank);
    crew->leave(rank);
  }

  void leave(int rank) {
    ++returned_;
    const int next = rank + step_;
    if (next >= 0 && next < width_) {
      switch_fiber(fiber(rank), fiber(next));
    } else if (returned_ == width_) {
      switch_fiber(fiber(rank), caller_);
    }
    divergence("a lane returned while others wait at a barrier");
  }

  void start(int rank) {
    Fiber& made = fiber(rank);
    made.started = false;
    if (made.stack == nullptr) {
      made.stack = std::make_unique_for_overwrite<char[]>(Fiber::kStackBytes);
    }
    getcontext(&made.start);
    made.start.uc_stack.ss_sp = made.stack.get();
    made.start.uc_stack.ss_size = Fiber::kStackBytes;
    made.start.uc_link = nullptr;
    const auto address = std::uint64_t{reinterpret_cast<std::uintptr_t>(this)};
    makecontext(&made.start, reinterpret_cast<void (*)()>(&enter), 3,
                static_cast<unsigned>(address >> 32), static_cast<unsigned>(address), rank);
  }

  const LaneBody& body_;
  int width_;
  int step_ = 1;      // to the next lane of the round
  int returned_ = 0;  // lanes whose body has returned
  // Two buffers: while some lanes still read the values of one exchange, others already write those of the
  // next. A lane that writes the values of the exchange after that has met all lanes in between.
  std::uint64_t values_[2][kMaxWidth] = {};
  std::vector<Fiber>& fibers_;
  Fiber caller_;
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
