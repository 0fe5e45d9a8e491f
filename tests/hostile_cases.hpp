// Kinds of cases that stress rounding and small constants, for random comparisons.
//
// They are separate from case_kinds(), which are all in tests/golden.txt, so that kinds can be added freely:
// at the end, because the index of a kind is the number of its random stream.
#pragma once

#include <string>
#include <vector>

#include "core/lanes/random.hpp"
#include "tests/cases.hpp"

namespace evenkeel::test {

// tiny: in the range of the strategies' absolute constants, 1e-14 to 1e-5. subnormal: a few of the smallest
// numbers. huge: one expert near the largest number, with a finite sum. magnitudes: 1e-20 to 1e+20 in one
// row. powers: powers of two. digits: integers below 7. palette: three values, exactly or except for the last
// bits. quotients: loads whose quotients at different counts are equal, exactly or except for the last bits.
// drift: steps of less than a millionth of the load. hot: nearly all load on one expert. constants: loads or
// their differences are small multiples of parts of 1e-9 or of 1e-12.
const std::vector<std::string>& hostile_kinds();

// One row; `random` is the state of the case's stream for this row.
void fill_hostile_row(const std::string& kind, Random& random, float* row, std::uint32_t experts);

// A random valid case of these kinds, or of those in case_kinds() with ties or rounding. Its shape may have
// hundreds of copies on few GPUs, one GPU per node, one slot per GPU, many small groups, or nodes and groups
// that the policy drops.
Case hostile_case(std::uint64_t seed, int most_experts);

}  // namespace evenkeel::test
