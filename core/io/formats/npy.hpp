// The .npy format: a strict reader of the header, element types, and writers.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "core/base/status.hpp"
#include "core/batch/raw_steps.hpp"

namespace evenkeel {

// An array in C order. Its size matches the bytes after the header.
struct NpyArray {
  ElementKind kind = ElementKind::unsigned_integer;
  std::size_t item_size = 1;  // 1, 2, 4 or 8 bytes; a real has 2, 4 or 8
  bool swapped = false;       // the byte order differs from this machine's
  std::string dtype;          // as in the file, for errors
  std::size_t dimensions = 0;
  std::array<std::int64_t, 3> shape{};  // each at least 1
  std::span<const std::byte> data;
};

bool is_npy(std::span<const std::byte> bytes);

// The arrays that a reader accepts.
struct NpyWanted {
  std::size_t least_dimensions;
  std::size_t most_dimensions;  // up to 3
  std::string_view meaning;     // of these dimensions, for errors
};

// Reads the header and checks everything that can be checked without reading the data.
Status parse_npy(std::span<const std::byte> bytes, std::string_view name, const NpyWanted& wanted,
                 NpyArray& out);

// The header of a .npy file of format 1.0 in C order.
std::string npy_header(std::string_view dtype, std::span<const std::int64_t> shape);

// A complete .npy file (format 1.0, little-endian int64, C order) of the given shape.
std::string npy_int64(std::span<const std::int64_t> values, std::span<const std::int64_t> shape);

// One element of an integer array. Values above the largest int64 are returned as the largest int64.
std::int64_t integer_at(const NpyArray& array, std::size_t index);

// Reads a dtype of integers or floats, such as <u2.
Status parse_dtype(std::string_view descr, std::string_view name, NpyArray& out);

// Whether this is a python object that np.save has pickled; then `out` is its pickle.
bool is_pickled_npy(std::span<const std::byte> bytes, std::span<const std::byte>& out);

// The three entries of the header, not yet checked.
struct NpyHeader {
  std::string_view descr;
  bool fortran_order = false;
  std::size_t dimensions = 0;  // all of them, even if they do not fit in `shape`
  std::array<std::int64_t, 3> shape{};
};

// Parses the python dict literal of a header; supports no other python syntax.
Status parse_npy_header(std::string_view literal, std::string_view name, NpyHeader& out);

}  // namespace evenkeel
