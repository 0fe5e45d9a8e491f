// evenkeel_case CASE: prints the loads of a generated case as CSV, one row per layer, for the commands in
// golden.txt.

#include <cstdio>

#include "tests/cases.hpp"

int main(int argc, char** argv) {
  evenkeel::test::Case wanted;
  if (argc != 2 || !evenkeel::test::parse_case(argv[1], wanted)) {
    std::fprintf(stderr,
                 "usage: evenkeel_case KIND:layers=L,experts=E,slots=P,gpus=G,nodes=N,"
                 "groups=Q,seed=S\n");
    return 2;
  }
  const evenkeel::Loads loads = wanted.loads();
  const auto experts = static_cast<std::size_t>(loads.experts);
  for (std::size_t i = 0; i < loads.values.size(); ++i) {
    // Nine digits determine a binary32 number.
    std::printf("%.9g%c", static_cast<double>(loads.values[i]),
                (i + 1) % experts == 0 ? '\n' : ',');
  }
  return std::fflush(stdout) == 0 ? 0 : 1;
}
