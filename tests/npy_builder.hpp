// Builds valid and invalid .npy files for tests.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <initializer_list>
#include <span>
#include <string>
#include <string_view>

namespace evenkeel::test {

inline std::span<const std::byte> as_bytes(std::string_view text) {
  return std::as_bytes(std::span(text.data(), text.size()));
}

// A file with the given magic, version, length and header.
inline std::string npy_container(int major, std::string_view header, std::string_view data) {
  std::string file = "\x93NUMPY";
  file += {static_cast<char>(major), '\0'};
  for (int i = 0; i < (major == 1 ? 2 : 4); ++i) {
    file += static_cast<char>(header.size() >> (8 * i) & 0xff);
  }
  return file.append(header).append(data);
}

// A file in the form that numpy writes. `shape` is the text of the tuple, such as "(2, 3)".
inline std::string npy_file(std::string_view descr, std::string_view shape, std::string_view data) {
  std::string header = "{'descr': '";
  header.append(descr).append("', 'fortran_order': False, 'shape': ").append(shape).append(", }\n");
  return npy_container(1, header, data);
}

// The bytes of numbers, little-endian or big-endian; the tests run on little-endian machines.
template <class Number>
std::string data_of(std::initializer_list<Number> numbers, bool big_endian = false) {
  std::string data;
  for (const Number number : numbers) {
    char bytes[sizeof number];
    std::memcpy(bytes, &number, sizeof number);
    if (big_endian) std::reverse(bytes, bytes + sizeof number);
    data.append(bytes, sizeof number);
  }
  return data;
}

}  // namespace evenkeel::test
