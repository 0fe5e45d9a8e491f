// The replay: sums and signs of the split, its largest term on traces whose cause is known, independence of slices,
// threads and back ends, and the moments of plans.
#include "core/replay/replay.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <random>
#include <string>

#include "core/model/strategies.hpp"
#include "core/replay/resolve_replay.hpp"
#include "core/traffic/synth.hpp"
#include "tests/support.hpp"

namespace evenkeel::test {
namespace {

// Steps in memory.
struct Recording {
  std::vector<std::uint32_t> counts;  // [steps, L, E]
  RawSteps raw;

  Recording(std::int64_t steps, std::int32_t layers, std::int32_t experts)
      : counts(static_cast<std::size_t>(steps * layers * experts)) {
    raw = {reinterpret_cast<const std::byte*>(counts.data()),
           ElementKind::unsigned_integer,
           4,
           false,
           layers,
           experts,
           steps};
  }
  std::uint32_t& at(std::int64_t step, std::int64_t layer, std::int64_t expert) {
    return counts[static_cast<std::size_t>((step * raw.layers + layer) * raw.experts + expert)];
  }
};

// Its first layers.
Recording synthetic(std::string_view text, std::int32_t layers) {
  SynthSpec spec;
  EXPECT_TRUE(parse_synth(text, spec).ok()) << text;
  SynthTrace trace(spec, 0, layers);
  Recording recording(spec.steps, layers, trace.experts());
  for (std::int64_t step = 0; step < spec.steps; ++step) {
    trace.next_step(std::span(recording.counts)
                        .subspan(static_cast<std::size_t>(step) * trace.cells(), trace.cells()));
  }
  return recording;
}

NamedRules strategy_of_name(std::string_view name) {
  NamedRules rules;
  EXPECT_TRUE(choose_strategy(name, {}, 0, Vocabulary::plain, rules).ok());
  return rules;
}

struct Asked {
  Shape shape;
  std::string policies = "last";
  std::vector<std::string> strategies = {"deepseek"};
  ReplayOptions options;
  const Placement* given = nullptr;
};

// Runs a replay in slices of so many layers and blocks of so many steps. seen: called after each of the intervals.
template <class Seen>
Replay run(const Recording& recording, const Asked& asked, std::int32_t layers, std::int64_t steps,
           const Execution& execution, const Seen& seen) {
  std::vector<NamedRules> strategies;
  for (const std::string& name : asked.strategies) strategies.push_back(strategy_of_name(name));
  ReplaySetup setup;
  Status status = resolve_replay(asked.shape, asked.policies, strategies, asked.given,
                                 Vocabulary::plain, setup);
  EXPECT_TRUE(status.ok()) << status.sentence();
  Replay replay;
  status = replay.start(setup, asked.options, {3}, recording.raw.steps, Vocabulary::plain);
  EXPECT_TRUE(status.ok()) << status.sentence();
  std::size_t intervals = 0;
  while (status.ok() && !replay.done()) {
    if (replay.wants_steps()) {
      RawSteps block = recording.raw;
      block.steps = std::min(block.steps, replay.step() + steps);
      replay.take(block, replay.step(), {}, execution);
    } else {
      status = replay.advance(layers, execution, {});
      EXPECT_TRUE(status.ok()) << status.sentence();
    }
    if (replay.intervals().size() == intervals) continue;
    ++intervals;
    seen(replay);
  }
  return replay;
}

Replay run(const Recording& recording, const Asked& asked) {
  return run(recording, asked, kMaxLayers, 1000, {}, [](const Replay&) {});
}

double sum_of_terms(const Split& split) {
  double sum = 0;
  for (const double term : split.terms) sum += term;
  return sum;
}

std::string_view largest_term(const Split& split) {
  const auto most = std::max_element(split.terms.begin(), split.terms.end());
  return kSplitTerms[static_cast<std::size_t>(most - split.terms.begin())].name;
}

// Random traces with ties, zeros, steps and layers without tokens, one hot expert, and few steps an interval.
TEST(Replay, TermsAddUpAndAreNeverNegative) {
  std::mt19937 random(11);
  for (int round = 0; round < 12; ++round) {
    const std::int32_t experts = 8 + static_cast<std::int32_t>(random() % 3) * 4;
    Recording recording(70, 3, experts);
    for (std::int64_t step = 0; step < 70; ++step) {
      for (std::int64_t layer = 0; layer < 3; ++layer) {
        if (random() % 9 == 0 || (round % 3 == 0 && layer == 1)) continue;
        for (std::int32_t e = 0; e < experts; ++e) {
          recording.at(step, layer, e) =
              round % 4 == 1 ? 5 : random() % (round % 4 == 2 ? 3 : 1000);
        }
        if (round % 4 == 3) recording.at(step, layer, 1) = 100000;
      }
    }
    Asked asked;
    asked.shape = {3, experts, experts + 4, 4, 1, 1};
    asked.policies = "last,held,ewma:7,mean_of_max:20:0.01";
    asked.strategies = {"deepseek", "keel"};
    asked.options.every = 8 + round % 5;
    asked.options.delay = round % 3;
    asked.options.from = round % 2 == 0 ? -1 : 21;
    std::int64_t splits = 0;
    run(recording, asked, 2, 9, {}, [&](const Replay& replay) {
      for (std::size_t policy = 0; policy < replay.results().size(); ++policy) {
        for (const Split& split : replay.last_splits(policy)) {
          if (split.steps == 0) continue;
          ++splits;
          EXPECT_NEAR(sum_of_terms(split), split.total, 1e-12);
          for (const double term : split.terms) EXPECT_GE(term, 0);
          for (const double band : split.bands) EXPECT_GE(band, 0);
        }
      }
    });
    EXPECT_GT(splits, 20) << round;
  }
}

struct Cause {
  const char* trace;
  const char* term;
};

TEST(Replay, TheLargestTermNamesTheCause) {
  constexpr Cause kCauses[] = {
      {"synth:drift,steps=900", "drift"},      {"synth:noise,steps=900", "fast"},
      {"synth:new-topics,steps=900", "drift"}, {"synth:bursts,steps=900", "fast"},
      {"synth:hot-expert,steps=900", "slots"},
  };
  for (const Cause& cause : kCauses) {
    SynthSpec spec;
    ASSERT_TRUE(parse_synth(cause.trace, spec).ok()) << cause.trace;
    Asked asked;
    asked.shape = spec.preset->shape;
    asked.shape.layers = 3;
    const Replay replay = run(synthetic(cause.trace, 3), asked);
    const Split& split = replay.results()[1].split;
    EXPECT_EQ(largest_term(split), cause.term) << cause.trace;
    EXPECT_NEAR(split.total, replay.results()[1].figures.imbalance(), 1e-9);
  }
}

TEST(Replay, SlicesThreadsAndBackEndsChangeNothing) {
  const Recording recording = synthetic("synth:mixtral-8x7b,steps=50", 4);
  Asked asked;
  asked.shape = {4, 8, 12, 4, 1, 1};
  asked.policies = "last,ewma,mean_of_max:20";
  asked.options.every = 16;
  const Replay whole = run(recording, asked);
  for (const std::string& name : parity_backends()) {
    const Backend* backend = nullptr;
    if (!find_backend(name, backend).ok()) continue;  // parity_test.cpp says which are missing
    for (const std::int32_t layers : {1, 3}) {
      const Execution execution = {backend, layers == 3 ? 3 : 1};
      const Replay sliced = run(recording, asked, layers, layers, execution, [](const Replay&) {});
      EXPECT_EQ(sliced.hash(), whole.hash()) << name << ' ' << layers;
      for (std::size_t i = 0; i < whole.results().size(); ++i) {
        EXPECT_EQ(sliced.results()[i].figures.imbalance(), whole.results()[i].figures.imbalance());
        if (backend->is_device) continue;  // its automatic bounds are cheap
        EXPECT_EQ(sliced.results()[i].split.terms, whole.results()[i].split.terms);
        EXPECT_EQ(sliced.results()[i].split.sampling(), whole.results()[i].split.sampling());
      }
    }
  }
}

// Steps 0 to 9 load expert 0, the others expert 1, so that each moment shows which steps a plan is from.
TEST(Replay, PlansComeFromThePastAndArriveLate) {
  Recording recording(40, 1, 4);
  for (std::int64_t step = 0; step < 40; ++step) {
    for (std::int64_t e = 0; e < 4; ++e) recording.at(step, 0, e) = 1;
    recording.at(step, 0, step < 10 ? 0 : 1) = 9;
  }
  Asked asked;
  asked.shape = {1, 4, 6, 2, 1, 1};
  asked.options.every = 10;
  asked.options.delay = 3;
  const Replay replay = run(recording, asked);
  ASSERT_EQ(replay.intervals().size(), 3u);
  EXPECT_EQ(replay.intervals()[0].steps.begin, 13);
  EXPECT_EQ(replay.intervals()[0].steps.end, 23);
  EXPECT_EQ(replay.intervals()[2].steps.end, 40);
  const auto last = [&](std::size_t i) { return replay.intervals()[i].policies[1]; };
  EXPECT_TRUE(last(0).planned);
  EXPECT_GT(last(0).imbalance, 0.2);               // planned for expert 0
  EXPECT_NEAR(last(1).imbalance, 1.0 / 6, 1e-12);  // for expert 1: 3 copies, 7 and 5 tokens
  EXPECT_GT(last(1).received, 0);
  EXPECT_EQ(last(2).received, 0);
  EXPECT_EQ(replay.results()[1].plans, 3);
  EXPECT_EQ(replay.results()[1].replans, 2);  // the first replaces the engine's start
  EXPECT_EQ(largest_term(last(0).split), "drift");
}

// Windows that are shorter or longer than the time between two plans, against the window summed here.
TEST(Replay, LastStepsAreTheLastSteps) {
  const Recording recording = synthetic("synth:bursts,steps=41", 2);
  const auto count = [&](std::int64_t step, std::size_t i) {
    return recording.counts[static_cast<std::size_t>(step) * 128 + i];
  };
  for (const std::int64_t window : {1, 4, 10, 15, 25, 60}) {
    Asked asked;
    asked.shape = {2, 64, 72, 8, 1, 1};
    asked.policies = "last:" + std::to_string(window);
    asked.options.every = 10;
    asked.options.splits = false;
    const Replay replay = run(recording, asked);
    Loads loads;
    loads.layers = 2;
    loads.experts = 64;
    loads.values.resize(128);
    for (std::int64_t step = std::max<std::int64_t>(0, 40 - window); step < 40; ++step) {
      for (std::size_t i = 0; i < 128; ++i) loads.values[i] += static_cast<float>(count(step, i));
    }
    Result planned;
    const Rules rules = strategy_of_name("deepseek").rules;
    ASSERT_TRUE(balance(loads, asked.shape, rules, nullptr, {}, planned).ok());
    double imbalance = 0;  // of the last interval, which is step 40 alone
    for (std::size_t layer = 0; layer < 2; ++layer) {
      StepScorer scorer(asked.shape, std::span(planned.placement.phy2log).subspan(layer * 72, 72));
      std::vector<double> row;
      double total = 0;
      for (std::size_t e = 0; e < 64; ++e) {
        row.push_back(count(40, layer * 64 + e));
        total += row.back();
      }
      imbalance += scorer.score(row, total).imbalance() / 2;
    }
    EXPECT_NEAR(replay.intervals().back().policies[1].imbalance, imbalance, 1e-12) << window;
  }
}

TEST(Replay, ThresholdHeldAndGivenPlacements) {
  const Recording recording = synthetic("synth:gpt-oss-20b,steps=100", 24);
  Asked asked;
  asked.shape = {24, 32, 40, 8, 1, 1};
  asked.policies = "last,held";
  asked.options.every = 10;
  asked.options.from = 40;
  asked.options.splits = false;
  Placement given = {24, 32, 32, 8, {}, {}, {}};
  for (int i = 0; i < 24 * 32; ++i) given.phy2log.push_back(31 - i % 32);
  asked.given = &given;
  const Replay always = run(recording, asked);
  EXPECT_EQ(always.results()[2].plans, 6);    // at 40, the first scored step, 50, ... 90
  EXPECT_EQ(always.results()[2].replans, 5);  // the first replaces the engine's start
  EXPECT_EQ(always.results()[3].plans, 1);
  EXPECT_EQ(always.results()[3].replans, 0);
  EXPECT_EQ(always.results()[0].plans + always.results()[1].plans, 0);
  // Experts in the reverse order on the GPUs in the reverse order.
  EXPECT_NEAR(always.results()[1].figures.imbalance(), always.results()[0].figures.imbalance(),
              1e-12);
  asked.options.threshold = 0.2;  // never reached
  const Replay never = run(recording, asked);
  EXPECT_EQ(never.results()[2].plans, 1);
  asked.options.threshold = 1;  // always below
  EXPECT_EQ(run(recording, asked).hash(), always.hash());
}

TEST(Replay, RefusesWhatMakesNoSense) {
  const auto refused = [](const ReplayOptions& options, std::int64_t steps) {
    ReplaySetup setup;
    const std::vector<NamedRules> keel = {strategy_of_name("keel")};
    EXPECT_TRUE(
        resolve_replay({1, 8, 8, 4, 1, 1}, "last", keel, nullptr, Vocabulary::command, setup).ok());
    Replay replay;
    return replay.start(setup, options, {0}, steps, Vocabulary::command).sentence();
  };
  ReplayOptions options;
  EXPECT_EQ(refused(options, 300),
            "300 steps; expected at least 301: the first plan is in force after --every 300");
  options.every = 0;
  EXPECT_EQ(refused(options, 300), "--every 0: expected 1 to 1000000000 steps between plans");
  options = {};
  options.delay = 300;
  EXPECT_EQ(refused(options, 900),
            "--delay 300: expected 0 to 299 steps: a plan arrives before the next one is made");
  options = {};
  options.from = 900;
  EXPECT_EQ(refused(options, 900), "--from 900: expected a step before the end of the 900 steps");
}

TEST(Policies, AreReadAndRefused) {
  const auto sentence = [](std::string_view list) {
    std::vector<ReplayPolicy> policies;
    return parse_policies(list, Vocabulary::command, policies).sentence();
  };
  std::vector<ReplayPolicy> policies;
  ASSERT_TRUE(parse_policies("last, ewma:50.5,mean_of_max:200:0.004,held,last:7",
                             Vocabulary::command, policies)
                  .ok());
  ASSERT_EQ(policies.size(), 5u);
  EXPECT_EQ(policies[4].window, 7);
  EXPECT_EQ(policies[1].half_life, 50.5);
  EXPECT_EQ(policies[2].half_life, 200);
  EXPECT_EQ(policies[2].price, 0.004);
  EXPECT_EQ(sentence("lst"), "unknown policy \"lst\"; known: last, held, ewma, mean_of_max");
  EXPECT_EQ(sentence("held:3"), "--policies: \"held:3\": expected held without a number");
  EXPECT_EQ(sentence("last:0"),
            "--policies: \"last:0\": expected 1 to 1000000 last steps after the colon");
  EXPECT_EQ(sentence("ewma:"),
            "--policies: \"ewma:\": expected a half-life of 1 to 1000000 steps after the colon");
  EXPECT_EQ(sentence("ewma:50:1"),
            "--policies: \"ewma:50:1\": expected only a half-life after the name");
  EXPECT_EQ(sentence("mean_of_max:50:2"),
            "--policies: \"mean_of_max:50:2\": expected a price of 0 to 1 after the second colon, "
            "in units of the mean GPU load");
  EXPECT_EQ(sentence("ewma,ewma:50"), "--policies: \"ewma:50\" is \"ewma\" again");
}

}  // namespace
}  // namespace evenkeel::test
