#include "web/playground/heat_map.hpp"

#include <algorithm>
#include <cstddef>
#include <vector>

#include "web/playground/gl.hpp"
#include "web/playground/look.hpp"

namespace evenkeel {
namespace {

const float* row_of(const Loads& loads, std::int32_t layer) {
  return loads.values.data() + static_cast<std::size_t>(layer) * loads.experts;
}

double mean_of(const Loads& loads, std::int32_t layer) {
  double sum = 0;
  for (std::int32_t x = 0; x < loads.experts; ++x) sum += row_of(loads, layer)[x];
  return sum / loads.experts;
}

}  // namespace

double load_of_mean(const Loads& loads, std::int32_t layer, std::int32_t expert) {
  const double mean = mean_of(loads, layer);
  return mean > 0 ? row_of(loads, layer)[expert] / mean : 0;
}

void HeatMap::show(const Loads& loads) {
  std::vector<float> of_mean;
  of_mean.reserve(loads.values.size());
  for (std::int32_t layer = 0; layer < loads.layers; ++layer) {
    const double mean = mean_of(loads, layer);
    for (std::int32_t x = 0; x < loads.experts; ++x) {
      of_mean.push_back(mean > 0 ? static_cast<float>(row_of(loads, layer)[x] / mean) : 0.0f);
    }
  }
  // A few very hot experts must not make the rest dark: 0.5 % of the loads are above the end of the scale.
  std::vector<float> sorted = of_mean;
  const std::size_t high = sorted.size() - 1 - sorted.size() / 200;
  std::nth_element(sorted.begin(), sorted.begin() + static_cast<std::ptrdiff_t>(high),
                   sorted.end());
  cap_ = std::max(1.0, static_cast<double>(sorted[high]));
  std::vector<ImU32> pixels;
  pixels.reserve(of_mean.size());
  for (const float value : of_mean) {
    pixels.push_back(look::magnitude(value / static_cast<float>(cap_)));
  }
  if (texture_ == 0) {
    glGenTextures(1, &texture_);
    glBindTexture(GL_TEXTURE_2D, texture_);
    glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_MIN_FILTER, GL_LINEAR);
    glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_MAG_FILTER, GL_NEAREST);
    glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_WRAP_S, GL_CLAMP_TO_EDGE);
    glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_WRAP_T, GL_CLAMP_TO_EDGE);
  }
  glBindTexture(GL_TEXTURE_2D, texture_);
  glTexImage2D(GL_TEXTURE_2D, 0, GL_RGBA, loads.experts, loads.layers, 0, GL_RGBA, GL_UNSIGNED_BYTE,
               pixels.data());
}

ImTextureID HeatMap::texture() const {
  return reinterpret_cast<ImTextureID>(static_cast<std::uintptr_t>(texture_));
}

}  // namespace evenkeel
