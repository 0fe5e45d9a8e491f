// The header of a .safetensors file: a JSON object that names tensors, their types, shapes and places.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/status.hpp"
#include "core/io/formats/npy.hpp"

namespace evenkeel {

struct NamedTensor {
  std::string name;
  NpyArray array;
};

bool is_safetensors(std::span<const std::byte> bytes);

// Reads the header. Tensors have 1 to 3 dimensions, are within the file, and do not overlap.
Status read_safetensors(std::span<const std::byte> bytes, std::string_view name,
                        std::vector<NamedTensor>& out);

}  // namespace evenkeel
