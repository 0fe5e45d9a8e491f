// The CRC-32 of PNG and zip.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace evenkeel {

std::uint32_t crc32(std::span<const std::byte> bytes);

}  // namespace evenkeel
