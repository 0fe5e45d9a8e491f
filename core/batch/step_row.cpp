#include "core/batch/step_row.hpp"

namespace evenkeel {
namespace {

template <class Element, bool swapped>
void read_row(const std::byte* at, std::span<double> out) {
  using Bits = typename Element::Bits;
  for (double& load : out) {
    load = Element::real(load_bits<Bits, swapped>(at));
    at += sizeof(Bits);
  }
}

}  // namespace

double read_step_row(const RawSteps& raw, std::int64_t step, std::int32_t layer,
                     std::span<double> out) {
  const std::byte* at = raw.data + static_cast<std::size_t>(step) * raw.step_bytes() +
                        static_cast<std::size_t>(layer) * raw.layer_bytes();
  with_element(raw.kind, static_cast<std::size_t>(raw.item_size), [&]<class Element>(Element) {
    raw.swapped ? read_row<Element, true>(at, out) : read_row<Element, false>(at, out);
    return true;
  });
  // Four sums, so that additions overlap; the order is the same everywhere.
  double sums[4] = {};
  for (std::size_t e = 0; e < out.size(); ++e) sums[e % 4] += out[e];
  return (sums[0] + sums[1]) + (sums[2] + sums[3]);
}

}  // namespace evenkeel
