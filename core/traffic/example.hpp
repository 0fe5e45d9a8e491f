// Loads without a file: the built-in example, and skewed loads for benchmarks.
#pragma once

#include <cstdint>
#include <string_view>

#include "core/model/types.hpp"

namespace evenkeel {

// The name of the example, which is accepted wherever a loads file is, and its content as CSV: the two layers
// of twelve experts in the README of github.com/deepseek-ai/EPLB, with 16 slots on 8 GPUs, 2 nodes, 4 groups.
inline constexpr std::string_view kExampleName = "example:deepseek";
inline constexpr std::string_view kExampleCsv =
    "90,132,40,61,104,165,39,4,73,56,183,86\n"
    "20,107,104,64,19,197,187,157,172,86,16,27\n";

// Token counts of skewed layers: popularity falls with the square of a shuffled rank, plus noise. Integer
// arithmetic only: the same bits everywhere.
Loads skewed_loads(std::int32_t layers, std::int32_t experts, std::uint64_t seed);

}  // namespace evenkeel
