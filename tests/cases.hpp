// Generated test cases. Each is named by a string from which it can be generated again.
//
// A case string is KIND:layers=L,experts=E,slots=P,gpus=G,nodes=N,groups=Q,seed=S. It appears in
// tests/golden.txt and in every failure of the parity tests; `evenkeel_case` converts it to a loads file.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/model/rules.hpp"
#include "core/model/types.hpp"

namespace evenkeel::test {

struct Case {
  std::string kind;
  Shape shape;
  std::uint64_t seed = 0;

  std::string name() const;
  Loads loads() const;  // generated from kind, shape and seed

  // The command in golden.txt that balances this case with a strategy.
  std::string command(std::string_view strategy, bool apart = false) const;
};

// Parses a case string; false if it is invalid.
bool parse_case(const std::string& text, Case& out);

// Kinds of loads: few values (ties), all zero, one hot expert, all equal, random counts, many zeros, a heavy
// tail as in production, fractions, and numbers that differ by about one part in 10^7.
const std::vector<std::string>& case_kinds();

// The cases of golden.txt: every kind on every small shape, and production shapes.
std::vector<Case> golden_cases();

// A random valid case; shapes of up to `most_experts` experts, hierarchical ones included.
Case random_case(std::uint64_t seed, int most_experts);

// Stages drawn independently, in any valid combination; over all seeds every rule is combined with every
// other.
Rules random_rules(std::uint64_t seed);

}  // namespace evenkeel::test
