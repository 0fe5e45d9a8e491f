// The floating-point mode that the determinism contract requires (HACKING.md), for the calling thread.
#pragma once

#include <cfenv>

namespace evenkeel {

// Sets the default mode (round to nearest, keep subnormal numbers, no traps) and restores the old mode on
// destruction. A host program may have set another mode, such as flush-to-zero, which would change
// placements. Implemented in native/platform; wasm has no modes.
class DefaultFloatMode {
 public:
#ifdef __EMSCRIPTEN__
  DefaultFloatMode() {}  // not trivial: an unused variable would be a warning
#else
  DefaultFloatMode();
  ~DefaultFloatMode();
  DefaultFloatMode(const DefaultFloatMode&) = delete;
  DefaultFloatMode& operator=(const DefaultFloatMode&) = delete;

 private:
  std::fenv_t before_;
#endif
};

}  // namespace evenkeel
