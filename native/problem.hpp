// A problem as the subcommands get it: options for loads, shape and what runs today, read and
// checked.
#pragma once

#include <CLI/CLI.hpp>
#include <functional>
#include <string>

#include "core/base/status.hpp"
#include "core/evenkeel.hpp"
#include "core/model/rules.hpp"
#include "core/model/types.hpp"
#include "native/options.hpp"

namespace evenkeel {

struct ProblemOptions {
  LoadOptions loads;
  ShapeOptions shape;
  ExecutionOptions execution;
  std::uint64_t seed = 0;
  std::string previous;
  bool json = false;
  bool quiet = false;
};

// LOADS, the shape, --previous, --seed, --backend, --threads, --json and --quiet.
void add_problem_options(CLI::App& app, ProblemOptions& options);

struct Problem {
  Loads loads;
  Shape shape;
  Placement previous;
  bool has_previous = false;
  Execution execution;
  std::uint64_t seed = 0;

  const Placement* moved_from() const { return has_previous ? &previous : nullptr; }
  // Balances with a strategy's rules and this problem's seed.
  Status balance_with(Rules rules, Result& out) const;
  // What --previous is worth on these loads, against the bound of its own number of slots (and of no
  // groups, where it splits them).
  Status score_previous(Result& out) const;
  // Microseconds that placing a layer takes, on one thread. `tick` is called after each of the runs.
  static constexpr std::int64_t kTimedRuns = 10;
  Status time_a_layer(Rules rules, const std::function<void()>& tick, double& out) const;
};

// Reads and checks everything; notes go to standard error unless quiet.
Status read_problem(const ProblemOptions& options, Problem& out);

// Reads a placement for these loads: all layers, or those that --layers chose.
Status read_placement_for(const std::string& path, const LoadOptions& options, const Loads& loads,
                          Placement& out);

// Warns of layers without load.
void warn_of_empty_layers(bool quiet, std::span<const LayerMetrics> layers);

// Runs a subcommand's work and turns its status into the exit status.
int exit_status_of(const Status& status);

}  // namespace evenkeel
