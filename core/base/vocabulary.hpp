// How the caller of the core names the parts of a request: the same error says --gpus in the command and gpus
// in JavaScript.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "core/base/status.hpp"

namespace evenkeel {

// Spelling of "gpus", and of "gpus" with a value.
enum class Vocabulary : std::uint8_t {
  plain,    // the number of GPUs    8 GPUs
  command,  // --gpus                --gpus 8
  script,  // gpus                  gpus 8       a property or an argument in JavaScript, Python, ...
  link,    // "gpus"                "gpus" 8     a key of a link
};

// option: the long name of the command's option without its dashes, such as "gpus" or "tail".
std::string word_for(Vocabulary words, std::string_view option);
// value: one value, or several as text: "288 or 320".
std::string word_for(Vocabulary words, std::string_view option, std::string_view value);

// A number that somebody gave, in 64 bits so that one that is out of range gets a sentence that names it:
// "--gpus is 0; expected 1 to 1024".
Status take_number(Vocabulary words, std::string_view option, std::int64_t value,
                   std::int64_t least, std::int64_t most, std::int32_t& out);

}  // namespace evenkeel
