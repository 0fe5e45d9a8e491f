// A window of a synthetic trace, by the rules for files of loads.
#pragma once

#include "core/base/status.hpp"
#include "core/io/read_loads.hpp"
#include "core/model/types.hpp"
#include "core/traffic/synth.hpp"

namespace evenkeel {

// Sums the chosen steps and layers in uint64, then rounds to binary32, once and to nearest even:
// the same Loads as from a file with the whole trace. Steps before the range are passed over, which
// still takes time; layers outside of it are not. progress() gets the bytes that the chosen layers
// of the steps so far would have as uint32.
Status read_synth(const SynthSpec& spec, const ReadOptions& options, Loads& out);

}  // namespace evenkeel
