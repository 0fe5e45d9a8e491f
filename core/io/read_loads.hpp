// Readers of recorded expert loads: .npy, JSON and CSV, from bytes in memory or a mapped file.
//
// Input is untrusted: sizes are checked before memory is allocated. Each error is one sentence with the
// source's name, the place (step, layer, expert, line or byte), the number and what is expected.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>
#include <span>
#include <string>
#include <string_view>

#include "core/base/range.hpp"
#include "core/base/status.hpp"
#include "core/batch/raw_steps.hpp"
#include "core/model/types.hpp"

namespace evenkeel {

struct Place;   // of a row in its file, and
struct Number;  // one of its loads: core/io/window_sum.hpp

struct ReadOptions {
  Range steps;   // recorded steps to sum into the window
  Range layers;  // layers to keep
  // Called about every 16 MiB with the number of bytes consumed; false stops the read with an error. A caller
  // that mapped the file can release the pages before that offset, so memory does not grow with the trace.
  // Not called for files below 16 MiB.
  std::function<bool(std::size_t consumed)> progress;
  // Called by the readers of JSON and CSV with each row of loads that they sum, in the order of the file: for
  // callers that keep the single steps.
  std::function<void(const Place& place, std::span<const Number> row)> row;
};

// Sums the steps of `bytes` into one window. Integers are summed in uint64 (overflow is an error), floats in
// binary64 in the order of steps; the sum is then rounded to binary32, to nearest even. In JSON and CSV, if
// one selected number has a point or an exponent, or exceeds uint64, all are summed as floats.
//
// `name` is the file's name for errors. Its extension (.npy, .json, .csv) selects the reader; with any other
// name (such as "-") the content does. `out` is written only on success.
Status read_loads(std::span<const std::byte> bytes, std::string_view name,
                  const ReadOptions& options, Loads& out);

// The three readers, for fuzzing and for callers that know the format. .npy of format 1, 2 or 3: [L, E] or
// [steps, L, E]; any integer type, float16/32/64, either byte order, C order only.
Status read_loads_npy(std::span<const std::byte> bytes, std::string_view name,
                      const ReadOptions& options, Loads& out);
// {"load_history": [{"logical_expert_load": [[E] ... L]}, ...]}, one record per step, as in vLLM-derived logs
// and the public EPLB benchmark; or a plain [[E] ... L], or a list of those.
Status read_loads_json(std::span<const std::byte> bytes, std::string_view name,
                       const ReadOptions& options, Loads& out);
// One row per layer; or, with a header, rows step,layer,e0,e1,... with ascending steps, in which the layers
// of a step have any order and appear once each. Steps are counted in the order in which they appear,
// whatever their numbers are.
Status read_loads_csv(std::span<const std::byte> bytes, std::string_view name,
                      const ReadOptions& options, Loads& out);

// Describes a .npy trace [steps, layers, experts] in memory, for batches that sum windows themselves. Loads
// are not checked here. `bytes` must outlive `out`.
Status find_steps(std::span<const std::byte> bytes, std::string_view name, RawSteps& out);

}  // namespace evenkeel
