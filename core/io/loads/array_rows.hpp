// Rows of an array in memory as numbers, for readers whose files are not summed by a tight loop.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/status.hpp"
#include "core/io/formats/npy.hpp"
#include "core/io/loads/window_sum.hpp"

namespace evenkeel {

// An array of 1, 2 or 3 dimensions whose elements may lie anywhere in `array.data`.
struct Tensor {
  NpyArray array;                         // `data` begins with the first element
  std::array<std::int64_t, 3> strides{};  // in elements
  bool brain = false;                     // of 2 bytes: bfloat16, not float16

  std::int64_t size(std::size_t dimension) const { return array.shape[dimension]; }
};

// An array in C order.
Tensor tensor_of(const NpyArray& array);

// Replaces `out` by the numbers along the last dimension, at these indices of the dimensions before it. The
// elements must lie within the data.
void read_row(const Tensor& tensor, std::int64_t step, std::int64_t layer,
              std::vector<Number>& out);

// Adds a tensor [L, E] or [steps, L, E] to the window; layers are numbered from `first_layer`. `skip_empty`: steps
// without any load are not steps, as in a buffer that was not filled.
struct TensorMeaning {
  std::int64_t first_layer = 0;
  bool skip_empty = false;
};
Status add_tensor(std::string_view name, const Tensor& tensor, const TensorMeaning& meaning,
                  WindowSum& window, ReadProgress& progress);

}  // namespace evenkeel
