#include "core/report/png.hpp"

#include <algorithm>

#include "core/base/crc32.hpp"

namespace evenkeel::report {
namespace {

void add_big_endian(std::string& out, std::uint32_t value) {
  for (int shift = 24; shift >= 0; shift -= 8) out += static_cast<char>(value >> shift & 0xff);
}

std::uint32_t adler32(std::string_view bytes) {
  constexpr std::uint32_t kPrime = 65521;
  std::uint32_t low = 1;
  std::uint32_t high = 0;
  for (const char byte : bytes) {
    low = (low + static_cast<std::uint8_t>(byte)) % kPrime;
    high = (high + low) % kPrime;
  }
  return high << 16 | low;
}

void add_chunk(std::string& out, std::string_view type, std::string_view data) {
  add_big_endian(out, static_cast<std::uint32_t>(data.size()));
  const std::string body = std::string(type) + std::string(data);
  out += body;
  add_big_endian(out, crc32(std::as_bytes(std::span(body))));
}

// A zlib stream of stored blocks.
std::string stored(std::string_view bytes) {
  constexpr std::size_t kLongest = 0xffff;
  std::string out = "\x78\x01";
  const std::uint32_t check = adler32(bytes);
  do {
    const std::string_view block = bytes.substr(0, kLongest);
    bytes.remove_prefix(block.size());
    const auto size = static_cast<std::uint32_t>(block.size());
    out += bytes.empty() ? '\1' : '\0';
    for (const std::uint32_t number : {size, ~size}) {
      out += static_cast<char>(number & 0xff);
      out += static_cast<char>(number >> 8 & 0xff);
    }
    out += block;
  } while (!bytes.empty());
  add_big_endian(out, check);
  return out;
}

}  // namespace

std::string png(std::span<const std::uint8_t> pixels, std::size_t width,
                std::span<const Colour> palette) {
  const std::size_t height = pixels.size() / width;
  std::string header;
  add_big_endian(header, static_cast<std::uint32_t>(width));
  add_big_endian(header, static_cast<std::uint32_t>(height));
  // 8 bits, palette, deflate, the five filters, not interlaced.
  header += std::string("\x08\x03\x00\x00\x00", 5);

  std::string colours;
  for (const Colour& colour : palette) {
    for (const std::uint8_t part : {colour.red, colour.green, colour.blue}) {
      colours += static_cast<char>(part);
    }
  }

  std::string rows;
  for (std::size_t row = 0; row < height; ++row) {
    rows += '\0';  // filter type "none"
    for (const std::uint8_t pixel : pixels.subspan(row * width, width)) {
      rows += static_cast<char>(pixel);
    }
  }

  std::string out = "\x89PNG\r\n\x1a\n";
  add_chunk(out, "IHDR", header);
  add_chunk(out, "PLTE", colours);
  add_chunk(out, "IDAT", stored(rows));
  add_chunk(out, "IEND", "");
  return out;
}

std::string base64(std::string_view bytes) {
  constexpr std::string_view kDigits =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string out;
  out.reserve((bytes.size() + 2) / 3 * 4);
  for (; !bytes.empty(); bytes.remove_prefix(std::min<std::size_t>(3, bytes.size()))) {
    std::uint32_t bits = 0;
    for (std::size_t i = 0; i < 3; ++i) {
      bits = bits << 8 | (i < bytes.size() ? static_cast<std::uint8_t>(bytes[i]) : 0u);
    }
    for (std::size_t i = 0; i < 4; ++i) {
      out += i <= bytes.size() ? kDigits[bits >> (18 - 6 * i) & 63] : '=';
    }
  }
  return out;
}

}  // namespace evenkeel::report
