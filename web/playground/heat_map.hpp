// Loads as a picture: a texture of layers x experts, a pixel each.
#pragma once

#include <imgui.h>

#include <cstdint>

#include "core/model/types.hpp"

namespace evenkeel {

class HeatMap {
 public:
  // Makes the picture of these loads; call when they change. Colours say how much of its layer's mean an
  // expert gets, up to cap().
  void show(const Loads& loads);
  ImTextureID texture() const;
  double cap() const { return cap_; }  // times the mean

 private:
  unsigned texture_ = 0;
  double cap_ = 1;
};

// An expert's load in terms of its layer's mean; 0 where the layer has none.
double load_of_mean(const Loads& loads, std::int32_t layer, std::int32_t expert);

}  // namespace evenkeel
