// How much imbalance chance alone makes: random draws of as many tokens as a step has.
#pragma once

#include <cstdint>
#include <span>

#include "core/lanes/random.hpp"

namespace evenkeel {

// The draws of each scale (kScaleSteps) and interval.
inline constexpr int kDraws = 8;

// Draws `tokens` tokens, at most 2^31 - 1: each chooses expert e with probability shares[e]. shares: [E], sum 1.
// out: [E] the number of tokens that chose each expert.
void draw_tokens(std::span<const double> shares, std::uint32_t tokens, Random& random,
                 std::span<double> out);

}  // namespace evenkeel
