// Synthetic traces: the same bytes everywhere, sums and limits, slices, the text that names them, and their
// arithmetic. synth_statistics_test.cpp measures their statistics.

#include "core/traffic/synth.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "core/io/loads/read_synth.hpp"
#include "core/model/check.hpp"
#include "core/model/hash.hpp"
#include "core/traffic/deterministic_math.hpp"

namespace evenkeel::test {
namespace {

SynthSpec spec_of(std::string_view text) {
  SynthSpec spec;
  const Status status = parse_synth(text, spec);
  EXPECT_TRUE(status.ok()) << status.sentence();
  return spec;
}

using Tokens = std::vector<std::uint32_t>;

Tokens next(SynthTrace& trace) {
  Tokens counts(trace.cells());
  trace.next_step(counts);
  return counts;
}

std::uint64_t hash_of(std::string_view text) {
  const SynthSpec spec = spec_of(text);
  SynthTrace trace(spec);
  Fnv1a hash;
  while (trace.step() < spec.steps) {
    for (const std::uint32_t count : next(trace)) hash.add_int32(static_cast<std::int32_t>(count));
  }
  return hash.value();
}

TEST(SynthBytes, FirstCounts) {
  SynthTrace trace(spec_of("synth:gpt-oss-20b"));
  const Tokens counts = next(trace);
  EXPECT_EQ(Tokens(counts.begin(), counts.begin() + 32),
            (Tokens{9, 5, 9, 23, 2, 7, 10, 4, 17, 12, 2,  10, 8,  1, 9, 8,
                    0, 3, 1, 10, 7, 9, 18, 8, 6,  10, 17, 5,  11, 3, 5, 7}));
  SynthTrace large(spec_of("synth:deepseek-v3,seed=7"));
  const Tokens row = next(large);
  EXPECT_EQ(Tokens(row.begin(), row.begin() + 16),
            (Tokens{88, 225, 343, 253, 77, 97, 82, 155, 60, 104, 217, 207, 217, 101, 82, 50}));
}

// These hashes change only if traces change, and then all published results that use them change. Do not
// change them. The first trace has two topic switches in 2,000 steps (at 1,813 and 1,832).
TEST(SynthBytes, AreTheSameEverywhere) {
  EXPECT_EQ(hash_of("synth:gpt-oss-20b"), 0xd9cf65d01cd9e875u);
  EXPECT_EQ(hash_of("synth:gpt-oss-20b,steps=2000"), 0xaab454ad48e55d27u);
  EXPECT_EQ(hash_of("synth:mixtral-8x7b,seed=18446744073709551615"), 0x4a6d0c0b9d1cc349u);
  EXPECT_EQ(hash_of("synth:deepseek-v3,steps=20"), 0xbbbcb0f2e96e8b35u);
  EXPECT_EQ(hash_of("synth:deepseek-v3-drift,steps=20,seed=3"), 0x93833053f6d29fc1u);
  EXPECT_EQ(hash_of("synth:deepseek-v3-skewed,steps=20,skew=4"), 0xf99b85dc3ebb4eecu);
  EXPECT_EQ(hash_of("synth:kimi-k3,steps=3"), 0x46898977b9224967u);
  EXPECT_EQ(hash_of("synth:lognormal,steps=3"), 0xf47c9a94c0ba7914u);
  EXPECT_EQ(hash_of("synth:fast-topics"), 0x5c35295397e7e2fbu);  // 7 switches
  EXPECT_EQ(hash_of("synth:slow-topics,steps=400"), 0x9eec47adfcb4254fu);
  EXPECT_EQ(hash_of("synth:new-topics,steps=400"), 0x9470eb5400544cc0u);
  EXPECT_EQ(hash_of("synth:drift,steps=20"), 0xfaff0453fcca42b6u);
  EXPECT_EQ(hash_of("synth:noise,steps=20"), 0x2903cd95e39c08f9u);
  EXPECT_EQ(hash_of("synth:bursts,steps=20"), 0x16de291d10611f15u);
  EXPECT_EQ(hash_of("synth:hot-expert,steps=20"), 0x8f7476e53fd64c0bu);
}

TEST(Synth, PresetsArePossible) {
  for (const SynthPreset& preset : synth_presets()) {
    SCOPED_TRACE(std::string(preset.name));
    const Status status = check(preset.shape);
    EXPECT_TRUE(status.ok()) << status.sentence();
    EXPECT_LE(preset.top_k, preset.shape.experts);
    EXPECT_FALSE(preset.sentence.empty());
    const SynthTraffic& traffic = preset.traffic;
    EXPECT_LE(traffic.sigma_low, traffic.sigma_high);
    for (const double steps :
         {traffic.drift_steps, traffic.burst_steps, traffic.topic_blend_steps}) {
      EXPECT_GE(steps, 1);
    }
    EXPECT_NE(traffic.topics, 1) << "one topic cannot switch to another";
    EXPECT_GE(traffic.topics, kNewTopics);
    EXPECT_GE(traffic.topic_steps, 1);
  }
}

TEST(Synth, EveryTokenChoosesItsExpertsOnce) {
  for (const SynthPreset& preset : synth_presets()) {
    for (const std::int32_t skew : {0, kOneSkew, kMaxSynthSkew}) {
      const SynthSpec spec{&preset, 11, 3, skew};
      SCOPED_TRACE(synth_text(spec));
      SynthTrace trace(spec);
      const auto tokens = static_cast<std::uint32_t>(preset.tokens);
      for (int step = 0; step < 3; ++step) {
        const Tokens counts = next(trace);
        for (auto row = counts.begin(); row != counts.end(); row += trace.experts()) {
          const auto end = row + trace.experts();
          ASSERT_EQ(std::accumulate(row, end, 0u),
                    tokens * static_cast<std::uint32_t>(preset.top_k));
          ASSERT_LE(*std::max_element(row, end), tokens);
        }
      }
    }
  }
}

TEST(Synth, SlicesEqualTheWhole) {
  const SynthSpec spec = spec_of("synth:deepseek-v3-drift,seed=5");
  SynthTrace whole(spec);
  SynthTrace part(spec, 20, 23);
  SynthTrace late(spec);
  late.skip_steps(30);
  EXPECT_EQ(part.layers(), 3);
  Tokens last;
  for (int step = 0; step <= 30; ++step) {
    last = next(whole);
    ASSERT_EQ(next(part), Tokens(last.begin() + 20 * 256, last.begin() + 23 * 256));
  }
  EXPECT_EQ(next(late), last);
  EXPECT_EQ(late.step(), 31);
}

TEST(Synth, SeedsAndLayersDiffer) {
  SynthTrace a(spec_of("synth:gpt-oss-20b"));
  SynthTrace b(spec_of("synth:gpt-oss-20b,seed=1"));
  const Tokens counts = next(a);
  EXPECT_NE(counts, next(b));
  EXPECT_NE(Tokens(counts.begin(), counts.begin() + 32),
            Tokens(counts.begin() + 32, counts.begin() + 64));
}

TEST(ReadSynth, SumsTheChosenStepsAndLayers) {
  const SynthSpec spec = spec_of("synth:gpt-oss-20b,steps=40");
  ReadOptions options;
  options.steps = {10, 25};
  options.layers = {3, 5};
  Loads loads;
  ASSERT_TRUE(read_synth(spec, options, loads).ok());
  EXPECT_EQ(loads.layers, 2);
  EXPECT_EQ(loads.experts, 32);
  EXPECT_EQ(loads.first_layer, 3);
  EXPECT_EQ(loads.steps, 15);
  std::vector<float> expected(2 * 32);
  SynthTrace trace(spec);
  for (int step = 0; step < 25; ++step) {
    const Tokens counts = next(trace);
    if (step < 10) continue;
    for (std::size_t i = 0; i < expected.size(); ++i) {
      expected[i] += static_cast<float>(counts[3 * 32 + i]);
    }
  }
  EXPECT_EQ(loads.values, expected);
}

TEST(ReadSynth, RefusesWhatIsNotThereAndStops) {
  Loads loads;
  ReadOptions options;
  options.steps = {0, 41};
  Status status = read_synth(spec_of("synth:gpt-oss-20b,steps=40"), options, loads);
  EXPECT_NE(status.sentence().find("synth:gpt-oss-20b,steps=40: steps 0:41"), std::string::npos);
  EXPECT_NE(status.sentence().find("the available steps 0:40"), std::string::npos);
  options.steps = {};
  options.layers = {24, 25};
  status = read_synth(spec_of("synth:gpt-oss-20b"), options, loads);
  EXPECT_NE(status.sentence().find("layer 24 is not within"), std::string::npos);

  options.layers = {};
  std::size_t seen = 0;
  options.progress = [&](std::size_t consumed) { return seen = consumed, false; };
  status = read_synth(spec_of("synth:gpt-oss-20b,steps=1000000"), options, loads);
  EXPECT_EQ(status.sentence(), "synth:gpt-oss-20b,steps=1000000: stopped");
  EXPECT_GE(seen, std::size_t{16} << 20);
  EXPECT_EQ(loads.layers, 0) << "written despite an error";
}

TEST(SynthText, RoundTrips) {
  const auto canonical = [](std::string_view text) { return synth_text(spec_of(text)); };
  for (const std::string_view text :
       {"synth:kimi-k2", "synth:kimi-k2,seed=18446744073709551615,steps=1000000,skew=4",
        "synth:glm-4.7,steps=1,skew=0", "synth:glm-5,skew=0.000001", "synth:glm-5,skew=1.25"}) {
    EXPECT_EQ(canonical(text), text);
  }
  EXPECT_EQ(canonical("synth:kimi-k2,skew=1.000000,steps=300,seed=0"), "synth:kimi-k2");
  EXPECT_EQ(canonical("synth:kimi-k2,skew=02.50,steps=007,seed=9"),
            "synth:kimi-k2,seed=9,steps=7,skew=2.5");
  EXPECT_EQ(spec_of("synth:kimi-k2,skew=0.125").skew_millionths, 125000);
}

TEST(SynthText, SaysWhatIsWrong) {
  const auto wrong = [](std::string_view text, std::string_view sentence) {
    SynthSpec spec;
    const Status status = parse_synth(text, spec);
    EXPECT_NE(status.sentence().find(sentence), std::string::npos)
        << text << " gave: " << status.sentence();
    EXPECT_EQ(spec, SynthSpec()) << text;
  };
  wrong("", "synthetic trace: \"\" does not have the form synth:PRESET[,seed=N,steps=N,skew=X]");
  wrong("synth", "\"synth\" does not have the form");
  wrong("synth:", "unknown preset \"\"; known: deepseek-v3, ");
  wrong("synth:Kimi-K2", "unknown preset \"Kimi-K2\"");
  wrong("synth:kimi-k2,", "unknown option \"\"; expected seed=N, steps=N or skew=X");
  wrong("synth:kimi-k2,,seed=1", "unknown option \"\"");
  wrong("synth:kimi-k2,seed=1,", "unknown option \"\"");
  wrong("synth:kimi-k2,skew=1,5", "unknown option \"5\"");
  wrong("synth:kimi-k2,seed", "unknown option \"seed\"");
  wrong("synth:kimi-k2,seeds=1", "unknown option \"seeds=1\"");
  wrong("synth:kimi-k2,seed=1,steps=2,seed=1", "seed is given twice; give it once");
  wrong("synth:kimi-k2,seed=", "seed=\"\"; expected a whole number from 0 to 18446744073709551615");
  wrong("synth:kimi-k2,seed=18446744073709551616", "expected a whole number");
  wrong("synth:kimi-k2,seed=-1", "seed=\"-1\"");
  wrong("synth:kimi-k2,steps=0", "steps=\"0\"; expected a whole number from 1 to 1000000");
  wrong("synth:kimi-k2,steps=1000001", "steps=\"1000001\"");
  wrong("synth:kimi-k2,steps=1e3", "steps=\"1e3\"");
  for (const char* skew : {"", ".", ".5", "1.", "1.0000001", "4.000001", "5", "-1", "1e0", "nan",
                           "0x1", " 1", "1..5", "99999999999999999999999"}) {
    wrong("synth:kimi-k2,skew=" + std::string(skew),
          "a number from 0 to 4 with at most 6 decimals, such as 1.5");
  }
  wrong(std::string("synth:\x1b[31m\0", 12), "unknown preset \"?[31m?\"");
  wrong("synth:" + std::string(100000, 'a'), "aaaa...\"; known:");
}

TEST(DeterministicMath, ExpIsRight) {
  double worst = 0;
  for (int i = -70000; i <= 70000; ++i) {
    const double x = i * 0.01 + i * 1e-7;
    if (std::abs(x) > 700) continue;
    worst = std::max(worst, std::abs(deterministic_exp(x) / std::exp(x) - 1));
  }
  EXPECT_LT(worst, 5e-16);
  EXPECT_EQ(deterministic_exp(0), 1);
  EXPECT_EQ(deterministic_exp(1e300), deterministic_exp(700));
  EXPECT_EQ(deterministic_exp(-1e300), deterministic_exp(-700));
}

TEST(DeterministicMath, NormalsHaveTheirMoments) {
  for (const auto draw : {normal, rough_normal}) {
    Random random(1);
    constexpr int kDraws = 200000;
    double sum = 0;
    double squares = 0;
    for (int i = 0; i < kDraws; ++i) {
      const double x = draw(random);
      sum += x;
      squares += x * x;
    }
    EXPECT_NEAR(sum / kDraws, 0, 0.008);  // 3.5 standard errors
    EXPECT_NEAR(squares / kDraws, 1, 0.011);
  }
}

// Pearson's chi-square test against the exact probabilities, over counts that are expected at least 20 times.
TEST(DeterministicMath, BinomialHasItsDistribution) {
  const std::pair<std::uint32_t, double> cases[] = {{1, 0.3},     {64, 0.02},  {64, 0.9},
                                                    {64, 0.125},  {64, 0.5},   {4096, 0.002},
                                                    {4096, 0.03}, {4096, 0.6}, {100000, 0.4}};
  constexpr int kDraws = 200000;
  for (const auto& [n, p] : cases) {
    SCOPED_TRACE(std::to_string(n) + " trials of " + std::to_string(p));
    std::vector<int> seen(n + 1);
    Random random(2, n);
    for (int i = 0; i < kDraws; ++i) ++seen.at(binomial(random, n, p));
    double chi_square = 0;
    int classes = 0;
    for (std::uint32_t k = 0; k <= n; ++k) {
      const double log_mass = std::lgamma(n + 1.0) - std::lgamma(k + 1.0) -
                              std::lgamma(n - k + 1.0) + k * std::log(p) + (n - k) * std::log1p(-p);
      const double expected = kDraws * std::exp(log_mass);
      if (expected < 20) continue;
      chi_square += (seen[k] - expected) * (seen[k] - expected) / expected;
      ++classes;
    }
    EXPECT_LT(chi_square, classes + 4 * std::sqrt(2.0 * classes)) << classes << " classes";
  }
  Random random(3);
  EXPECT_EQ(binomial(random, 0, 0.5), 0u);
  EXPECT_EQ(binomial(random, 9, 0), 0u);
  EXPECT_EQ(binomial(random, 9, 1), 9u);
}

}  // namespace
}  // namespace evenkeel::test
