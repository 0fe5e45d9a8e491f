// Converts the core's types to JavaScript values and back, with as little code as possible: numbers are
// passed in flat lists, whose positions answers.js and requests.js name. requests.js has checked the types of
// inputs; sizes and numbers are checked here and in the core. Outputs are copies: no memory of the module is
// shared.
#pragma once

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
#include "web/module/value.hpp"

namespace evenkeel {

// The numbers and the text of a field.
std::vector<double> numbers_in(const Given& object, const char* field);
std::string text_in(const Given& object, const char* field);

// [layers, experts, slots, gpus, nodes, groups]
Answer list_of(const Shape& shape);
// {sizes: [layers, experts, first_layer, steps], values, source}
Answer object_of(const Loads& loads);
// {sizes: [layers, experts, slots, gpus, nodes, groups, first_layer, most_copies], phy2log, logcnt}, the arrays without a
// copy (Answer::numbers_at)
Answer object_of(const Placement& placement, std::int32_t most_copies);

// A placement from which its hashes and log2phy are made when they are asked for. {sizes: [layers, experts, slots, gpus,
// gpus of the shape, first_layer], dense: numbers of dense layers, packed: log2phy of the core, where kNextExpert is
// added to the first slot of each expert}. pack_log2phy makes `packed` of log2phy, which is then nothing else, and returns
// the most copies of an expert.
constexpr std::int32_t kNextExpert = 1 << 30;
std::int32_t pack_log2phy(Placement& placement);
Answer packed_object_of(const Placement& packed, std::int32_t gpus, const LayerNumbers& numbers);
// The placement of such an object, and what map_hash_text wants beside it. dense must live as long as `numbers`.
void take_packed(const Given& object, Placement& out, std::int32_t& gpus,
                 std::vector<std::int32_t>& dense, LayerNumbers& numbers);
// {first_layer, layers: the figures of each layer one behind the other, all: those of all layers}; NaN where a
// value is not known
Answer object_of(const Layers& layers);

// [gpus, slots, redundant, nodes, groups, layers, experts] of request.shape, NaN for missing numbers. Errors:
// layers or experts differ from those of the loads.
Status take_shape(const Given& request, const Loads& loads, Request& out);

// request.loads, in the form of object_of. check_loads checks their numbers. Where there is a number for each step, layer
// and expert, the loads are the sum, and `steps` gets the numbers, which are checked here.
Status take_loads(const Given& request, Loads& out, std::vector<float>& steps);

// A field of the request, in the form of object_of; log2phy may be undefined. experts: that of the loads.
// Errors: those of complete_placement and adopt_log2phy, with this name.
Status take_placement(const Given& request, const char* field, std::string_view name,
                      std::int32_t experts, Placement& out);

}  // namespace evenkeel
