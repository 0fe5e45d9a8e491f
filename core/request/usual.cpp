#include "core/request/usual.hpp"

#include <algorithm>

#include "core/traffic/example.hpp"
#include "core/traffic/synth.hpp"

namespace evenkeel {

Usual usual_deployment(const Request& request, std::int32_t experts) {
  constexpr Shape kExample = {2, 12, 16, 8, 2, 4};
  const bool is_named = request.file.empty();
  SynthSpec spec;
  const auto of = [](std::string_view name, const Shape& shape) -> Usual {
    return {name, shape.gpus, shape.slots, shape.nodes, shape.groups};
  };
  if (is_named && request.loads == kExampleName && experts == kExample.experts) {
    return of("the example", kExample);
  }
  if (is_named && is_synth(request.loads) && parse_synth(request.loads, spec).ok() &&
      experts == spec.preset->shape.experts) {
    return of(spec.preset->name, spec.preset->shape);
  }
  Usual usual;
  usual.gpus = std::min(usual.gpus, experts);
  usual.slots = (experts / usual.gpus + 1) * usual.gpus;
  return usual;
}

}  // namespace evenkeel
