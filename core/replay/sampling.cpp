#include "core/replay/sampling.hpp"

#include <algorithm>

#include "core/traffic/deterministic_math.hpp"

namespace evenkeel {

void draw_tokens(std::span<const double> shares, std::uint32_t tokens, Random& random,
                 std::span<double> out) {
  double rest = 0;  // the share of the experts that have not been drawn yet
  for (const double share : shares) rest += share;
  for (std::size_t e = 0; e < shares.size(); ++e) {
    const bool is_last = e + 1 == shares.size();
    const double part = rest > 0 ? std::min(shares[e] / rest, 1.0) : 0;
    const std::uint32_t count = is_last ? tokens : binomial(random, tokens, part);
    out[e] = count;
    tokens -= count;
    rest -= shares[e];
  }
}

}  // namespace evenkeel
