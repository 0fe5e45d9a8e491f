// The floating-point mode of the calling thread, as the determinism contract wants it (HACKING.md).
#pragma once

#include <cfenv>

namespace evenkeel {

// Sets the default mode, and restores on destruction what was there: round to nearest, keep subnormal numbers,
// trap nothing. A host program may have set another one, such as flush-to-zero, which would change placements.
// Implemented by native/platform; wasm has no modes.
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
