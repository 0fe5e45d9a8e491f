#include "tests/link_cases.hpp"

#include "core/lanes/random.hpp"
#include "core/traffic/synth.hpp"
#include "tests/cases.hpp"

namespace evenkeel::test {
namespace {

std::string any_file(Random& random) {
  std::string name;
  for (std::uint32_t i = 1 + random.below(20); i > 0; --i) {
    const std::uint32_t c = random.below(256);
    if (c < 0x20 || c == 0x7f) {
      name += '-';
    } else if (c < 0x80) {
      name += static_cast<char>(c);
    } else {  // two bytes of UTF-8
      name += {static_cast<char>(0xc0 | c >> 6), static_cast<char>(0x80 | (c & 0x3f))};
    }
  }
  return name;
}

std::string any_loads(Random& random) {
  const auto presets = synth_presets();
  SynthSpec spec;
  spec.preset = &presets[random.below(static_cast<std::uint32_t>(presets.size()))];
  spec.seed = random.below(3);
  spec.steps = 1 + random.below(kMaxSynthSteps);
  spec.skew_millionths = static_cast<std::int32_t>(random.below(kMaxSynthSkew + 1));
  return synth_text(spec);
}

}  // namespace

LinkState random_link_state(std::uint64_t seed) {
  Random random(seed, 3000);
  const auto maybe = [&] { return random.below(2) == 0; };
  const auto number = [&](std::int32_t least, std::int32_t most) {
    return least +
           static_cast<std::int32_t>(random.below(static_cast<std::uint32_t>(most - least + 1)));
  };
  LinkState state;
  if (maybe()) state.loads = any_loads(random);
  if (maybe()) state.file = any_file(random);
  if (maybe()) state.steps = {number(0, 1000), Range().end};
  if (maybe()) state.steps.end = number(0, 1000);
  if (maybe()) state.gpus = number(1, kMaxGpus);
  if (maybe()) state.slots = number(1, kMaxSlots);
  if (!state.slots && maybe()) state.redundant = number(0, kMaxSlots);
  if (maybe()) state.nodes = number(1, kMaxGpus);
  if (maybe()) state.groups = number(1, kMaxExperts);
  if (maybe()) state.policy = static_cast<Policy>(random.below(3));
  if (maybe()) state.strategy = maybe() ? "k2" : "keel:25";
  if (maybe()) {
    state.strategy = maybe() ? "k2" : "deepseek";
    const Rules rules = random_rules(seed);
    for (std::size_t i = 0; i < stages().size(); ++i) {
      state.stages[i] = rule_name(stages()[i], rules);
    }
  }
  if (maybe()) state.seed = random.next();
  if (maybe()) state.bounds = static_cast<Bounds>(random.below(3));
  if (maybe()) state.layer = number(0, 65535);
  if (maybe()) state.step = number(0, 9000);
  if (maybe()) state.panel = "compare";
  if (maybe()) state.theme = maybe() ? "dark" : "light";
  state.embed = maybe();
  return state;
}

}  // namespace evenkeel::test
