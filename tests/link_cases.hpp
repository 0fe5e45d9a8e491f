// Random states of the playground, of the kind that a link can hold.
#pragma once

#include <cstdint>

#include "web/state/link.hpp"

namespace evenkeel::test {

LinkState random_link_state(std::uint64_t seed);

}  // namespace evenkeel::test
