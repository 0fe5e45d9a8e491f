// Synthetic traces from hostile text: every valid text has one shortest equivalent, and the counts add up.
#include <algorithm>
#include <numeric>
#include <string_view>
#include <vector>

#include "core/io/loads/read_synth.hpp"
#include "tests/fuzz_support.hpp"

namespace evenkeel::test {
namespace {

// One layer and few steps: a whole trace would take seconds.
void require_trace(const SynthSpec& spec) {
  const SynthPreset& preset = *spec.preset;
  const auto layers = static_cast<std::uint64_t>(preset.shape.layers);
  const auto layer = static_cast<std::int32_t>(spec.seed % layers);
  const std::int64_t steps = std::min<std::int64_t>(spec.steps, 3);
  SynthTrace trace(spec, layer, layer + 1);
  std::vector<std::uint32_t> counts(trace.cells());
  while (trace.step() < steps) {
    trace.next_step(counts);
    const auto sum = std::accumulate(counts.begin(), counts.end(), std::int64_t{0});
    require(sum == std::int64_t{preset.tokens} * preset.top_k);
    for (const std::uint32_t count : counts) require(std::int64_t{count} <= preset.tokens);
  }
  ReadOptions last;
  last.steps = {steps - 1, steps};
  last.layers = {layer, layer + 1};
  Loads loads;
  require(read_synth(spec, last, loads).ok());
  require_good(loads);
  require(std::equal(counts.begin(), counts.end(), loads.values.begin(), loads.values.end(),
                     [](std::uint32_t count, float load) { return load == float(count); }));
}

void fuzz_synth(std::span<const std::uint8_t> input) {
  const FuzzFile file(input);
  const std::string_view text(reinterpret_cast<const char*>(file.bytes().data()), input.size());
  SynthSpec spec;
  const Status status = parse_synth(text, spec);
  if (!status.ok()) {
    require(spec == SynthSpec());
    require_sentence(status);
    return;
  }
  const std::string shortest = synth_text(spec);
  SynthSpec again;
  require(parse_synth(shortest, again).ok() && again == spec);
  require(synth_text(again) == shortest && shortest.size() <= text.size());
  require_trace(spec);
}

}  // namespace
}  // namespace evenkeel::test

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  evenkeel::test::fuzz_synth({data, size});
  return 0;
}
