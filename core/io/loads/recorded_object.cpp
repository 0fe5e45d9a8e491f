// Tensors of PyTorch and arrays of numpy, as their pickles describe them.
#include "core/io/loads/recorded_object.hpp"

#include <algorithm>

#include "core/base/text.hpp"
#include "core/io/formats/little_endian.hpp"

namespace evenkeel {
namespace {

struct TorchType {
  std::string_view storage;  // before "Storage"
  std::string_view dtype;
  ElementKind kind;
  std::size_t size;
  bool brain = false;
};

constexpr TorchType kTorchTypes[] = {
    {"Int", "int32", ElementKind::signed_integer, 4},
    {"Long", "int64", ElementKind::signed_integer, 8},
    {"Short", "int16", ElementKind::signed_integer, 2},
    {"Char", "int8", ElementKind::signed_integer, 1},
    {"Byte", "uint8", ElementKind::unsigned_integer, 1},
    {"", "uint16", ElementKind::unsigned_integer, 2},
    {"", "uint32", ElementKind::unsigned_integer, 4},
    {"", "uint64", ElementKind::unsigned_integer, 8},
    {"Float", "float32", ElementKind::real, 4},
    {"Double", "float64", ElementKind::real, 8},
    {"Half", "float16", ElementKind::real, 2},
    {"BFloat16", "bfloat16", ElementKind::real, 2, true},
};

const TorchType* find_type(std::string_view name) {
  constexpr std::string_view kModule = "torch.";
  constexpr std::string_view kStorage = "Storage";
  if (!name.starts_with(kModule)) return nullptr;
  name.remove_prefix(kModule.size());
  const bool is_storage = name.ends_with(kStorage);
  if (is_storage) name.remove_suffix(kStorage.size());
  for (const TorchType& type : kTorchTypes) {
    if ((is_storage ? type.storage : type.dtype) == name) return &type;
  }
  return nullptr;
}

bool is_any(const PickleValue& value, std::initializer_list<std::string_view> names) {
  return std::any_of(names.begin(), names.end(),
                     [&](std::string_view name) { return value.is_call(name); });
}

bool is_torch_tensor(const PickleValue& value) {
  return is_any(value, {"torch._utils._rebuild_tensor_v2", "torch._utils._rebuild_tensor",
                        "torch._utils._rebuild_tensor_v3", "torch._utils._rebuild_parameter"});
}
bool is_reconstructed(const PickleValue& value) {
  return is_any(value,
                {"numpy.core.multiarray._reconstruct", "numpy._core.multiarray._reconstruct"});
}
bool is_from_buffer(const PickleValue& value) {
  return is_any(value, {"numpy.core.numeric._frombuffer", "numpy._core.numeric._frombuffer"});
}

// The sizes or strides of an array.
Status read_sizes(std::string_view name, std::string_view what, const PickleValue& value,
                  std::vector<std::int64_t>& out) {
  out.clear();
  if (!value.is(PickleKind::tuple) && !value.is(PickleKind::list)) {
    return refuse(name, what, ": its shape or strides are not a tuple");
  }
  if (value.size() < 1 || value.size() > 3) {
    return refuse(name, what, " has ",
                  several(static_cast<std::int64_t>(value.size()), "dimension"),
                  "; expected [layers, experts] or [steps, layers, experts]");
  }
  for (std::size_t i = 0; i < value.size(); ++i) {
    const PickleValue number = value[i];
    if (!number.is(PickleKind::integer) || number.integer() < 0) {
      return refuse(
          name, what,
          ": its shape or strides hold something that is not a whole number of at least 0");
    }
    out.push_back(number.integer());
  }
  return {};
}

// Fills shape and strides and checks that each element is one of the `count` elements of its storage, and that there
// are no more than those.
Status place_elements(std::string_view name, std::string_view what,
                      const std::vector<std::int64_t>& shape,
                      const std::vector<std::int64_t>& strides, std::int64_t offset,
                      std::uint64_t count, Tensor& out) {
  std::uint64_t elements = 1;
  auto last = static_cast<std::uint64_t>(offset);
  const auto ends_outside = [&] {
    return refuse(name, what, " ends after the end of the ", count, " elements of its storage");
  };
  if (last >= count) return ends_outside();
  for (std::size_t i = 0; i < shape.size(); ++i) {
    const auto size = static_cast<std::uint64_t>(shape[i]);
    const auto stride = static_cast<std::uint64_t>(strides[i]);
    if (size == 0) return refuse(name, what, " is empty: its dimension ", i, " is 0");
    // Divisions, because `count` may be so large that a product overflows.
    if (size > count / elements) {
      return refuse(name, what, " has more elements than the ", count, " of its storage");
    }
    if (size > 1 && stride > (count - 1 - last) / (size - 1)) return ends_outside();
    elements *= size;
    last += (size - 1) * stride;
    out.array.shape[i] = shape[i];
    out.strides[i] = strides[i];
  }
  out.array.dimensions = shape.size();
  return {};
}

// Before its protocol 3, pickle saves bytes as text of the characters U+0000 to U+00FF.
bool decode_latin1(std::string_view text, std::string& out) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto first = static_cast<unsigned char>(text[i]);
    if (first < 0x80) {
      out += text[i];
    } else if ((first == 0xc2 || first == 0xc3) && i + 1 < text.size()) {
      ++i;
      out += static_cast<char>((first & 3) << 6 | (static_cast<unsigned char>(text[i]) & 0x3f));
    } else {
      return false;
    }
  }
  return true;
}

}  // namespace

std::uint64_t torch_item_size(std::string_view name) {
  const TorchType* const type = find_type(name);
  if (type != nullptr) return type->size;
  return name == "torch.BoolStorage" ? 1 : 0;
}

bool RecordedObject::is_tensor(const PickleValue& value) {
  return is_torch_tensor(value) || is_reconstructed(value) || is_from_buffer(value);
}

Status RecordedObject::tensor(const PickleValue& value, std::string_view what, Tensor& out) const {
  out = {};
  if (is_torch_tensor(value)) return torch_tensor(value, what, out);
  if (is_reconstructed(value) || is_from_buffer(value)) return numpy_array(value, what, out);
  return refuse(name_, what, " is not a tensor or array");
}

Status RecordedObject::torch_tensor(const PickleValue& call, std::string_view what,
                                    Tensor& out) const {
  PickleValue arguments = call[1];
  const Status damaged = refuse(name_, what, " is not described as PyTorch describes tensors");
  if (call.is_call("torch._utils._rebuild_parameter")) {
    if (arguments.size() < 1 || !is_torch_tensor(arguments[0])) return damaged;
    const PickleValue inner = arguments[0];
    if (inner.is_call("torch._utils._rebuild_parameter")) return damaged;
    return torch_tensor(inner, what, out);
  }
  if (arguments.size() < 4 || !arguments[0].is(PickleKind::persistent) ||
      arguments[0].size() != 1) {
    return damaged;
  }
  const PickleValue storage = arguments[0][0];  // ("storage", type, key, device, elements)
  const PickleValue offset = arguments[1];
  if (!storage.is(PickleKind::tuple) || storage.size() < 5 || storage[0].text() != "storage" ||
      !storage[1].is(PickleKind::name) || !storage[2].is(PickleKind::text) ||
      !storage[4].is(PickleKind::integer) || storage[4].integer() < 0 ||
      !offset.is(PickleKind::integer) || offset.integer() < 0) {
    return damaged;
  }
  if (storage.size() > 5 && !storage[5].is(PickleKind::none)) {
    return refuse(name_, what, " is a view of another storage; save a copy of it: tensor.clone()");
  }
  const bool untyped = storage[1].text().ends_with("UntypedStorage");
  if (untyped && (arguments.size() < 7 || !arguments[6].is(PickleKind::name))) return damaged;
  const std::string_view type_name = untyped ? arguments[6].text() : storage[1].text();
  const TorchType* const type = find_type(type_name);
  if (type == nullptr) {
    return refuse(name_, what, " is of ", type_name,
                  "; expected integers or floats, so save it with .to(torch.int64)");
  }
  auto count = static_cast<std::uint64_t>(storage[4].integer());
  if (untyped) count /= type->size;
  if (count > (std::uint64_t{1} << 60)) return damaged;
  out.array.kind = type->kind;
  out.array.item_size = type->size;
  out.array.swapped = swapped_ && type->size > 1;
  out.brain = type->brain;
  std::uint64_t elements = 1;
  std::vector<std::int64_t> shape;
  std::vector<std::int64_t> strides;
  if (Status s = read_sizes(name_, what, arguments[2], shape); !s.ok()) return s;
  if (Status s = read_sizes(name_, what, arguments[3], strides); !s.ok()) return s;
  if (shape.size() != strides.size()) return damaged;
  if (Status s = place_elements(name_, what, shape, strides, offset.integer(), count, out);
      !s.ok()) {
    return s;
  }
  constexpr std::uint64_t kMostUses = 4;
  constexpr std::uint64_t kFew = 1 << 26;  // are read in less than a second
  for (const std::int64_t size : shape) elements *= static_cast<std::uint64_t>(size);
  taken_ += elements;
  if (storages_.insert(std::string(storage[2].text())).second) held_ += count;
  if (taken_ > std::max(kMostUses * held_, kFew)) {
    return refuse(name_, what, " and those before it share storages of ", held_,
                  " elements and have more than ", kMostUses,
                  " times as many; save copies: tensor.clone()");
  }
  // Only now, because it may have to be inflated.
  if (Status s = find_(storage[2].text(), count * type->size, out.array.data); !s.ok()) return s;
  out.array.data = out.array.data.subspan(static_cast<std::size_t>(offset.integer()) * type->size);
  return {};
}

Status RecordedObject::numpy_array(const PickleValue& call, std::string_view what,
                                   Tensor& out) const {
  const Status damaged = refuse(name_, what, " is not described as numpy describes arrays");
  // _reconstruct(...) with the state (version, shape, dtype, is_fortran, data), or
  // _frombuffer(data, dtype, shape, order).
  const bool from_buffer = is_from_buffer(call);
  if (!from_buffer && call.size() < 3) return damaged;
  const PickleValue parts = from_buffer ? call[1] : call[2];
  if (!parts.is(PickleKind::tuple) || parts.size() < (from_buffer ? 4u : 5u)) return damaged;
  const PickleValue dtype = from_buffer ? parts[1] : parts[2];
  const PickleValue data = from_buffer ? parts[0] : parts[4];
  const bool fortran = from_buffer ? parts[3].text() == "F"
                                   : parts[3].is(PickleKind::boolean) && parts[3].integer() != 0;
  if (!dtype.is_call("numpy.dtype") || dtype[1].size() < 1 || dtype.size() < 3 ||
      !dtype[2].is(PickleKind::tuple) || dtype[2].size() < 2) {
    return damaged;
  }
  const std::string descr = std::string(dtype[2][1].text()) + std::string(dtype[1][0].text());
  if (Status s = parse_dtype(descr, name_, out.array); !s.ok()) return s;
  std::string_view bytes = data.text();
  if (data.is_call("_codecs.encode") && data[1].size() == 2 && data[1][0].is(PickleKind::text)) {
    decoded_.clear();
    if (!decode_latin1(data[1][0].text(), decoded_)) return damaged;
    bytes = decoded_;
  } else if (!data.is(PickleKind::bytes)) {
    return damaged;
  }
  out.array.data = std::as_bytes(std::span(bytes.data(), bytes.size()));
  std::vector<std::int64_t> shape;
  if (Status s = read_sizes(name_, what, from_buffer ? parts[2] : parts[1], shape); !s.ok())
    return s;
  const std::uint64_t count = bytes.size() / out.array.item_size;
  std::uint64_t elements = 1;
  std::vector<std::int64_t> strides(shape.size());
  for (std::size_t i = 0; i < shape.size(); ++i) {
    const std::size_t at = fortran ? i : shape.size() - 1 - i;
    strides[at] = static_cast<std::int64_t>(elements);
    const auto size = static_cast<std::uint64_t>(shape[at]);
    if (size == 0 || size > count / elements) {
      return refuse(name_, what, ": its shape does not fit its ", bytes.size(), " bytes");
    }
    elements *= size;
  }
  if (elements * out.array.item_size != bytes.size()) {
    return refuse(name_, what, ": its shape does not fit its ", bytes.size(), " bytes");
  }
  return place_elements(name_, what, shape, strides, 0, count, out);
}

}  // namespace evenkeel
