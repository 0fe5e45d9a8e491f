// evenkeel_hard_loads: keel against deepseek on loads and shapes that are hard to balance. Prints the table of
// native/RESULTS.md; it never fails. One thread; per row the least processor time of three runs.

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <functional>
#include <string>
#include <vector>

#include "core/evenkeel.hpp"
#include "core/lanes/random.hpp"
#include "core/model/strategies.hpp"
#include "core/traffic/deterministic_math.hpp"

namespace {

using namespace evenkeel;

// The load of an expert from its rank in the row and random numbers.
using Law = std::function<double(int expert, Random& random)>;

double log_normal(int, Random& random) { return deterministic_exp(normal(random)); }

// Rows of whole tokens, `tokens` on average, whose experts are shuffled.
Loads loads_of(const Law& law, int rows, int experts, double tokens) {
  Loads loads = {1, experts, {}, 0, 1};
  loads.layers = rows;
  for (int row = 0; row < rows; ++row) {
    Random random(17, static_cast<std::uint64_t>(row));
    std::vector<double> values;
    double sum = 0;
    for (int x = 0; x < experts; ++x) sum += values.emplace_back(law(x, random));
    shuffle(random, values.data(), experts);
    for (const double value : values) {
      loads.values.push_back(static_cast<float>(std::floor(value / sum * tokens + 0.5)));
    }
  }
  return loads;
}

// The least processor time of placing the row, in microseconds.
double time_of(const Loads& row, const Shape& shape, const Rules& rules, Placement& placement) {
  const auto now = [] {
    timespec time;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return static_cast<double>(time.tv_sec) * 1e6 + static_cast<double>(time.tv_nsec) * 1e-3;
  };
  Execution execution;
  execution.threads = 1;
  double least = 1e300;
  for (int i = 0; i < 3; ++i) {
    const double begin = now();
    (void)place_again(row, shape, rules, execution, placement).ok();
    least = std::min(least, now() - begin);
  }
  return least;
}

struct Outcome {
  double mean = 0;
  double worst = 1;
  double time = 0;
  double longest = 0;
  std::vector<double> max_load;  // of each row
};

Outcome outcome_of(const Loads& loads, Shape shape, std::string_view name) {
  const Strategy* strategy = nullptr;
  (void)find_strategy(name, strategy).ok();
  Outcome all;
  shape.layers = 1;
  for (int row = 0; row < loads.layers; ++row) {
    const auto begin = loads.values.begin() + std::ptrdiff_t{row} * loads.experts;
    const Loads one = {1, loads.experts, {begin, begin + loads.experts}, 0, 1};
    Result result;
    Execution execution;
    execution.threads = 1;
    if (!balance(one, shape, strategy->rules, nullptr, execution, result).ok()) std::abort();
    const LayerMetrics& metrics = result.metrics[0];
    const double balanced =
        metrics.max_load > 0 ? std::min(1.0, metrics.mean_load / metrics.max_load) : 1;
    const double time = time_of(one, shape, strategy->rules, result.placement);
    all.mean += balanced / loads.layers;
    all.worst = std::min(all.worst, balanced);
    all.time += time / loads.layers;
    all.longest = std::max(all.longest, time);
    all.max_load.push_back(metrics.max_load);
  }
  return all;
}

void report(const std::string& what, const Loads& loads, const Shape& shape) {
  const Outcome deepseek = outcome_of(loads, shape, "deepseek");
  std::printf("| %s, %d -> %d on %d | %.4f/%.4f %.0f us", what.c_str(), shape.experts, shape.slots,
              shape.gpus, deepseek.mean, deepseek.worst, deepseek.time);
  std::string worse;
  for (const char* name : {"keel:fast", "keel", "keel:max"}) {
    const Outcome keel = outcome_of(loads, shape, name);
    int rows = 0;
    for (std::size_t i = 0; i < keel.max_load.size(); ++i) {
      rows += keel.max_load[i] > deepseek.max_load[i] * (1 + 1e-12) ? 1 : 0;
    }
    std::printf(" | %.4f/%.4f %.0f us (%.0f)", keel.mean, keel.worst, keel.time, keel.longest);
    worse += (worse.empty() ? "" : ", ") + std::to_string(rows);
  }
  std::printf(" | %s of %d |\n", worse.c_str(), loads.layers);
  std::fflush(stdout);
}

}  // namespace

int main() {
  std::printf(
      "| loads | deepseek | keel:fast | keel | keel:max | rows worse than deepseek |\n"
      "|---|---|---|---|---|---|\n");
  const auto all = [](const std::string& what, const Law& law, double tokens) {
    for (const Shape& shape : {Shape{1, 256, 288, 32, 1, 1}, Shape{1, 256, 320, 64, 1, 1}}) {
      report(what, loads_of(law, 40, shape.experts, tokens), shape);
    }
  };
  all(
      "Zipf", [](int x, Random&) { return 1.0 / (x + 1); }, 8e6);
  all(
      "Zipf 0.5 to 1.5",
      [](int x, Random& random) {
        static double power = 1;
        if (x == 0) power = 0.5 + uniform(random);
        return std::pow(x + 1, -power);
      },
      8e6);
  all(
      "Pareto 1.2", [](int, Random& random) { return std::pow(1 - uniform(random), -1 / 1.2); },
      8e6);
  all("512 tokens", log_normal, 512);
  all(
      "ties: 1, 2 or 3", [](int, Random& random) { return 1.0 + random.below(3); }, 512);
  all(
      "half of the load on one expert",
      [](int x, Random& random) { return x == 0 ? 420 : log_normal(x, random); }, 8e6);
  for (const Shape& shape : {Shape{1, 32, 48, 16, 1, 1}, Shape{1, 32, 64, 32, 1, 1}}) {
    report("log-normal", loads_of(log_normal, 100, 32, 8e6), shape);
  }
  for (const Shape& shape : {Shape{1, 1024, 4096, 1024, 1, 1}, Shape{1, 1024, 4096, 512, 1, 1},
                             Shape{1, 1024, 4096, 8, 1, 1}, Shape{1, 1024, 2048, 1024, 1, 1},
                             Shape{1, 1024, 3072, 1024, 1, 1}, Shape{1, 1024, 1280, 256, 1, 1},
                             Shape{1, 64, 4096, 1024, 1, 1}, Shape{1, 8, 4096, 512, 1, 1}}) {
    report("limits", loads_of(log_normal, 3, shape.experts, 8e6), shape);
  }
  for (const Shape& shape : {Shape{1, 1024, 4096, 1024, 1, 1}, Shape{1, 1024, 4096, 512, 1, 1}}) {
    report(
        "limits, ties",
        loads_of([](int, Random& random) { return 1.0 + random.below(3); }, 3, shape.experts, 2048),
        shape);
  }
  return 0;
}
