#include "core/report/palette.hpp"

#include <array>
#include <cstddef>

namespace evenkeel::report {
namespace {

// Ten evenly spaced colours of matplotlib's viridis; between them it is almost linear.
constexpr std::array<Colour, 10> kAnchors = {{{0x44, 0x01, 0x54},
                                              {0x48, 0x28, 0x78},
                                              {0x3e, 0x49, 0x89},
                                              {0x31, 0x68, 0x8e},
                                              {0x26, 0x82, 0x8e},
                                              {0x1f, 0x9e, 0x89},
                                              {0x35, 0xb7, 0x79},
                                              {0x6e, 0xce, 0x58},
                                              {0xb5, 0xde, 0x2b},
                                              {0xfd, 0xe7, 0x25}}};
constexpr Colour kNoLoad = {0x8c, 0x8c, 0x8c};
constexpr int kMagnitudes = 255;

constexpr std::uint8_t between(std::uint8_t a, std::uint8_t b, int part, int whole) {
  return static_cast<std::uint8_t>((a * (whole - part) + b * part + whole / 2) / whole);
}

constexpr std::array<Colour, kMagnitudes + 1> make_palette() {
  constexpr int kPieces = static_cast<int>(kAnchors.size()) - 1;
  constexpr int kWhole = kMagnitudes - 1;
  std::array<Colour, kMagnitudes + 1> colours{};
  for (int i = 0; i < kMagnitudes; ++i) {
    const int piece = i * kPieces / kWhole < kPieces ? i * kPieces / kWhole : kPieces - 1;
    const int part = i * kPieces - piece * kWhole;
    const Colour& a = kAnchors[static_cast<std::size_t>(piece)];
    const Colour& b = kAnchors[static_cast<std::size_t>(piece) + 1];
    colours[static_cast<std::size_t>(i)] = {between(a.red, b.red, part, kWhole),
                                            between(a.green, b.green, part, kWhole),
                                            between(a.blue, b.blue, part, kWhole)};
  }
  colours[kNoLoadIndex] = kNoLoad;
  return colours;
}

constexpr std::array<Colour, kMagnitudes + 1> kPalette = make_palette();

}  // namespace

std::span<const Colour> palette() { return kPalette; }

std::uint8_t palette_index(double place) {
  return static_cast<std::uint8_t>(place * (kMagnitudes - 1) + 0.5);
}

std::string css(const Colour& colour) {
  constexpr char kDigits[] = "0123456789abcdef";
  std::string text = "#";
  for (const std::uint8_t part : {colour.red, colour.green, colour.blue}) {
    text += kDigits[part >> 4];
    text += kDigits[part & 15];
  }
  return text;
}

std::string gradient() {
  std::string stops;
  for (const Colour& anchor : kAnchors) stops += (stops.empty() ? "" : ",") + css(anchor);
  return stops;
}

}  // namespace evenkeel::report
