// UTF-8 in text from outside.
#pragma once

#include <cstddef>
#include <string_view>

namespace evenkeel {

// Bytes of the character at the beginning of `text`, 1 to 4; 0 where there is no valid one. Overlong forms,
// surrogates and numbers above U+10FFFF are invalid. text: at least one byte.
std::size_t utf8_length(std::string_view text);

// Whether all of it is valid.
bool is_utf8(std::string_view text);

}  // namespace evenkeel
