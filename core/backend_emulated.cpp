// The co-operative text on a host: emulated lanes behind the back-end interface.

#include "core/backend.hpp"
#include "core/backend_rows.hpp"
#include "core/lanes_emulated.hpp"

namespace evenkeel {
namespace {

using Runner = void (*)(int width, const LaneBody& body);

Status always_present() { return {}; }

template <int W, Runner run>
Status balance_emulated(const Batch& batch, const Rules& rules) {
  const RowMemory memory(batch.shape);
  run(W, [&](Crew& crew, int rank) {
    balance_range(EmulatedLanes<W>(crew, rank), batch, rules, memory, 0, batch.rows);
  });
  return {};
}

template <int W, Runner run>
Status measure_emulated(const Batch& batch) {
  const RowMemory memory(batch.shape);
  run(W, [&](Crew& crew, int rank) {
    measure_range(EmulatedLanes<W>(crew, rank), batch, memory, 0, batch.rows);
  });
  return {};
}

template <int W, Runner run>
void add(std::string_view name, std::string_view sentence) {
  add_backend({name, sentence, always_present, balance_emulated<W, run>, measure_emulated<W, run>});
}

}  // namespace

void add_fiber_backends() {
  add<4, run_on_fibers>("emulated4", "4 lanes a row as fibers, for tests");
  add<32, run_on_fibers>("emulated32", "32 lanes a row as fibers, for tests");
}

void add_thread_backends() {
  add<4, run_on_threads>("threads4", "4 lanes a row as threads, for the race checker");
  add<32, run_on_threads>("threads32", "32 lanes a row as threads, for the race checker");
}

}  // namespace evenkeel
