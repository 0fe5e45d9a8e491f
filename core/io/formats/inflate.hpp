// How a caller inflates what an archive holds compressed: zlib in the command and the window, the browser in the page.
#pragma once

#include <cstddef>
#include <functional>
#include <span>
#include <vector>

#include "core/base/status.hpp"

namespace evenkeel {

// Inflates raw deflate data, of which at most `size` bytes may come out.
using Inflate = std::function<Status(std::span<const std::byte> deflated, std::size_t size,
                                     std::vector<std::byte>& out)>;

}  // namespace evenkeel
