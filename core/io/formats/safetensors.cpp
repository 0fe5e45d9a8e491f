#include "core/io/formats/safetensors.hpp"

#include <algorithm>

#include "core/base/text.hpp"
#include "core/io/formats/json_tape.hpp"
#include "core/io/formats/little_endian.hpp"

namespace evenkeel {
namespace {

constexpr std::size_t kLengthSize = 8;
// The format's own limit is 100 MB; a tensor takes about 100 bytes.
constexpr JsonLimits kHeaderLimits = {std::size_t{100} << 20, 3'000'000, 8'000'000,
                                      "a safetensors header"};
constexpr std::string_view kExpectedHeader = "a safetensors header";

struct Type {
  std::string_view name;
  ElementKind kind;
  std::size_t size;
};
constexpr Type kTypes[] = {
    {"I64", ElementKind::signed_integer, 8},
    {"I32", ElementKind::signed_integer, 4},
    {"I16", ElementKind::signed_integer, 2},
    {"I8", ElementKind::signed_integer, 1},
    {"U64", ElementKind::unsigned_integer, 8},
    {"U32", ElementKind::unsigned_integer, 4},
    {"U16", ElementKind::unsigned_integer, 2},
    {"U8", ElementKind::unsigned_integer, 1},
    {"F64", ElementKind::real, 8},
    {"F32", ElementKind::real, 4},
    {"F16", ElementKind::real, 2},
    {"BF16", ElementKind::real, 2},
};

bool integers_in(const std::optional<JsonValue>& list, std::vector<std::int64_t>& out) {
  out.clear();
  if (!list || !list->is_list()) return false;
  for (const JsonValue& value : list->values()) {
    if (value.kind() != JsonKind::integer || value.integer() < 0) return false;
    out.push_back(value.integer());
  }
  return true;
}

Status read_tensor(std::span<const std::byte> data, std::string_view file, std::string_view name,
                   const JsonValue& value, NamedTensor& out) {
  const std::string what = "tensor " + in_quotes(name);
  out.name = name;
  const auto dtype = value.is_object() ? value.find("dtype") : std::nullopt;
  std::vector<std::int64_t> shape;
  std::vector<std::int64_t> place;
  if (!dtype || dtype->kind() != JsonKind::string || !integers_in(value.find("shape"), shape) ||
      !integers_in(value.find("data_offsets"), place) || place.size() != 2) {
    return refuse(file, what, " lacks its dtype, shape or data_offsets");
  }
  const auto type = std::find_if(std::begin(kTypes), std::end(kTypes),
                                 [&](const Type& known) { return known.name == dtype->text(); });
  if (type == std::end(kTypes)) {
    return refuse(file, what, " is of type ", in_quotes(dtype->text()),
                  "; expected integers or floats");
  }
  if (shape.empty() || shape.size() > 3) {
    return refuse(file, what, " has ", several(std::ssize(shape), "dimension"),
                  "; expected one layer's experts, [layers, experts] or [steps, layers, experts]");
  }
  NpyArray& array = out.array;
  array.kind = type->kind;
  array.item_size = type->size;
  array.swapped = !kLittleEndian && type->size > 1;
  array.dtype = dtype->text();
  array.dimensions = shape.size();
  const auto begin = static_cast<std::uint64_t>(place[0]);
  const auto end = static_cast<std::uint64_t>(place[1]);
  if (begin > end || end > data.size()) {
    return refuse(file, what, " is at bytes ", begin, " to ", end, " of the data, which has ",
                  data.size());
  }
  std::uint64_t size = type->size;
  for (std::size_t i = 0; i < shape.size(); ++i) {
    array.shape[i] = shape[i];
    const auto dimension = static_cast<std::uint64_t>(shape[i]);
    if (dimension == 0 || dimension > (end - begin) / size) {
      size = 0;
      break;
    }
    size *= dimension;
  }
  if (size != end - begin || size == 0) {
    return refuse(file, what, ": its shape and type do not fit its ", end - begin, " bytes");
  }
  array.data = data.subspan(static_cast<std::size_t>(begin), static_cast<std::size_t>(size));
  return {};
}

}  // namespace

bool is_safetensors(std::span<const std::byte> bytes) {
  return bytes.size() > kLengthSize && bytes[kLengthSize] == std::byte{'{'} &&
         little_endian(bytes, 0, kLengthSize) <= bytes.size() - kLengthSize;
}

Status read_safetensors(std::span<const std::byte> bytes, std::string_view name,
                        std::vector<NamedTensor>& out) {
  if (!is_safetensors(bytes)) return refuse(name, "not a safetensors file, or truncated");
  const auto header_size = static_cast<std::size_t>(little_endian(bytes, 0, kLengthSize));
  JsonTape tape;
  if (Status status =
          tape.read(bytes.subspan(kLengthSize, header_size), name, kExpectedHeader, kHeaderLimits);
      !status.ok()) {
    return status;
  }
  if (!tape.root().is_object()) return refuse(name, "the safetensors header is not an object");
  const std::span<const std::byte> data = bytes.subspan(kLengthSize + header_size);
  for (const auto& [key, value] : tape.root().members()) {
    if (key == "__metadata__") continue;
    if (Status status = read_tensor(data, name, key, value, out.emplace_back()); !status.ok()) {
      return status;
    }
  }
  std::vector<const NamedTensor*> by_place;
  for (const NamedTensor& tensor : out) by_place.push_back(&tensor);
  std::sort(by_place.begin(), by_place.end(), [](const NamedTensor* a, const NamedTensor* b) {
    return a->array.data.data() < b->array.data.data();
  });
  for (std::size_t i = 1; i < by_place.size(); ++i) {
    const NpyArray& before = by_place[i - 1]->array;
    if (before.data.data() + before.data.size() > by_place[i]->array.data.data()) {
      return refuse(name, "the tensors ", in_quotes(by_place[i - 1]->name), " and ",
                    in_quotes(by_place[i]->name), " overlap");
    }
  }
  return {};
}

}  // namespace evenkeel
