// Fuzzes the balancing core differentially: any shape, loads and rules, hostile numbers included, must
// get the same sentence or the same placement and figures from cpu, from fibers, and, for the
// baseline, from the plain reference.
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "core/check.hpp"
#include "core/evenkeel.hpp"
#include "tests/reference.hpp"

namespace evenkeel {
namespace {

// Takes numbers off the input; zeros behind its end.
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

bool same(const Result& a, const Result& b) {
  for (std::size_t i = 0; i < a.metrics.size(); ++i) {
    const LayerMetrics& x = a.metrics[i];
    const LayerMetrics& y = b.metrics[i];
    if (x.mean_load != y.mean_load || x.max_load != y.max_load || x.lower_bound != y.lower_bound ||
        x.hottest_gpu != y.hottest_gpu || x.same_gpu_copies != y.same_gpu_copies ||
        x.lower_bound > x.max_load || x.mean_load > x.max_load) {
      return false;
    }
  }
  return a.placement.phy2log == b.placement.phy2log && a.placement.logcnt == b.placement.logcnt &&
         a.placement.log2phy == b.placement.log2phy;
}

// Small enough for fibers; signed, so that sizes below 1 come up.
std::int32_t size_from(Input& in, int most) { return in.take<std::int8_t>() % (most + 1); }

void run(Input in) {
  Shape shape = {1,
                 size_from(in, 48),
                 size_from(in, 96),
                 size_from(in, 24),
                 size_from(in, 4),
                 size_from(in, 12)};
  const auto kind = in.take<std::uint8_t>();
  const Rules rules = {static_cast<Replication>(kind % 3), static_cast<Packing>(kind / 3 % 3),
                       static_cast<Packing>(kind / 9 % 3), in.take<std::uint8_t>()};
  const bool raw = in.take<std::uint8_t>() % 4 == 0;  // any bits, or counts that tie
  Loads loads = {1, shape.experts, {}, 0, 1};
  for (int x = 0; x < shape.experts; ++x) {
    loads.values.push_back(raw ? in.take<float>() : static_cast<float>(in.take<std::uint8_t>()));
  }
  std::string note;
  if (!resolve_policy(Policy::automatic, shape, note).ok()) std::abort();

  Execution cpu;
  cpu.threads = 1;
  Result expected;
  const Status status = balance(loads, shape, rules, nullptr, cpu, expected);
  for (const Backend& backend : backends()) {
    Execution execution;
    execution.backend = &backend;
    Result actual;
    const Status other = balance(loads, shape, rules, nullptr, execution, actual);
    expect(status.sentence() == other.sentence(), "the back ends refuse differently");
    expect(!status.ok() || same(expected, actual), "the back ends place differently");
  }
  if (!status.ok()) return;
  if (rules.replication == Replication::highest_load && rules.group_packing == Packing::greedy &&
      rules.slot_packing == Packing::greedy) {
    const Placement plain = test::reference_placement(loads, shape);
    expect(plain.phy2log == expected.placement.phy2log, "cpu and the reference differ");
    expect(plain.log2phy == expected.placement.log2phy, "cpu and the reference number differently");
  }
}

}  // namespace
}  // namespace evenkeel

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  evenkeel::add_fiber_backends();
  evenkeel::run(evenkeel::Input(data, size));
  return 0;
}
