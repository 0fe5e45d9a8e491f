// Warnings about loads that are probably not what they were taken for. Nothing is changed or refused.
#include <algorithm>
#include <array>

#include "core/base/text.hpp"
#include "core/io/loads/loads_format.hpp"
#include "core/io/loads/window_sum.hpp"
#include "core/request/models.hpp"

namespace evenkeel {
namespace {

std::string unloaded_experts(const Loads& loads) {
  if (loads.values.empty()) return {};     // not summed
  constexpr std::int32_t kFewExperts = 8;  // in a small example zeros mean nothing
  std::int32_t unloaded = 0;
  bool any = false;
  for (std::int32_t expert = 0; expert < loads.experts; ++expert) {
    bool loaded = false;
    for (std::int32_t layer = 0; layer < loads.layers; ++layer) {
      const auto at = static_cast<std::size_t>(layer) * static_cast<std::size_t>(loads.experts);
      loaded = loaded || loads.values[at + static_cast<std::size_t>(expert)] != 0;
    }
    unloaded += loaded ? 0 : 1;
    any = any || loaded;
  }
  if (!any || loads.experts < kFewExperts || 2 * unloaded <= loads.experts) return {};
  return std::to_string(unloaded) + " of " + std::to_string(loads.experts) +
         " experts have no load in any layer; if this is the recording of one rank, give the files "
         "of all "
         "ranks together";
}

std::string counted_slots(const Loads& loads) {
  const auto is_experts = [&](const KnownModel& model) { return model.experts == loads.experts; };
  const bool known_experts = std::any_of(known_models().begin(), known_models().end(), is_experts);
  for (const KnownModel& model : known_models()) {
    const bool is_slots =
        std::find(model.slots.begin(), model.slots.end(), loads.experts) != model.slots.end();
    if (!is_slots || (known_experts && !has_layers(model, loads.layers))) continue;
    return std::to_string(loads.experts) +
           " experts are as many as the slots of a possible deployment of " +
           std::string(model.title) + ", which has " + std::to_string(model.experts) +
           " experts; if slots were counted, let the command fold them (--counted-under PLACEMENT)";
  }
  return {};
}

}  // namespace

std::string swapped_axes(std::int64_t layers, std::int64_t experts) {
  if (layers <= experts) return {};
  for (const KnownModel& model : known_models()) {
    if (model.experts != layers || !has_layers(model, experts)) continue;
    return std::to_string(layers) + " layers of " + std::to_string(experts) +
           " experts: " + std::string(model.title) + " has " + std::to_string(experts) +
           " layers of " + std::to_string(layers) +
           " experts, so the axes may be swapped; layers come first";
  }
  return {};
}

std::vector<std::string> suspicions(const Loads& loads) {
  std::vector<std::string> all;
  for (std::string& warning :
       std::array<std::string, 3>{unloaded_experts(loads), counted_slots(loads),
                                  swapped_axes(loads.layers, loads.experts)}) {
    if (!warning.empty()) all.push_back(std::move(warning));
  }
  return all;
}

}  // namespace evenkeel
