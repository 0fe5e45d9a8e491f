#include "core/io/loads/array_rows.hpp"

#include <algorithm>

#include "core/base/text.hpp"
#include "core/batch/raw_steps.hpp"

namespace evenkeel {
namespace {

template <class Element>
Number number_of(typename Element::Bits bits) {
  Number number;
  number.real = Element::real(bits);
  if constexpr (std::is_same_v<typename Element::Sum, std::uint64_t>) {
    number.is_whole = Element::fault(bits) == 0;
    if (number.is_whole) number.whole = bits;
  }
  return number;
}

// The upper half of a binary32 number.
Number brain_number(std::uint16_t bits) {
  const std::uint32_t wide = static_cast<std::uint32_t>(bits) << 16;
  return {static_cast<double>(__builtin_bit_cast(float, wide)), 0, false};
}

}  // namespace

Tensor tensor_of(const NpyArray& array) {
  Tensor tensor;
  tensor.array = array;
  std::int64_t stride = 1;
  for (std::size_t i = array.dimensions; i-- > 0;) {
    tensor.strides[i] = stride;
    stride *= array.shape[i];
  }
  return tensor;
}

void read_row(const Tensor& tensor, std::int64_t step, std::int64_t layer,
              std::vector<Number>& out) {
  const NpyArray& array = tensor.array;
  const std::size_t last = array.dimensions - 1;
  std::int64_t at = 0;
  if (array.dimensions == 3) at += step * tensor.strides[0];
  if (array.dimensions >= 2) at += layer * tensor.strides[last - 1];
  const auto count = static_cast<std::size_t>(array.shape[last]);
  const auto size = static_cast<std::int64_t>(array.item_size);
  const std::byte* const first = array.data.data() + at * size;
  const std::int64_t stride = tensor.strides[last] * size;
  out.resize(count);
  with_element(array.kind, array.item_size, [&]<class Element>(Element) {
    using Bits = typename Element::Bits;
    for (std::size_t i = 0; i < count; ++i) {
      const std::byte* const element = first + static_cast<std::int64_t>(i) * stride;
      const Bits bits =
          array.swapped ? load_bits<Bits, true>(element) : load_bits<Bits, false>(element);
      out[i] =
          tensor.brain ? brain_number(static_cast<std::uint16_t>(bits)) : number_of<Element>(bits);
    }
    return 0;
  });
}

Status add_tensor(std::string_view name, const Tensor& tensor, const TensorMeaning& meaning,
                  WindowSum& window, ReadProgress& progress) {
  const NpyArray& array = tensor.array;
  if (array.dimensions < 2) {
    return refuse(name, "the array has ",
                  several(static_cast<std::int64_t>(array.dimensions), "dimension"),
                  "; expected [layers, experts] or [steps, layers, experts]");
  }
  const std::int64_t steps = array.dimensions == 3 ? array.shape[0] : 1;
  const std::int64_t layers = array.shape[array.dimensions - 2];
  std::vector<Number> row;
  for (std::int64_t step = 0; step < steps; ++step) {
    bool empty = meaning.skip_empty;
    for (std::int64_t layer = 0; empty && layer < layers; ++layer) {
      read_row(tensor, step, layer, row);
      empty = std::all_of(row.begin(), row.end(), [](const Number& n) { return n.real == 0; });
    }
    if (empty) continue;
    Place place;
    place.step = window.steps();
    place.recorded_step = step;
    for (std::int64_t layer = 0; layer < layers; ++layer) {
      place.layer = meaning.first_layer + layer;
      read_row(tensor, step, layer, row);
      if (Status status = window.add_row(place, row); !status.ok()) return status;
    }
    if (Status status = window.end_step(); !status.ok()) return status;
    const auto bytes = static_cast<std::size_t>(layers) * row.size() * array.item_size;
    if (Status status = progress.advance(bytes); !status.ok()) return status;
  }
  return {};
}

}  // namespace evenkeel
