// Reads a window of a synthetic trace, by the same rules as a file of loads.
#pragma once

#include "core/base/status.hpp"
#include "core/io/loads/read_loads.hpp"
#include "core/io/loads/window_sum.hpp"
#include "core/model/types.hpp"
#include "core/traffic/synth.hpp"

namespace evenkeel {

// Sums the selected steps and layers in uint64, then rounds once to binary32, to nearest even: the same Loads
// as from a file with the whole trace. Steps before the range are skipped, which still takes time; layers
// outside of the range cost nothing; of a list, all from the first to the last are summed, and finish_layers selects and
// numbers them. progress() gets the number of bytes that the selected layers of the
// steps so far would have as uint32.
Status read_synth(const SynthSpec& spec, const ReadOptions& options, Loads& out);

// The selected layers and steps of the trace; loads of zeros with their numbers.
Status resolve_synth(const SynthSpec& spec, const ReadOptions& options, WindowShape& window,
                     Loads& out);

}  // namespace evenkeel
