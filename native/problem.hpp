// A problem of a subcommand: loads, shape and current placement, read and checked.
#pragma once

#include <CLI/CLI.hpp>
#include <functional>
#include <span>
#include <string>

#include "core/request/problem.hpp"
#include "native/execution_options.hpp"
#include "native/load_options.hpp"
#include "native/step_input.hpp"

namespace evenkeel {

struct ProblemOptions {
  LoadOptions loads;
  Request request;
  ExecutionOptions execution;
  std::string previous;
  bool json = false;
  bool quiet = false;
};

// LOADS, the shape, --seed, --previous, --backend, --threads, --json and --quiet.
void add_problem_options(CLI::App& app, ProblemOptions& options);

// Reads and checks everything but the strategy; notes go to standard error unless quiet.
Status read_problem(const ProblemOptions& options, StepInput& input, Problem& out);

// A result of another shape than the problem's.
struct OtherResult {
  Shape shape;
  Result result;

  StepsOfPlacement steps() { return {shape, &result.placement, &result.steps}; }
};
// What the previous placement is worth on these loads, against the bound of its own number of slots and GPUs (and of
// no groups, where it splits them).
Status score_previous(const Problem& problem, OtherResult& out);
// Without a balancer: contiguous, without redundant experts.
Status place_without_balancer(const Problem& problem, OtherResult& out);
// What that is: "contiguous, no redundant experts (32 slots)"
std::string describe_no_balancer(const Shape& shape);

// Microseconds to place a layer on one thread. `tick` is called after each run.
inline constexpr std::int64_t kTimedRuns = 10;
Status time_a_layer(const Problem& problem, const Rules& rules, const std::function<void()>& tick,
                    double& out);

// Warns of layers without load that are not dense layers.
void warn_of_empty_layers(bool quiet, const Loads& loads, std::span<const LayerMetrics> metrics);

}  // namespace evenkeel
