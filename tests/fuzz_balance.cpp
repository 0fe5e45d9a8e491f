// Differential fuzzer of the balancing core. For any shape, loads, rules and previous placement, hostile
// numbers included, three runs must give the same error, or the same placement and figures: cpu on one
// thread; another back end or more threads; and, for the six published strategies and keel, the plain reference.
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "core/evenkeel.hpp"
#include "core/model/check.hpp"
#include "core/model/figures.hpp"
#include "core/model/strategies.hpp"
#include "tests/cases.hpp"
#include "tests/reference.hpp"
#include "tests/reference_keel.hpp"

namespace evenkeel {
namespace {

// Reads numbers from the input; zeros after its end.
class Input {
 public:
  Input(const std::uint8_t* data, std::size_t size) : data_(data), size_(size) {}

  template <class T>
  T take() {
    T value{};
    const std::size_t count = sizeof value < size_ ? sizeof value : size_;
    std::memcpy(&value, data_, count);
    data_ += count;
    size_ -= count;
    return value;
  }

 private:
  const std::uint8_t* data_;
  std::size_t size_;
};

void expect(bool holds, const char* what) {
  if (holds) return;
  std::fprintf(stderr, "%s\n", what);
  std::abort();
}

bool same(const std::vector<LayerMetrics>& a, const std::vector<LayerMetrics>& b) {
  for (std::size_t i = 0; i < a.size(); ++i) {
    const LayerMetrics& x = a[i];
    const LayerMetrics& y = b[i];
    if (x.mean_load != y.mean_load || x.max_load != y.max_load || x.lower_bound != y.lower_bound ||
        x.hottest_gpu != y.hottest_gpu || x.same_gpu_copies != y.same_gpu_copies ||
        x.moved_slots != y.moved_slots || x.lower_bound > x.max_load || x.mean_load > x.max_load) {
      return false;
    }
  }
  return a.size() == b.size() && summarize({a}) == summarize({b});
}

bool same(const Result& a, const Result& b) {
  return same(a.metrics, b.metrics) && a.placement.phy2log == b.placement.phy2log &&
         a.placement.logcnt == b.placement.logcnt && a.placement.log2phy == b.placement.log2phy;
}

// Small enough for fibers; signed, so that sizes below 1 occur.
std::int32_t size_from(Input& in, int most) { return in.take<std::int8_t>() % (most + 1); }

// A named strategy or any combination of rules.
Rules rules_from(Input& in) {
  const std::span<const Strategy> all = strategies();
  const std::size_t which = in.take<std::uint8_t>() % (2 * all.size());
  const auto seed = in.take<std::uint8_t>();
  if (which >= all.size()) return test::random_rules(which * 256 + seed);
  Rules rules = all[which].rules;
  rules.seed = seed;
  if (seed % 4 == 3 && rules.has_stages()) rules.apart = Apart::exchange;
  rules.kicks = std::min(rules.kicks, 6);  // more take the same ways, and fibers are slow
  return rules;
}

// A previous placement: the result of other rules for the reversed loads, often with more slots. No layers:
// there is none.
Placement previous_from(Input& in, const Shape& shape, Loads loads) {
  const auto kind = in.take<std::uint8_t>();
  const Rules rules = rules_from(in);
  if (kind % 4 == 0) return {};
  Shape before = shape;
  if (kind / 16 % 2 == 1) {  // on other GPUs, without nodes
    before.gpus = 1 + kind / 32;
    before.nodes = before.groups = 1;
    before.slots = (before.experts + before.gpus - 1) / before.gpus * before.gpus;
  }
  before.slots += kind / 4 % 3 * before.gpus;
  std::reverse(loads.values.begin(), loads.values.end());
  Execution cpu;
  cpu.threads = 1;
  Result result;
  if (!balance(loads, before, rules, nullptr, cpu, result).ok()) return {};
  if (kind % 4 == 1 && before.gpus == shape.gpus)
    result.placement.gpus = 0;  // as in files without it
  return result.placement;
}

// The number of slots of a layer whose expert was not on that GPU before, counted in the simplest way; or -1.
std::int32_t moved_slots(const Placement& now, const Placement& previous, std::int32_t layer) {
  if (previous.layers == 0) return -1;
  const std::int32_t room = now.slots / now.gpus;
  const std::int32_t gpus = previous.gpus == 0 ? now.gpus : previous.gpus;
  const std::int32_t before = previous.slots / gpus;
  std::int32_t moved = 0;
  for (std::int32_t slot = 0; slot < now.slots; ++slot) {
    if (slot / room >= gpus) {  // a new GPU
      ++moved;
      continue;
    }
    const auto there = previous.phy2log.begin() + layer * previous.slots + slot / room * before;
    const std::int32_t expert = now.phy2log[static_cast<std::size_t>(layer * now.slots + slot)];
    moved += std::count(there, there + before, expert) == 0 ? 1 : 0;
  }
  return moved;
}

void run(Input in) {
  Shape shape = {size_from(in, 3),  size_from(in, 48), size_from(in, 96),
                 size_from(in, 24), size_from(in, 4),  size_from(in, 12)};
  const Rules rules = rules_from(in);
  const auto kind = in.take<std::uint8_t>();
  const bool raw = kind % 4 == 0;  // any bits, or counts that tie
  // One of the back ends: all of them would take three times as long.
  const Execution execution = {&backends()[kind / 16 % backends().size()], 1 + kind / 4 % 4};
  Loads loads = {shape.layers, shape.experts, {}, in.take<std::uint8_t>(), 1};
  for (int layer = 0; layer < shape.layers; ++layer) {
    for (int x = 0; x < shape.experts; ++x) {
      loads.values.push_back(raw ? in.take<float>() : static_cast<float>(in.take<std::uint8_t>()));
    }
  }
  std::string note;
  if (!resolve_policy(Policy::automatic, shape, note).ok()) std::abort();
  const Placement before = previous_from(in, shape, loads);
  const Placement* const previous = before.layers == 0 ? nullptr : &before;

  Execution cpu;
  cpu.threads = 1;
  Result expected;
  const Status status = balance(loads, shape, rules, previous, cpu, expected);
  Result actual;
  const Status other = balance(loads, shape, rules, previous, execution, actual);
  expect(status.sentence() == other.sentence(), "the back ends refuse differently");
  if (!status.ok()) return;
  expect(same(expected, actual), "the back ends place differently");
  std::vector<LayerMetrics> scored;
  expect(score(loads, expected.placement, shape, previous, execution, scored).ok(),
         "a result cannot be scored");
  expect(same(expected.metrics, scored), "a result is scored differently");
  for (std::int32_t layer = 0; layer < shape.layers; ++layer) {
    expect(expected.metrics[static_cast<std::size_t>(layer)].moved_slots ==
               moved_slots(expected.placement, before, layer),
           "moved slots are miscounted");
  }
  Rules without = rules;
  without.apart = Apart::none;
  const std::string name = named(without).name;
  if (test::has_reference(name)) {
    const bool apart = rules.apart != Apart::none;
    const Placement plain = test::reference_placement(loads, shape, name, apart);
    expect(plain.phy2log == expected.placement.phy2log, "cpu and the reference differ");
    expect(plain.log2phy == expected.placement.log2phy, "cpu and the reference number differently");
  }
  if (!rules.has_stages()) {
    const Placement plain = test::reference_keel_placement(
        loads, shape, {rules.search == Search::fast, rules.kicks, rules.seed});
    expect(plain.phy2log == expected.placement.phy2log, "cpu and keel's reference differ");
    expect(plain.log2phy == expected.placement.log2phy,
           "cpu and keel's reference number differently");
  }
}

}  // namespace
}  // namespace evenkeel

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (!evenkeel::add_fiber_backends().ok()) std::abort();
  evenkeel::run(evenkeel::Input(data, size));
  return 0;
}
