// A stronger lower bound for rows whose best known placement is above the bound of bound.hpp, by dual-feasible functions
// with cardinality (Fekete and Schepers 2001). It runs on one thread of the host, with the same bits everywhere.
//
// NOTATION. k = P / G slots per GPU. T is a load in tokens. A copy of an expert with load w and c copies has the size
// x = w / (c T). If a placement has a largest load of at most T, each GPU has k copies whose sizes add up to at most 1.
//
// PROOF. Let a cut s be a function of sizes with s(x_1) + ... + s(x_k) <= 0 whenever x_1 + ... + x_k <= 1. Summed over
// the GPUs of a placement with largest load at most T, s is at most 0 over all P copies. So for every weight a >= 0
//   P >= sum over copies of (1 + a s(x)) >= sum over experts of min over c of c (1 + a s(w / (c T))).
// c is at least ceil(w / T), because each copy fits, and at most that plus the slack P - (sum of all ceil(w / T)), because
// the other experts have at least theirs. If the last sum exceeds P, there is no such placement: T is a lower bound.
// Nothing else is assumed of a placement; copies of an expert may share a GPU. (1 + a s(x)) / k is the dual-feasible
// function.
//
// CUTS. Small copies are paid, large ones are charged, because a large copy needs small ones on its GPU. At most one copy
// of a GPU has x > 1/2; the k - 1 others have at most 1 - x together.
//   Step(u), u <= 1/2:   s(x) = -1 for x <= u; k - 1 for x > 1/2 with 1 - x <= u; else 0.
//     If a copy is charged, the others have at most 1 - x <= u each and are paid k - 1. Else no s is above 0.
//   Hinge(v), v <= 1/k:  s(x) = -h(x) for x <= 1/2, else (k - 1) h((1 - x) / (k - 1)); h(x) = max(0, 1 - x / v).
//     The others have a mean size of at most (1 - x) / (k - 1); h is convex and falling, so they are paid at least
//     k - 1 times h of that mean (Jensen).
//   Sums of cuts with weights >= 0 are cuts.
//
// ROUNDING. x is (w / T) / c with two roundings, so it is wrong by less than 1e-15 of itself; 1 - x is exact for x > 1/2.
// If a placement's largest load is below T (1 - 1e-12), its rounded sizes also add up to at most 1 on each GPU, and ceil
// of the rounded w / T is at most c. So the result is proved once it is lowered by 1e-12 of itself. Sums are taken in order
// of loads and compared with a margin of 1e-9.
#pragma once

#include <cstdint>

#include "core/model/types.hpp"

namespace evenkeel {

// Rows whose best known placement is at most this part above the bound of bound.hpp keep that bound.
inline constexpr double kStrongFrom = 1e-3;

// What is known of a row.
struct KnownRow {
  const float* loads;           // [E] binary32
  const std::int32_t* phy2log;  // [P] a good placement
  const std::int32_t* logcnt;   // [E] of it
  double max_load;              // of it, in tokens
  double bound;                 // that of bound.hpp, in tokens
};

// In tokens: at least row.bound, at most row.max_load.
double strong_bound_row(const KnownRow& row, const Shape& shape);

}  // namespace evenkeel
