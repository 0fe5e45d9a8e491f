// The presets of synth.hpp. The comments say which data the numbers were matched to, and how well they fit;
// tests/synth_statistics_test.cpp measures the fit.
#include <array>
#include <string>

#include "core/base/find_named.hpp"
#include "core/traffic/synth.hpp"

namespace evenkeel {
namespace {

// Matched to a real trace: gpt-oss-20b, decode, batches of 64 documents, 3,133 full steps of 24
// layers (from the router data in github.com/AmanPriyanshu/GPT-OSS-MoE-ExpertFingerprinting). Numbers are
// means over layers; synthetic ones also over the seeds 0 to 5.
//
//                                                          real    synthetic
//   expert load, max/mean, whole run                       2.58    2.67
//     windows of 300 steps                                 2.89    2.79
//     single steps (95th percentile)                 3.21 (5.0)    3.10 (4.0)
//   Gini, whole run                                       0.396    0.380
//     windows of 300 steps                                0.428    0.411
//   GPU load, max/mean, 8 GPUs contiguous, windows         1.50    1.59
//     single steps                                         1.58    1.66
//   total variation of neighbouring windows               0.087    0.088
//   relative autocovariance of a count, lag 1             0.145    0.107
//     lag 100                                             0.106    0.076
//   GPU load, max/mean, single steps, 40 slots placed by deepseek (synthetic: seed 0)
//     planned on the previous window                       1.27    1.29
//     planned on this window                               1.21    1.24
//     planned on each step                                 1.03    1.03
//
// Differences that remain: in the real trace popular experts are spread over GPUs slightly more evenly than
// at random, and the highest counts of single steps are above those of a binomial distribution. A higher
// autocovariance would make the total variation too high.
constexpr SynthTraffic kSmallBatch = {
    .sigma_low = 0.6,
    .sigma_high = 2.0,
    .group_sigma = 0,
    .saturation = 3.2,  // left-skewed logarithms: many cold experts, few very hot ones
    .drift_sigma = 0.45,
    .drift_steps = 400,  // after this time the autocovariance has fallen by about two thirds
    .burst_sigma = 0.25,
    .burst_steps = 3,  // the part of the autocovariance that is lost within 10 steps
    .topic_sigma = 0.6,
    .topics = 6,
    .topic_steps = 1500,
    .topic_blend_steps = 120,
};

// The same model family with 8 times as many documents per batch. The contribution of single documents to
// drift and bursts falls with the square root of their number; common parts do not change.
constexpr SynthTraffic kMediumBatch = {
    .sigma_low = 0.6,
    .sigma_high = 2.0,
    .group_sigma = 0,
    .saturation = 3.2,
    .drift_sigma = 0.16,
    .drift_steps = 400,
    .burst_sigma = 0.09,
    .burst_steps = 3,
    .topic_sigma = 0.5,
    .topics = 6,
    .topic_steps = 1500,
    .topic_blend_steps = 120,
};

// Large deployments: thousands of sequences per step. Matched to published ranges: expert max/mean 2 to 4 and
// Gini 0.25 to 0.5 per layer, GPU max/mean without a balancer 1.3 to 4 on 32 GPUs. Log-normal, because of
// several distributions it fitted the counts of DeepSeek-V3's layers best (github.com/deepseek-ai/DeepEP,
// pull request 393). No public trace shows how such loads change over time: drift and bursts are derived from
// kSmallBatch; topics are assumed to be half as strong.
constexpr SynthTraffic kLargeBatch = {
    .sigma_low = 0.5,
    .sigma_high = 1.3,
    .group_sigma = 0,
    .saturation = 4.5,
    .drift_sigma = 0.06,  // that of kSmallBatch divided by sqrt(4,096 / 64)
    .drift_steps = 400,
    .burst_sigma = 0.03,
    .burst_steps = 3,
    .topic_sigma = 0.3,
    .topics = 8,
    .topic_steps = 1500,
    .topic_blend_steps = 150,
};

// Group-limited routing selects groups first, so the experts of a group share a part of their popularity. Its
// size is our assumption. Synthetic trace, seed 0, windows of 300 steps, means and ranges over layers: expert
// max/mean 3.4 (2.5 to 4.4), Gini 0.36 (0.26 to 0.47), GPU max/mean 1.7 (1.4 to 2.3) on 32 GPUs, which would
// be 1.5 without groups. Total variation of neighbouring windows 0.013.
constexpr SynthTraffic kGrouped = [] {
  SynthTraffic traffic = kLargeBatch;
  traffic.group_sigma = 0.3;
  return traffic;
}();

// Strong topics that change about once per window of 300 steps, so that placements become outdated. Total
// variation of neighbouring windows 0.25, three times that of the real trace.
constexpr SynthTraffic kGroupedDrift = {
    .sigma_low = 0.5,
    .sigma_high = 1.0,
    .group_sigma = 0.2,
    .saturation = 4.5,
    .drift_sigma = 0.4,
    .drift_steps = 300,
    .burst_sigma = 0.1,
    .burst_steps = 3,
    .topic_sigma = 0.8,
    .topics = 6,
    .topic_steps = 300,
    .topic_blend_steps = 25,
};

// Plain log-normal popularity, as studies of balancers assume it. More skewed than measured traffic: expert
// max/mean 4.3 to 32, Gini 0.37 to 0.73, GPU max/mean 1.5 to 4.7.
constexpr SynthTraffic kGroupedSkewed = [] {
  SynthTraffic traffic = kGrouped;
  traffic.sigma_low = 0.6;
  traffic.sigma_high = 1.4;
  traffic.saturation = 0;
  return traffic;
}();

// The family of loads by which keel is measured (native/RESULTS.md): each layer log-normal with its own sigma, constant
// over time, no groups, and every token chooses one expert, so that counts are multinomial. The default 300 steps are
// 8 million tokens a layer. Balancedness of seed 0, mean over layers (worst layer), on 288 slots and 32 GPUs, without
// nodes: deepseek 0.9948 (0.9868), keel 0.9999 (0.9999); on 320 slots and 64 GPUs: 0.9858 (0.9698), 0.9995 (0.9973).
constexpr SynthTraffic kLogNormal = {.sigma_low = 0.6, .sigma_high = 1.4};

// The few experts of an older model have nearly equal loads, and topics hardly matter (read off "Mixtral of
// Experts", arXiv:2401.04088, section 5, figure 7; not fitted to numbers).
constexpr SynthTraffic kFewExperts = {
    .sigma_low = 0.1,
    .sigma_high = 0.35,
    .group_sigma = 0,
    .saturation = 0,
    .drift_sigma = 0.06,
    .drift_steps = 400,
    .burst_sigma = 0.03,
    .burst_steps = 3,
    .topic_sigma = 0.1,
    .topics = 6,
    .topic_steps = 1500,
    .topic_blend_steps = 120,
};

// Traffic whose imbalance over time has one known cause, for tests of policies and of the split of what remains. Not
// matched to data. Popularity has a constant part in all of them; every token chooses one expert.
constexpr SynthTraffic kSteady = {.sigma_low = 0.6, .sigma_high = 1.2};

constexpr SynthTraffic with_topics(std::int32_t topics, std::int32_t steps, double blend_steps) {
  SynthTraffic traffic = kSteady;
  traffic.topic_sigma = 0.8;
  traffic.topics = topics;
  traffic.topic_steps = steps;
  traffic.topic_blend_steps = blend_steps;
  return traffic;
}

constexpr SynthTraffic kDrift = [] {
  SynthTraffic traffic = kSteady;
  traffic.drift_sigma = 0.5;
  traffic.drift_steps = 400;
  return traffic;
}();

constexpr SynthTraffic kBursts = [] {
  SynthTraffic traffic = kSteady;
  traffic.burst_sigma = 0.5;
  traffic.burst_steps = 1;  // no memory: new in each step
  return traffic;
}();

// Shapes: layers, experts, slots, GPUs, nodes, groups; more than one node or group only where routing uses
// groups. Tokens: 64 to 128 sequences per GPU, as in decoding, unless matched to a trace.
constexpr std::array kPresets = {
    SynthPreset{"deepseek-v3", "DeepSeek-V3, R1, V3.2 on 4 nodes, 32 redundant slots",
                Shape{58, 256, 288, 32, 4, 8}, 8, 4096, kGrouped},
    SynthPreset{"deepseek-v3-drift", "DeepSeek-V3 with topics that change about every 300 steps",
                Shape{58, 256, 288, 32, 4, 8}, 8, 4096, kGroupedDrift},
    SynthPreset{"deepseek-v3-skewed",
                "DeepSeek-V3 with plain log-normal popularity, sigma 0.6 to 1.4",
                Shape{58, 256, 288, 32, 4, 8}, 8, 4096, kGroupedSkewed},
    SynthPreset{"deepseek-v4-pro", "DeepSeek-V4-Pro, 64 redundant slots (layer count unconfirmed)",
                Shape{60, 384, 448, 8, 1, 1}, 6, 1024, kLargeBatch},
    SynthPreset{"kimi-k2", "Kimi-K2 and K2.5, 32 redundant slots", Shape{60, 384, 416, 32, 1, 1}, 8,
                4096, kLargeBatch},
    SynthPreset{"kimi-k3", "Kimi-K3, 32 redundant slots", Shape{92, 896, 928, 16, 1, 1}, 16, 2048,
                kLargeBatch},
    SynthPreset{"qwen3-235b", "Qwen3-235B, 16 redundant slots", Shape{94, 128, 144, 16, 1, 1}, 8,
                2048, kLargeBatch},
    SynthPreset{"glm-4.7", "GLM-4.7 (deployment assumed)", Shape{89, 160, 176, 16, 1, 1}, 8, 2048,
                kLargeBatch},
    SynthPreset{"glm-5", "GLM-5 (deployment assumed)", Shape{75, 256, 288, 32, 1, 1}, 8, 4096,
                kLargeBatch},
    SynthPreset{"gpt-oss-20b", "gpt-oss-20b, 64 sequences: matched to a recorded trace",
                Shape{24, 32, 40, 8, 1, 1}, 4, 64, kSmallBatch},
    SynthPreset{"gpt-oss-120b", "gpt-oss-120b, 512 sequences", Shape{36, 128, 144, 8, 1, 1}, 4, 512,
                kMediumBatch},
    SynthPreset{"minimax-m2", "MiniMax-M2 (deployment assumed)", Shape{62, 256, 288, 16, 1, 1}, 8,
                2048, kLargeBatch},
    SynthPreset{"lognormal", "log-normal popularity alone, sigma 0.6 to 1.4, 8 million tokens",
                Shape{58, 256, 288, 32, 1, 1}, 1, 26667, kLogNormal},
    SynthPreset{"mixtral-8x7b", "Mixtral 8x7B, 4 redundant slots (deployment assumed)",
                Shape{32, 8, 12, 4, 1, 1}, 2, 256, kFewExperts},
    SynthPreset{"fast-topics", "one cause: 6 topics that recur, about 40 steps each",
                Shape{6, 64, 72, 8, 1, 1}, 1, 40000, with_topics(6, 40, 5)},
    SynthPreset{"slow-topics", "one cause: 6 topics that recur, about 300 steps each",
                Shape{6, 64, 72, 8, 1, 1}, 1, 40000, with_topics(6, 300, 25)},
    SynthPreset{"new-topics", "one cause: a new topic about every 300 steps",
                Shape{6, 64, 72, 8, 1, 1}, 1, 40000, with_topics(kNewTopics, 300, 25)},
    SynthPreset{"drift", "one cause: each expert drifts by itself", Shape{6, 64, 72, 8, 1, 1}, 1,
                40000, kDrift},
    SynthPreset{"noise", "one cause: chance, 512 tokens a step", Shape{6, 64, 72, 8, 1, 1}, 1, 512,
                kSteady},
    SynthPreset{"bursts", "one cause: bursts of one step", Shape{6, 64, 72, 8, 1, 1}, 1, 40000,
                kBursts},
    SynthPreset{"hot-expert", "one cause: an expert with more load than a GPU's share",
                Shape{6, 64, 64, 32, 1, 1}, 1, 40000, kSteady},
};

}  // namespace

std::span<const SynthPreset> synth_presets() { return kPresets; }

Status find_synth_preset(std::string_view name, const SynthPreset*& out) {
  return find_named("preset", name, kPresets, out);
}

}  // namespace evenkeel
