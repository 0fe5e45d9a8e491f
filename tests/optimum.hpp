// The optimum of a tiny row, found by trying everything: all assignments of groups to nodes, all numbers of copies, and
// all ways to put copies on GPUs. Shares only types with the core.
#pragma once

#include <vector>

#include "core/model/types.hpp"

namespace evenkeel::test {

// The least possible largest GPU load, in tokens. loads: [experts]. apart: only placements without two copies of an
// expert on a GPU; infinity if there are none.
double optimum(const std::vector<float>& loads, const Shape& shape, bool apart);

}  // namespace evenkeel::test
