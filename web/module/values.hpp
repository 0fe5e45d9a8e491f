// The core's types as values of JavaScript and back, in as few bytes of program as that can be done: numbers
// travel in flat lists, whose places answers.js and requests.js name. Values that come in have the types that
// requests.js has seen to; sizes and numbers are judged here and behind. What goes out is copied: nobody outside
// holds memory of the module.
#pragma once

#include <emscripten/val.h>

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/status.hpp"
#include "core/model/figures.hpp"
#include "core/model/types.hpp"
#include "core/request/request.hpp"

namespace evenkeel {

// A typed array of its own, of the numbers' type.
template <class Number>
emscripten::val copy_of(const std::vector<Number>& numbers) {
  return emscripten::val(emscripten::typed_memory_view(numbers.size(), numbers.data()))
      .call<emscripten::val>("slice");
}

// The numbers and the text of a field.
std::vector<double> numbers_in(const emscripten::val& object, const char* field);
std::string text_in(const emscripten::val& object, const char* field);

// [layers, experts, slots, gpus, nodes, groups]
emscripten::val list_of(const Shape& shape);
// {sizes: [layers, experts, first_layer, steps], values, source}
emscripten::val object_of(const Loads& loads);
// {sizes: [layers, experts, slots, gpus, nodes, groups, first_layer, most_copies], phy2log, logcnt, log2phy}
emscripten::val object_of(const Placement& placement);
// {first_layer, layers: the figures of each layer one behind the other, all: those of all layers}; NaN where a
// value is not known
emscripten::val object_of(const Layers& layers);

// [gpus, slots, redundant, nodes, groups, layers, experts] of request.shape, NaN where it is missing. Errors:
// layers and experts, as results say them, are others than those of the loads.
Status take_shape(const emscripten::val& request, const Loads& loads, Request& out);

// request.loads, as object_of has them. Their numbers are judged by check_loads.
void take_loads(const emscripten::val& request, Loads& out);

// A field of the request, as object_of has it; log2phy may be undefined. experts: of the loads. Errors: those
// of complete_placement and adopt_log2phy, under this name.
Status take_placement(const emscripten::val& request, const char* field, std::string_view name,
                      std::int32_t experts, Placement& out);

}  // namespace evenkeel
