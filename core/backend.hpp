// Who computes: back ends behind one interface, found by name at run time.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "core/metrics.hpp"
#include "core/rules.hpp"
#include "core/status.hpp"
#include "core/types.hpp"

namespace evenkeel {

// Rows to balance or to measure. Shapes and loads were checked at the border; arrays belong to the
// caller. Row i is layer first_layer + i % shape.layers of the model.
struct Batch {
  Shape shape;
  std::int64_t rows = 0;
  std::int32_t first_layer = 0;
  const float* loads = nullptr;  // [rows, E]

  // The placement: written by balance, read by measure.
  std::int32_t* phy2log = nullptr;  // [rows, P]
  std::int32_t* logcnt = nullptr;   // [rows, E]
  std::int32_t* log2phy = nullptr;  // [rows, P] packed

  // Written by measure, and by balance unless it is nullptr.
  LayerMetrics* metrics = nullptr;                 // [rows]
  const std::int32_t* previous_phy2log = nullptr;  // [rows, previous_slots]; nullptr: none
  std::int32_t previous_slots = 0;

  int threads = 0;  // 0: all cores; back ends without threads of their own ignore it

  Row row(std::int64_t i) const {
    return {loads + i * shape.experts, first_layer + static_cast<std::int32_t>(i % shape.layers)};
  }
  RowPlacement placement(std::int64_t i) const {
    return {phy2log + i * shape.slots, logcnt + i * shape.experts, log2phy + i * shape.slots};
  }
  PreviousRow previous(std::int64_t i) const {
    if (previous_phy2log == nullptr) return {};
    return {previous_phy2log + i * previous_slots, previous_slots};
  }
};

// One back end: a row of data. All give the same bits.
struct Backend {
  std::string_view name;
  std::string_view sentence;
  Status (*present)();  // fine, or why it cannot run here; may be slow the first time
  Status (*balance)(const Batch& batch, const Rules& rules);
  Status (*measure)(const Batch& batch);
  bool threaded = false;  // Batch::threads counts
};

// The back ends of this program: `cpu` is always there, others are added by the program's start. Their
// addresses stay valid. At most kMostBackends; a name that is there already is not added again.
inline constexpr std::size_t kMostBackends = 16;
std::span<const Backend> backends();
void add_backend(const Backend& backend);

// The co-operative text on a host (backend_emulated.cpp): emulated4 and emulated32 with fibers, and,
// for the race checker alone, threads4 and threads32. Thousands of times slower than cpu.
void add_fiber_backends();
void add_thread_backends();

// Finds a back end that is built and present, by name; else an error that says which are.
Status find_backend(std::string_view name, const Backend*& out);

// The fastest one here: `cuda` where it can run, else `cpu` and a note that says why.
const Backend& fastest_backend(std::string& note);

}  // namespace evenkeel
