// The split: what the imbalance that remains by the step consists of.
//
// For one layer and one interval, with x_t the shares of the experts in step t, x their mean over the interval, P the
// placement in force, imb(P, x) = max GPU load / mean GPU load - 1, Q the better of P and the placement that the same
// planner makes of x, and LB the lower bound for x:
//
//   total   = mean over t of imb(P, x_t)
//   slots   = LB(x) / mean - 1             no placement of this shape is better on x: only more copies help
//   packing = imb(Q, x) - slots            what a better planner could win at most
//   noise   = a part of the next line that is chance: see noise_of
//   drift   = imb(P, x) - imb(Q, x) - noise     the traffic has changed since the plan
//   fast    = total - imb(P, x)            changes within the interval
//
// The five add up to the total. All are at least 0: slots and packing because LB is a bound and Q is placed, noise and
// drift because Q is the better one of the two, fast because imb(P, .) is convex (Jensen).
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "core/model/figures.hpp"

namespace evenkeel {

struct SplitTerm {
  std::string_view name;      // in JSON and CSV
  std::string_view sentence;  // what it means for an engineer
};
inline constexpr SplitTerm kSplitTerms[] = {
    {"slots", "too few copies: no placement with this number of slots is better"},
    {"packing", "the most that a better placement of the same traffic could win"},
    {"noise", "the plan followed chance in the steps that it was made from"},
    {"drift", "the traffic has changed since the plan"},
    {"fast", "changes within an interval: few tokens, bursts, topics that come and go"}};
inline constexpr std::size_t kSplitTermCount = std::size(kSplitTerms);

// Neighbouring steps are averaged over so many steps; the last scale is the interval.
inline constexpr std::int64_t kScaleSteps[] = {1, 5, 25, 100};
inline constexpr std::size_t kScales = std::size(kScaleSteps) + 1;

// Means over layers and intervals, each counted by its steps with tokens.
struct Split {
  double steps = 0;  // counted
  double total = 0;
  std::array<double, kSplitTermCount> terms = {};  // of kSplitTerms
  // The parts of fast: band i is what is lost between averages over kScaleSteps[i] steps and over those of the next
  // scale; and how much of each band random draws from x lose, with as many tokens. Unknown if loads are not whole.
  std::array<double, kScales - 1> bands = {};
  std::array<double, kScales - 1> sampling_bands = {};
  // What other placements leave, in hindsight: one for the mean of max of the interval, and one for each step; of
  // the intervals for which that was computed.
  double hindsight_steps = 0;
  double hindsight = 0;
  double each_step = 0;

  // How much of `fast` chance explains: what the draws lose, at most all. Draws choose experts independently; tokens
  // that choose several different experts vary less.
  double sampling() const;
  // The band with the most that sampling does not explain; kScales - 1 if sampling explains all of them.
  std::size_t slowest_band() const;
  void add(const Split& other);
};

// The inputs of one layer and interval.
struct SplitInput {
  double total = 0;
  double placed = 0;   // imb(P, x)
  double planned = 0;  // imb(planner's placement, x); at least `placed` if it plans nothing
  double bound = 0;    // LB(x) / mean - 1
  double noise = 0;    // of noise_of
};
Split split_of(const SplitInput& in);

// How much worse a plan is for being made of few steps: from plans P_even, P_odd of the even and the odd steps of the
// past, which differ by chance only. even_on_odd: imb(P_even, x_odd), and so on. A plan of all steps has half the
// variance, so the excess is divided by sqrt 2.
struct PartPlans {
  double even_on_even = 0;
  double even_on_odd = 0;
  double odd_on_even = 0;
  double odd_on_odd = 0;
};
double noise_of(const PartPlans& plans);

}  // namespace evenkeel
