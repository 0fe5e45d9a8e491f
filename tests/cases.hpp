// Generated test cases, each named by a string that makes it again.
//
// A case string is KIND:layers=L,experts=E,slots=P,gpus=G,nodes=N,groups=Q,seed=S. It stands in
// tests/golden.txt, in every failure of the parity tests, and is what `evenkeel_case` turns into a
// loads file.
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
  Loads loads() const;  // made anew from kind, shape and seed

  // The command that balances this case with a strategy, as it stands in golden.txt.
  std::string command(std::string_view strategy) const;
};

// Reads a case string; false if it is none.
bool parse_case(const std::string& text, Case& out);

// Kinds of loads: few values (ties), all zero, one hot expert, all equal, random counts, many
// zeros, a heavy tail as in production, fractions, and numbers equal to about one part in 10^7.
const std::vector<std::string>& case_kinds();

// The committed cases of golden.txt: every kind on every small shape, and production shapes.
std::vector<Case> golden_cases();

// A random valid case; shapes of up to `most_experts` experts, hierarchical ones included.
Case random_case(std::uint64_t seed, int most_experts);

// Stages drawn one by one, in any combination that makes sense; over the seeds every rule meets every
// other.
Rules random_rules(std::uint64_t seed);

}  // namespace evenkeel::test
