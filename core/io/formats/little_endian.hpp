// Numbers in the headers of binary formats.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace evenkeel {

// Of this machine.
inline constexpr bool kLittleEndian = std::endian::native == std::endian::little;

inline std::string_view as_text(std::span<const std::byte> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

// The little-endian number of `size` bytes, up to 8, at `at`, which must be within the bytes.
inline std::uint64_t little_endian(std::span<const std::byte> bytes, std::size_t at,
                                   std::size_t size) {
  std::uint64_t value = 0;
  for (std::size_t i = size; i-- > 0;) {
    value = value << 8 | std::to_integer<std::uint64_t>(bytes[at + i]);
  }
  return value;
}

// Whether `size` bytes from `at` are within `bytes`; no sum overflows.
inline bool holds(std::span<const std::byte> bytes, std::uint64_t at, std::uint64_t size) {
  return at <= bytes.size() && size <= bytes.size() - at;
}

}  // namespace evenkeel
