// Numbers of the layers of recorded loads: what the user says about them, and which are kept.
#pragma once

#include <string_view>

#include "core/base/number_list.hpp"
#include "core/base/status.hpp"
#include "core/model/types.hpp"

namespace evenkeel {

// Whether the numbers of the layers of a recording are the model's: they do not count all rows from 0, or there are
// rows of dense layers, too.
bool says_numbers(const Loads& loads);

// Finds the dense layers of loads that are a whole recording, all of whose layers are there.
void find_dense_layers(Loads& loads);

// Gives the layers of a recording, all of which are in `loads`, the model's numbers, one for each row. Rows without
// load stand for dense layers: such a recording has a row for every layer of the model, and moe_layers must be the
// others, which changes nothing and sets `unchanged`; or it has a number for each row, and then none is dense. An
// error, which says what the recording has, if moe_layers has another number of layers, or others than those that
// the recording says. `name` is that of the recording.
Status number_layers(std::string_view name, const NumberList& moe_layers, Loads& loads,
                     bool& unchanged);

// Keeps the wanted layers. An error if a range does not end within the recorded layers, or a single number is not one
// of them.
Status select_layers(std::string_view name, const NumberList& wanted, Loads& loads);
Status check_wanted_layers(std::string_view name, const NumberList& wanted,
                           std::span<const std::int32_t> have);

// Those of the recorded layers that are not dense.
std::vector<std::int32_t> moe_layers_of(const Loads& loads);

// Sets the numbers of the layers in `loads` and of those recorded.
void set_numbers(std::span<const std::int32_t> numbers, Loads& loads);

}  // namespace evenkeel
