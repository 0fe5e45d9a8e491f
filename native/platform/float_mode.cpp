// core/base/float_mode.hpp with the C library, whose default mode also keeps subnormal numbers on every
// processor that can flush them (tests/float_mode_test.cpp).

#include "core/base/float_mode.hpp"

namespace evenkeel {

DefaultFloatMode::DefaultFloatMode() {
  std::fegetenv(&before_);
  std::fesetenv(FE_DFL_ENV);
}

DefaultFloatMode::~DefaultFloatMode() { std::fesetenv(&before_); }

}  // namespace evenkeel
