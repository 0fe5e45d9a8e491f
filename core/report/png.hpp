// A picture in the page: a PNG of palette indices, and base64 for its data URI.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace evenkeel::report {

struct Colour {
  std::uint8_t red = 0;
  std::uint8_t green = 0;
  std::uint8_t blue = 0;

  friend bool operator==(const Colour&, const Colour&) = default;
};

// 8 bits per pixel, without compression: pixels are [height, width] indices into a palette of at most 256
// colours. The same bytes everywhere, without a library.
std::string png(std::span<const std::uint8_t> pixels, std::size_t width,
                std::span<const Colour> palette);

std::string base64(std::string_view bytes);

}  // namespace evenkeel::report
