#include "core/io/formats/npy.hpp"

#include <algorithm>
#include <limits>

#include "core/base/text.hpp"
#include "core/io/formats/little_endian.hpp"

namespace evenkeel {
namespace {

constexpr std::string_view kMagic = "\x93NUMPY";
constexpr std::size_t kVersionEnd = 8;            // magic and two bytes of version
constexpr std::size_t kLargestHeader = 1u << 20;  // numpy writes less than 1 KiB
constexpr std::size_t kAlignment = 64;            // of the data after a header that we write

// Finds the header's dict literal and the data after it.
Status split(std::span<const std::byte> bytes, std::string_view name, std::string_view& literal,
             std::span<const std::byte>& data) {
  if (!is_npy(bytes)) {
    return refuse(name, "not a .npy file: it begins with ", in_quotes(as_text(bytes).substr(0, 8)),
                  ", not with the bytes \\x93NUMPY");
  }
  if (bytes.size() < kVersionEnd) {
    return refuse(name, "truncated: ", bytes.size(), " bytes are too few for a .npy file");
  }
  const auto byte = [&](std::size_t at) { return std::to_integer<std::size_t>(bytes[at]); };
  const std::size_t major = byte(6);
  const std::size_t minor = byte(7);
  if (major < 1 || major > 3 || minor != 0) {
    return refuse(name, ".npy format ", major, ".", minor, " is unknown; expected 1.0, 2.0 or 3.0");
  }
  const std::size_t begin = kVersionEnd + (major == 1 ? 2 : 4);
  if (bytes.size() < begin) {
    return refuse(name, "truncated: ", bytes.size(), " bytes are too few for a .npy file");
  }
  std::size_t size = byte(8) | byte(9) << 8;
  if (major > 1) size |= byte(10) << 16 | byte(11) << 24;
  if (size > kLargestHeader) {
    return refuse(name, "oversized header: ", size, " bytes, but at most ", kLargestHeader,
                  " are read");
  }
  if (size > bytes.size() - begin) {
    return refuse(name, "truncated: the header has ", size, " bytes, but only ",
                  bytes.size() - begin, " follow");
  }
  literal = as_text(bytes.subspan(begin, size));
  data = bytes.subspan(begin + size);
  return {};
}

// Why a dtype of this kind is not supported, and what to do.
std::string_view cure(char kind) {
  switch (kind) {
    case 'b':
      return "bool is not a number of tokens; convert it with .astype(np.uint32)";
    case 'O':
      return "python objects are never loaded; convert them with .astype(np.int64)";
    case 'c':
      return "loads are not complex; save the real part";
    case 'S':
    case 'a':
    case 'U':
      return "these are strings; convert them with .astype(np.int64)";
    case 'M':
    case 'm':
      return "these are times, not loads";
    case 'V':
      return "these are raw or structured bytes, not numbers; bfloat16, which numpy saves as V2, "
             "is "
             "converted with .astype(np.float32)";
    default:
      return "expected one of i1 i2 i4 i8 u1 u2 u4 u8 f2 f4 f8 after '<', '>', '|' or '='";
  }
}

std::string shape_text(const NpyArray& array) {
  std::string text;
  for (std::size_t i = 0; i < array.dimensions; ++i) {
    text += (i == 0 ? "(" : ", ") + std::to_string(array.shape[i]);
  }
  return text + ")";
}

// Compares the number of bytes that the shape needs with the bytes in the file.
Status check_size(std::string_view name, const NpyArray& array) {
  std::uint64_t promised = array.item_size;
  for (std::size_t i = 0; i < array.dimensions; ++i) {
    const auto dimension = static_cast<std::uint64_t>(array.shape[i]);
    if (dimension == 0) {
      return refuse(name, "shape ", shape_text(array), " is empty; expected at least 1 of each");
    }
    if (promised > std::numeric_limits<std::uint64_t>::max() / dimension) {
      return refuse(name, "shape ", shape_text(array), " of ", array.dtype,
                    " needs more than 2^64 bytes, but ", array.data.size(), " follow the header");
    }
    promised *= dimension;
  }
  if (promised == array.data.size()) return {};
  return refuse(name, array.data.size() < promised ? "truncated: " : "trailing bytes: ", "shape ",
                shape_text(array), " of ", array.dtype, " needs ", promised, " bytes, but ",
                array.data.size(), " follow the header");
}

}  // namespace

// descr consists of byte order, kind and size, such as <u2.
Status parse_dtype(std::string_view descr, std::string_view name, NpyArray& out) {
  out.dtype = in_quotes(descr);
  const char order = descr.empty() ? '\0' : descr[0];
  const bool has_order = order == '<' || order == '>' || order == '|' || order == '=';
  const std::string_view type = has_order ? descr.substr(1) : descr;
  const char kind = type.empty() ? '\0' : type[0];
  const std::string_view size = type.empty() ? type : type.substr(1);
  const bool integer = kind == 'i' || kind == 'u';
  const bool known = (size == "1" && integer) ||
                     ((size == "2" || size == "4" || size == "8") && (integer || kind == 'f'));
  if (!has_order || !known) {
    return refuse(name, "dtype ", out.dtype, " is not supported: ", cure(kind));
  }
  out.kind = kind == 'f'   ? ElementKind::real
             : kind == 'i' ? ElementKind::signed_integer
                           : ElementKind::unsigned_integer;
  out.item_size = static_cast<std::size_t>(size[0] - '0');
  out.swapped = out.item_size > 1 && order == (kLittleEndian ? '>' : '<');
  return {};
}

bool is_pickled_npy(std::span<const std::byte> bytes, std::span<const std::byte>& out) {
  std::string_view literal;
  NpyHeader header;
  return split(bytes, "", literal, out).ok() && parse_npy_header(literal, "", header).ok() &&
         header.descr == "|O" && header.dimensions == 0;
}

bool is_npy(std::span<const std::byte> bytes) {
  return as_text(bytes.first(std::min(bytes.size(), kMagic.size()))) == kMagic;
}

Status parse_npy(std::span<const std::byte> bytes, std::string_view name, const NpyWanted& wanted,
                 NpyArray& out) {
  out = {};
  std::string_view literal;
  NpyHeader header;
  if (Status status = split(bytes, name, literal, out.data); !status.ok()) return status;
  if (Status status = parse_npy_header(literal, name, header); !status.ok()) return status;
  if (Status status = parse_dtype(header.descr, name, out); !status.ok()) return status;
  if (header.dimensions < wanted.least_dimensions || header.dimensions > wanted.most_dimensions) {
    return refuse(name, "the array has ", header.dimensions, " dimensions; expected ",
                  wanted.meaning);
  }
  if (header.fortran_order) {
    return refuse(
        name,
        "the array is in Fortran order; expected C order, so save it with "
        "np.save(file, np.ascontiguousarray(array)); if it was transposed, make sure that its "
        "axes are ",
        wanted.meaning);
  }
  out.dimensions = header.dimensions;
  out.shape = header.shape;
  return check_size(name, out);
}

std::int64_t integer_at(const NpyArray& array, std::size_t index) {
  const auto item = array.data.subspan(index * array.item_size, array.item_size);
  const bool big_endian = array.swapped == kLittleEndian;
  std::uint64_t bits = 0;
  for (std::size_t i = 0; i < item.size(); ++i) {
    const std::size_t from_top = big_endian ? i : item.size() - 1 - i;
    bits = bits << 8 | std::to_integer<std::uint64_t>(item[from_top]);
  }
  if (array.kind == ElementKind::signed_integer) {
    const std::size_t unused = 64 - 8 * item.size();
    return static_cast<std::int64_t>(bits << unused) >> unused;
  }
  constexpr auto kMost = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
  return static_cast<std::int64_t>(std::min(bits, kMost));
}

std::string npy_header(std::string_view dtype, std::span<const std::int64_t> shape) {
  std::string header = "{'descr': '" + std::string(dtype) + "', 'fortran_order': False, 'shape': (";
  for (const std::int64_t dimension : shape) header += std::to_string(dimension) + ",";
  header += "), }";
  // Spaces and a final newline align the data for memory mapping.
  const std::size_t begin = kVersionEnd + 2;
  header.resize((begin + header.size() + kAlignment) / kAlignment * kAlignment - begin - 1, ' ');
  header += '\n';

  std::string bytes(kMagic);
  bytes += {'\1', '\0'};
  bytes += static_cast<char>(header.size() & 0xff);
  bytes += static_cast<char>(header.size() >> 8);
  return bytes + header;
}

std::string npy_int64(std::span<const std::int64_t> values, std::span<const std::int64_t> shape) {
  std::string file = npy_header("<i8", shape);
  file.reserve(file.size() + values.size() * sizeof(std::int64_t));
  for (const std::int64_t value : values) {
    for (unsigned shift = 0; shift < 64; shift += 8) {
      file += static_cast<char>(static_cast<std::uint64_t>(value) >> shift & 0xff);
    }
  }
  return file;
}

}  // namespace evenkeel
