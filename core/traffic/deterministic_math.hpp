// exp, normal and binomial random numbers with the same bits on every platform.
//
// Uses only + - * / sqrt, comparisons and exact conversions of binary64, in a fixed order. It uses neither
// libm, whose last bits differ between platforms, nor <random>, whose distributions differ between standard
// libraries. Compile without contraction (CMake target evenkeel_numeric).
#pragma once

#include <cmath>
#include <cstdint>

#include "core/lanes/random.hpp"

namespace evenkeel {

// e^x within 1 unit in the last place for |x| <= 700; x is clamped to this range.
inline double deterministic_exp(double x) {
  constexpr double kLimit = 700;
  constexpr double kLog2E = 0x1.71547652b82fep+0;
  // ln 2 in two parts. The first part ends with 21 zero bits, so its products with k are exact.
  constexpr double kLn2High = 0x1.62e42feep-1;
  constexpr double kLn2Low = 0x1.a39ef35793c76p-33;
  // Adding and subtracting 1.5 * 2^52 rounds to the nearest integer; the sum has it in its low bits.
  constexpr double kRound = 0x1.8p52;
  x = x > kLimit ? kLimit : x;
  x = x < -kLimit ? -kLimit : x;
  const double shifted = x * kLog2E + kRound;
  const double k = shifted - kRound;
  const double r = (x - k * kLn2High) - k * kLn2Low;  // |r| <= 0.35
  // Taylor series up to r^13; the next term is below 5e-18.
  double sum = 1.0 / 6227020800;
  sum = sum * r + 1.0 / 479001600;
  sum = sum * r + 1.0 / 39916800;
  sum = sum * r + 1.0 / 3628800;
  sum = sum * r + 1.0 / 362880;
  sum = sum * r + 1.0 / 40320;
  sum = sum * r + 1.0 / 5040;
  sum = sum * r + 1.0 / 720;
  sum = sum * r + 1.0 / 120;
  sum = sum * r + 1.0 / 24;
  sum = sum * r + 1.0 / 6;
  sum = sum * r + 0.5;
  sum = sum * r + 1.0;
  sum = sum * r + 1.0;
  const std::uint64_t power = (__builtin_bit_cast(std::uint64_t, shifted) << 52) + (1023ull << 52);
  return sum * __builtin_bit_cast(double, power);  // 2^k: the low bits of `shifted` are k
}

// A uniformly distributed multiple of 2^-53 in [0, 1).
inline double uniform(Random& random) { return static_cast<double>(random.next() >> 11) * 0x1p-53; }

namespace detail {
// The sum of the four 16-bit numbers in one draw.
inline std::int32_t sum_of_four(std::uint64_t draw) {
  return static_cast<std::int32_t>((draw & 0xffff) + (draw >> 16 & 0xffff) + (draw >> 32 & 0xffff) +
                                   (draw >> 48));
}
}  // namespace detail

// Nearly normal with mean 0 and variance 1: the sum of twelve uniform 16-bit numbers (excess kurtosis -0.1,
// absolute value below 6; its distribution function is within 0.0023 of the normal one).
inline double normal(Random& random) {
  std::int32_t sum = 0;
  for (int i = 0; i < 3; ++i) sum += detail::sum_of_four(random.next());
  return (sum - 6 * 65535) * 0x1p-16;
}

// The same from four numbers (excess kurtosis -0.3, absolute value below 3.47), for the many small steps of a
// random walk, the sum of which is nearly normal anyway.
inline double rough_normal(Random& random) {
  constexpr double kScale = 0x1.bb67ae8584caap-16;  // sqrt(3) / 65536
  return (detail::sum_of_four(random.next()) - 2 * 65535) * kScale;
}

namespace detail {

// Counts up from 0 (BINV: Kachitvichyanukul, Schmeiser 1988). For small n p.
inline std::uint32_t binomial_by_inversion(Random& random, std::uint32_t n, double p) {
  const double odds = p / (1 - p);
  double mass = 1;  // of 0: (1-p)^n
  double factor = 1 - p;
  for (std::uint32_t bits = n; bits != 0; bits >>= 1) {
    if ((bits & 1) != 0) mass *= factor;
    factor *= factor;
  }
  double left = uniform(random);
  std::uint32_t k = 0;
  while (left >= mass && k < n) {
    left -= mass;
    mass *= odds * (n - k) / (k + 1);
    ++k;
  }
  return k;
}

// mass(k) / mass(mode), as a product of the ratios of neighbouring masses.
inline double binomial_mass_ratio(std::uint32_t n, double odds, std::uint32_t mode,
                                  std::uint32_t k) {
  double ratio = 1;
  for (std::uint32_t i = mode; i < k; ++i) ratio *= odds * (n - i) / (i + 1);
  for (std::uint32_t i = mode; i > k; --i) ratio *= i / (odds * (n - i + 1));
  return ratio;
}

// Transformed rejection with a squeeze (BTRS with the constants of Hoermann 1993). For n p >= 10 and p <=
// 1/2. The published form compares logarithms of factorials. This one computes the ratio as a product: it
// needs no logarithm, and it is rarely reached, so it is cheap.
inline std::uint32_t binomial_by_rejection(Random& random, std::uint32_t n, double p) {
  const double deviation = std::sqrt(n * p * (1 - p));
  const double b = 1.15 + 2.53 * deviation;
  const double inverse_b = 1 / b;
  const double a = -0.0873 + 0.0248 * b + 0.01 * p;
  const double c = n * p + 0.5;
  const double sure = 0.92 - 4.2 * inverse_b;
  for (;;) {
    const double u = uniform(random) + (0x1p-54 - 0.5);  // |u| is never 1/2
    const double v = uniform(random);
    const double edge = 0.5 - (u < 0 ? -u : u);
    const double x = (2 * a / edge + b) * u + c;
    if (!(x >= 0 && x < n + 1.0)) continue;
    const auto k = static_cast<std::uint32_t>(x);
    if (edge >= 0.07 && v <= sure) return k;  // in 6 or 7 of 8 cases
    const double alpha = (2.83 + 5.1 * inverse_b) * deviation;
    const auto mode = static_cast<std::uint32_t>((n + 1.0) * p);
    const double ratio = binomial_mass_ratio(n, p / (1 - p), mode, k);
    if (v * alpha / (a / (edge * edge) + b) <= ratio) return k;
  }
}

}  // namespace detail

// The number of successes in n trials with probability p each; n < 2^31. The distribution is exact except for
// rounding: each probability has a relative error of at most n * 2^-51 and an absolute error of at most
// 2^-53.
inline std::uint32_t binomial(Random& random, std::uint32_t n, double p) {
  constexpr double kFewExpected = 10;
  if (!(p > 0) || n == 0) return 0;
  if (p >= 1) return n;
  const bool mirrored = p > 0.5;
  const double rarer = mirrored ? 1 - p : p;
  const std::uint32_t k = n * rarer < kFewExpected
                              ? detail::binomial_by_inversion(random, n, rarer)
                              : detail::binomial_by_rejection(random, n, rarer);
  return mirrored ? n - k : k;
}

}  // namespace evenkeel
