// Who computes: back ends behind one interface, found by name at run time.
#pragma once

#include <cstddef>
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
