// Viridis: colours for magnitudes, with even steps of lightness, for every kind of colour vision.
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "core/report/png.hpp"

namespace evenkeel::report {

// 256 colours: 255 from dark to light, and a distinct grey.
std::span<const Colour> palette();
inline constexpr std::uint8_t kNoLoadIndex = 255;
// The index for a position from 0 to 1.
std::uint8_t palette_index(double place);

// "#31688e"
std::string css(const Colour& colour);
// The stops of a CSS gradient with these colours.
std::string gradient();

}  // namespace evenkeel::report
