// Readers of recorded expert loads: .npy, JSON and CSV, from bytes in memory or a mapped file.
//
// Everything read is hostile: sizes are checked before memory is taken, and each error is one
// sentence with the source's name, the place (step, layer, expert, line or byte), the number and
// what would be right.
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
  // Called now and then with the bytes consumed so far; false stops the read with an error. A
  // caller that mapped the file drops the pages before that offset, so memory does not grow with
  // the trace. A file below 16 MiB is read without a call.
  std::function<bool(std::size_t consumed)> progress;
  // Called by the readers of JSON and CSV with each row of loads that they sum, in the file's order: for whoever
  // wants to keep the steps themselves.
  std::function<void(const Place& place, std::span<const Number> row)> row;
};

// Sums the steps of `bytes` into one window.
// Integers are summed in uint64 (overflow is an error), floats in binary64 in step order; the sum
// is then rounded to binary32, to nearest even. In JSON and CSV one number with a point or an
// exponent, or above uint64, makes floats of all that are kept.
//
// `name` is the file's name for errors; its extension (.npy, .json, .csv) chooses the reader, any
// other name (such as "-") is decided by the content. `out` is written only on success.
Status read_loads(std::span<const std::byte> bytes, std::string_view name,
                  const ReadOptions& options, Loads& out);

// The three readers behind it, each for fuzzing and for callers that know the format.
// .npy of format 1, 2 or 3: [L, E] or [steps, L, E]; every integer type, float16/32/64, either byte
// order, C order only.
Status read_loads_npy(std::span<const std::byte> bytes, std::string_view name,
                      const ReadOptions& options, Loads& out);
// {"load_history": [{"logical_expert_load": [[E] ... L]}, ...]}, one record a step, as vLLM-derived
// logs and the public EPLB benchmark write; or a plain [[E] ... L], or a list of those.
Status read_loads_json(std::span<const std::byte> bytes, std::string_view name,
                       const ReadOptions& options, Loads& out);
// One row a layer; or, with a header, step,layer,e0,e1,... where steps ascend and the layers of a
// step come in any order, each once. Steps are counted as they appear, whatever their numbers are.
Status read_loads_csv(std::span<const std::byte> bytes, std::string_view name,
                      const ReadOptions& options, Loads& out);

// A .npy trace [steps, layers, experts] as it lies in memory, for batches that sum windows themselves. Its
// loads are not looked at here. bytes must stay where they are.
Status find_steps(std::span<const std::byte> bytes, std::string_view name, RawSteps& out);

}  // namespace evenkeel
