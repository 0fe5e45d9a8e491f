// Text files that people try as recorded loads, but that have none.
#pragma once

#include <cstddef>
#include <span>
#include <string_view>

#include "core/base/status.hpp"

namespace evenkeel {

// An error that says what the text is and what to record instead, if its beginning shows one of them: vLLM's log,
// OmniPlacement's dump, a page of HTML, or UTF-16.
Status refuse_other_text(std::string_view name, std::span<const std::byte> bytes);

}  // namespace evenkeel
