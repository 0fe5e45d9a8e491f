// Registers the back ends before GoogleTest asks for the names of its parameters.
#include <gtest/gtest.h>

#include <string>

#include "tests/support.hpp"

namespace evenkeel::test {
extern bool rebase_goldens;  // golden_test.cpp
}

int main(int argc, char** argv) {
  evenkeel::test::add_test_backends();
  testing::InitGoogleTest(&argc, argv);
  for (int i = 1; i < argc; ++i) {
    if (std::string(argv[i]) == "--rebase") {
      evenkeel::test::rebase_goldens = true;
      testing::GTEST_FLAG(filter) = "Golden.EveryHash*:Documents.HaveTheFigures*";
    }
  }
  return RUN_ALL_TESTS();
}
