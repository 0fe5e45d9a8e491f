// --backend and --threads: who computes.
#pragma once

#include <CLI/CLI.hpp>
#include <cstdint>
#include <string>

#include "core/base/status.hpp"
#include "core/evenkeel.hpp"

namespace evenkeel {

struct ExecutionOptions {
  std::string backend = "cpu";
  std::int64_t threads = 0;
};
void add_execution_options(CLI::App& app, ExecutionOptions& options);

// A note about a back end that is not here goes to standard error unless quiet.
Status resolve_execution(const ExecutionOptions& options, bool quiet, Execution& out);

}  // namespace evenkeel
