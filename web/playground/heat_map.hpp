// Loads as a picture: a texture of layers x experts with one pixel each.
#pragma once

#include <imgui.h>

#include <cstdint>

#include "core/model/types.hpp"

namespace evenkeel {

class HeatMap {
 public:
  // Makes the picture of these loads; call it when they change. Colours show an expert's load as a multiple
  // of its layer's mean, up to cap().
  void show(const Loads& loads);
  ImTextureID texture() const;
  double cap() const { return cap_; }  // times the mean

 private:
  unsigned texture_ = 0;
  double cap_ = 1;
};

// An expert's load as a multiple of its layer's mean; 0 if the layer has no load.
double load_of_mean(const Loads& loads, std::int32_t layer, std::int32_t expert);

}  // namespace evenkeel
