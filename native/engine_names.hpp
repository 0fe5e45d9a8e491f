// Options by the names that serving engines give them.
#pragma once

#include <string>
#include <string_view>

namespace evenkeel {

// "--ep-size is an option of engines; did you mean --gpus?" for the first word of a command line that is such an
// option; empty if there is none.
std::string engines_option(int argc, char** argv);

}  // namespace evenkeel
