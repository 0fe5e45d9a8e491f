// Case kinds that press on roundings and small constants, for random comparisons.
//
// They are kept apart from case_kinds(), all of which stand in tests/golden.txt, so that more can
// be added freely: at the end, since a kind's place is its stream of random numbers.
#pragma once

#include <string>
#include <vector>

#include "core/lanes/random.hpp"
#include "tests/cases.hpp"

namespace evenkeel::test {

// tiny: about the strategies' absolute constants, 1e-14 to 1e-5. subnormal: a few of the smallest
// numbers. huge: one expert near the largest number, the sum still finite. magnitudes: 1e-20 to
// 1e+20 in one row. powers: of two. digits: integers below 7. palette: three values, or those but
// for the last bits. quotients: loads whose quotients at different counts are equal, or are but for
// the last bits. drift: steps of less than a millionth of the load. hot: nearly all load on one.
// constants: loads or their differences are small multiples of parts of 1e-9 or of 1e-12.
const std::vector<std::string>& hostile_kinds();

// One row; random is the row's own state of the case's stream.
void fill_hostile_row(const std::string& kind, Random& random, float* row, std::uint32_t experts);

// A random valid case of these kinds, or of those in case_kinds() with ties or roundings. Its shape
// may have hundreds of copies on few GPUs, one GPU a node, one slot a GPU, many small groups, or
// nodes and groups that the policy drops.
Case hostile_case(std::uint64_t seed, int most_experts);

}  // namespace evenkeel::test
