// The co-operative text on a host: emulated lanes behind the back-end interface.

#include "core/batch/backend.hpp"
#include "core/batch/host_rows.hpp"
#include "core/lanes/lanes_emulated.hpp"

namespace evenkeel {
namespace {

using Runner = void (*)(int width, const LaneBody& body);

Status always_present() { return {}; }

template <int W, Runner run>
Status run_emulated(const Batch& whole, const Rules* rules) {
  if (whole.stopped != nullptr && whole.stopped()) return Status::error("stopped");
  return catch_faults(whole, [rules](const Batch& batch) {
    const HostRowMemory<EmulatedLanes<W>> memory(RowNeeds::of(batch, rules));
    run(W, [&](Crew& crew, int rank) {
      run_rows(EmulatedLanes<W>(crew, rank), batch, rules, memory.get(), 0, batch.rows, 1);
    });
    return Status();
  });
}

template <int W, Runner run>
Status balance_emulated(const Batch& batch, const Rules& rules) {
  return run_emulated<W, run>(batch, &rules);
}
template <int W, Runner run>
Status measure_emulated(const Batch& batch) {
  return run_emulated<W, run>(batch, nullptr);
}

template <int W, Runner run>
void add(std::string_view name, std::string_view sentence) {
  add_backend({name, sentence, always_present, balance_emulated<W, run>, measure_emulated<W, run>});
}

}  // namespace

void add_fiber_backends() {
  add<4, run_on_fibers>("emulated4", "4 lanes per row as fibers, for tests");
  add<32, run_on_fibers>("emulated32", "32 lanes per row as fibers, for tests");
}

void add_thread_backends() {
  add<4, run_on_threads>("threads4", "4 lanes per row as threads, for the race detector");
  add<32, run_on_threads>("threads32", "32 lanes per row as threads, for the race detector");
}

}  // namespace evenkeel
