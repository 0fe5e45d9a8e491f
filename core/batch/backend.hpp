// Who computes: back ends behind one interface, found by name at run time.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "core/base/status.hpp"
#include "core/batch/batch.hpp"
#include "core/model/rules.hpp"

namespace evenkeel {

// One back end: a row of data. All give the same bits.
struct Backend {
  std::string_view name;
  std::string_view sentence;
  // Fine, or why it cannot run here; may be slow the first time.
  Status (*can_run)(void* context);
  Status (*run_rows)(void* context, const Batch& batch, const Rules& rules);
  int priority = 0;         // fastest_backend takes the highest that can run
  bool threaded = false;    // Batch::threads counts
  void* context = nullptr;  // passed to the functions; must outlive the program's use of them
  // With so many rows at a time it is busy, and soon enough done to be stopped.
  std::int64_t rows_at_once = 1 << 15;

  Status present() const { return can_run(context); }
  // Does the batch's work, in the default floating-point mode whatever the caller's is. rules do not matter
  // to RowWork::measure_given.
  Status run(const Batch& batch, const Rules& rules) const;
};

// The back ends of this program: `cpu` is always there, others are added by the program's start. Their
// addresses stay valid.
inline constexpr std::size_t kMostBackends = 16;
std::span<const Backend> backends();
// A name that is there already is not added again. An error: there are kMostBackends.
Status add_backend(const Backend& backend);

// The co-operative text on a host (backend_emulated.cpp): emulated4 and emulated32 with fibers, and,
// for the race checker alone, threads4 and threads32. Thousands of times slower than cpu.
Status add_fiber_backends();
Status add_thread_backends();

// Finds a back end that is built and present, by name; else an error that says which are.
Status find_backend(std::string_view name, const Backend*& out);

// The one with the highest priority that can run here. note: why one with a higher priority cannot.
const Backend& fastest_backend(std::string& note);

}  // namespace evenkeel
