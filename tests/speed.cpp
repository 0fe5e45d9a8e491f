// evenkeel_speed: compares the core with the plain reference of the same strategy in one run.
// evenkeel_speed FILE: the time of a call of the library, balance() with figures, to place these loads on 32 GPUs with
// 288 slots; web/module/bench.mjs compares the module with it.
//
// One thread, 58 layers of 256 experts -> 288 slots on 32 GPUs, global. The two run alternately, so that a
// change of the machine's speed affects both; the result is the median of the ratios of neighbouring runs. It
// reports and never fails: speed depends on the machine.

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "core/evenkeel.hpp"
#include "core/io/loads/read_loads.hpp"
#include "core/model/strategies.hpp"
#include "core/traffic/example.hpp"
#include "tests/reference.hpp"
#include "tests/support.hpp"

namespace {

using namespace evenkeel;

double microseconds_a_row(const std::function<void()>& work, std::int64_t rows) {
  const auto begin = std::chrono::steady_clock::now();
  work();
  const std::chrono::duration<double, std::micro> time = std::chrono::steady_clock::now() - begin;
  return time.count() / static_cast<double>(rows);
}

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

// Prints the strategies' median and lowest eighth of 400 calls.
int time_calls(const char* file) {
  const std::string bytes = test::read_file(file);
  Loads loads;
  if (const Status s = read_loads(std::as_bytes(std::span(bytes)), file, {}, loads); !s.ok()) {
    std::fprintf(stderr, "%s\n", s.sentence().c_str());
    return 1;
  }
  const Shape shape = {loads.layers, loads.experts, 288, 32, 1, 1};
  Execution execution;
  execution.threads = 1;
  for (const char* name : {"deepseek", "keel"}) {
    const Strategy* strategy = nullptr;
    (void)find_strategy(name, strategy).ok();
    std::vector<double> times;
    for (int i = 0; i < 400; ++i) {
      Result result;
      times.push_back(microseconds_a_row(
          [&] { (void)balance(loads, shape, strategy->rules, nullptr, execution, result).ok(); },
          loads.layers));
    }
    std::sort(times.begin(), times.end());
    std::printf("%s %.3f %.3f\n", name, times[200], times[50]);
  }
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc > 1) return time_calls(argv[1]);
  constexpr int kWindows = 20;
  constexpr int kPairs = 15;
  const Shape shape = {58, 256, 288, 32, 1, 1};
  Loads loads = {58 * kWindows, 256, {}, 0, 1};
  for (int i = 0; i < kWindows; ++i) {
    const Loads window = skewed_loads(58, 256, static_cast<std::uint64_t>(i));
    loads.values.insert(loads.values.end(), window.values.begin(), window.values.end());
  }
  Shape all = shape;
  all.layers = loads.layers;  // rows, not layers of a model: not checked here
  Placement expected = test::reference_placement(loads, all);
  Placement actual = expected;
  Batch batch;
  batch.shape = shape;
  batch.rows = loads.layers;
  batch.in.loads = loads.values.data();
  batch.out.placement = {actual.phy2log.data(), actual.logcnt.data(), actual.log2phy.data()};
  batch.threads = 1;
  const Backend& cpu = backends().front();

  std::vector<double> core, reference, ratio;
  for (int pair = -1; pair < kPairs; ++pair) {  // the first pair warms up
    const double a = microseconds_a_row([&] { (void)cpu.run(batch, Rules()).ok(); }, batch.rows);
    const double b = microseconds_a_row(
        [&] { test::reference_placement_into(loads, all, expected); }, batch.rows);
    if (pair < 0) continue;
    core.push_back(a);
    reference.push_back(b);
    ratio.push_back(a / b);
  }
  if (actual.phy2log != expected.phy2log || actual.log2phy != expected.log2phy) {
    std::fprintf(stderr, "the core and the reference disagree\n");
    return 1;
  }
  const auto [least, most] = std::minmax_element(ratio.begin(), ratio.end());
  std::printf(
      "deepseek, 58 x 256 -> 288 on 32 GPUs, global, one thread, %lld rows, %d pairs\n"
      "core       %7.2f us/row\nreference  %7.2f us/row\n"
      "ratio      %7.3f (%.3f to %.3f)\n",
      static_cast<long long>(batch.rows), kPairs, median(core), median(reference), median(ratio),
      *least, *most);
  return 0;
}
