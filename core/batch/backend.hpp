// Back ends: implementations behind one interface, found by name at run time.
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

// One back end. All back ends give the same bits.
struct Backend {
  std::string_view name;
  std::string_view sentence;
  // Ok, or the reason why it cannot run here; may be slow the first time.
  Status (*can_run)(void* context);
  Status (*run_rows)(void* context, const Batch& batch, const Rules& rules);
  int priority = 0;         // fastest_backend takes the highest one that can run
  bool threaded = false;    // whether it uses Batch::threads
  void* context = nullptr;  // passed to the functions; must outlive the program's use of them
  // The number of rows per call that keeps it busy but lets it stop soon.
  std::int64_t rows_at_once = 1 << 15;
  bool is_device = false;  // rows are computed beside the host

  Status present() const { return can_run(context); }
  // Does the work of the batch in the default floating-point mode, whatever the mode of the caller is.
  // RowWork::measure_given ignores rules.
  Status run(const Batch& batch, const Rules& rules) const;
};

// The back ends of this program: `cpu` is always there, others are added by the program's start. Their
// addresses stay valid.
inline constexpr std::size_t kMostBackends = 16;
std::span<const Backend> backends();
// A name that exists already is not added again. Error: there are kMostBackends already.
Status add_backend(const Backend& backend);

// Emulated lanes on a host (backend_emulated.cpp): emulated4 and emulated32 with fibers and, only for the
// race detector, threads4 and threads32. Thousands of times slower than cpu.
Status add_fiber_backends();
Status add_thread_backends();

// Finds a back end by name. If it is not built or cannot run here, the error lists those that can.
Status find_backend(std::string_view name, const Backend*& out);

// The back end with the highest priority that can run here. note: why those with a higher priority cannot.
const Backend& fastest_backend(std::string& note);

}  // namespace evenkeel
