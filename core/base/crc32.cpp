#include "core/base/crc32.hpp"

#include <array>

namespace evenkeel {
namespace {

// Bytes that are taken at once: archives hold gigabytes.
constexpr std::size_t kSlice = 8;

using CrcTables = std::array<std::array<std::uint32_t, 256>, kSlice>;

// The i-th table: what a byte does to the remainder with i bytes behind it. Computed here, because the page would have
// to load them.
CrcTables make_crc_tables() {
  CrcTables tables;
  for (std::uint32_t byte = 0; byte < 256; ++byte) {
    std::uint32_t crc = byte;
    for (int bit = 0; bit < 8; ++bit) crc = crc >> 1 ^ ((crc & 1) != 0 ? 0xedb88320u : 0);
    tables[0][byte] = crc;
  }
  for (std::size_t i = 1; i < kSlice; ++i) {
    for (std::size_t byte = 0; byte < 256; ++byte) {
      const std::uint32_t before = tables[i - 1][byte];
      tables[i][byte] = before >> 8 ^ tables[0][before & 0xff];
    }
  }
  return tables;
}

}  // namespace

std::uint32_t crc32(std::span<const std::byte> bytes) {
  static const CrcTables tables = make_crc_tables();
  std::uint32_t crc = 0xffffffffu;
  for (; bytes.size() >= kSlice; bytes = bytes.subspan(kSlice)) {
    std::uint32_t next = 0;
    for (std::size_t i = 0; i < kSlice; ++i) {
      std::uint32_t byte = std::to_integer<std::uint32_t>(bytes[i]);
      if (i < 4) byte ^= crc >> (8 * i) & 0xff;
      next ^= tables[kSlice - 1 - i][byte];
    }
    crc = next;
  }
  for (const std::byte byte : bytes) {
    crc = crc >> 8 ^ tables[0][(crc ^ std::to_integer<std::uint32_t>(byte)) & 0xff];
  }
  return ~crc;
}

}  // namespace evenkeel
