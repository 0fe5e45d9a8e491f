// Several steps at once for two slots per GPU: a small Lagrangian dual (strong_bound.hpp has the proof).
#pragma once

#include <vector>

#include "core/row/copy_sizes.hpp"
#include "core/row/strong_bound.hpp"

namespace evenkeel {

// Step(u) for the u at which the fullest pairs of the known placement become possible, with weights that are looked for
// by subgradients.
class PairCuts {
 public:
  PairCuts(const KnownRow& row, const Shape& shape);

  // Whether no placement has a largest load of at most `load` tokens, as far as weights are found that prove it.
  bool exclude(CopySizes& sizes, double load);

 private:
  struct Pair {
    double sum;   // of its two copies, in tokens
    double load;  // of the expert of the larger one
    int count;    // copies of it
  };
  // A number of copies of an expert that can be the cheapest one.
  struct Choice {
    int expert;
    int reached;  // the first so many steps pay or charge the copies
    double sign;  // -1: pay
    double count;
  };

  void find_steps(double load);
  void find_choices(const CopySizes& sizes);
  bool find_weights();
  // The sum over experts, with its subgradient by weight.
  double least_sum();

  int slots_;
  std::vector<Pair> pairs_;      // fullest first
  std::vector<double> steps_;    // descending
  std::vector<Choice> choices_;  // by expert
  std::vector<double> weight_;   // of each step
  std::vector<double> slope_;    // of the sum, by weight
  std::vector<double> reached_;  // weights of the first i steps
};

}  // namespace evenkeel
