// Readers of recorded expert loads: what engines' recorders write, and arrays, JSON and CSV; from bytes in memory or
// mapped files.
//
// Input is untrusted: sizes are checked before memory is allocated. Each error is one sentence with the
// source's name, the place (step, layer, expert, line or byte), the number and what is expected.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/number_list.hpp"
#include "core/base/range.hpp"
#include "core/base/status.hpp"
#include "core/batch/raw_steps.hpp"
#include "core/io/formats/inflate.hpp"
#include "core/model/types.hpp"

namespace evenkeel {

struct Place;     // of a row in its file, and
struct Number;    // one of its loads: core/io/loads/window_sum.hpp
class WindowSum;  // the sums of all files
class SlotMap;    // core/io/loads/slot_map.hpp

// How several files of one recording belong together.
enum class Join : std::uint8_t {
  automatic,  // ranks where the files or their names say different ranks or leave out zeros, else time
  ranks,      // each rank counted its own tokens: loads of a step add up
  time,       // the steps of a file follow those of the file before it
};

struct ReadOptions {
  Range steps;        // recorded steps to sum into the window; numbers below 0 count from the end
  NumberList layers;  // to keep, by their numbers
  Join join = Join::automatic;
  // The map under which the loads were counted by slot (one layer: for all layers); null: they are of logical experts.
  const SlotMap* counted_under = nullptr;
  // Null: compressed parts of archives are refused.
  Inflate inflate;
  // Called about every 16 MiB with the number of bytes consumed, of all files; false stops the read with an error. A
  // caller that mapped the files can release the pages before that offset, so memory does not grow with the trace.
  // Not called for files below 16 MiB.
  std::function<bool(std::size_t consumed)> progress;
  // Called with each row of loads that is summed, in the order of the files, for callers that keep the single steps;
  // place.step counts from the first step of the recording. Summing .npy is slow then.
  std::function<void(const Place& place, std::span<const Number> row)> row;
  // The numbers of the layers in the model, for recordings that do not say them: see number_layers.
  std::optional<NumberList> moe_layers = {};
  // Looks for layers without load in all steps, not only in the selected ones.
  bool find_dense_layers = true;
};

// A file of a recording. Its content selects the reader, and where that is not enough its extension; `name` is also its
// name in errors.
struct RecordedFile {
  std::string_view name;
  std::span<const std::byte> bytes;
};

// Sums the steps of the files of one recording into one window. Integers are summed in uint64 (overflow is an error),
// floats in binary64 in the order of steps; the sum is then rounded to binary32, to nearest even. If one selected
// number of a text has a point or an exponent, or exceeds uint64, all are summed as floats.
//
// `out` is written only on success. Its notes say what was recognised and assumed, its warnings what looks wrong.
Status read_loads(std::span<const RecordedFile> files, const ReadOptions& options, Loads& out);
Status read_loads(std::span<const std::byte> bytes, std::string_view name,
                  const ReadOptions& options, Loads& out);

// Numbers the layers as `options` say, and keeps those that they select: read_loads does it with all layers read.
Status finish_layers(std::string_view name, const ReadOptions& options, Loads& loads);

// The readers, for fuzzing and for callers that know the format. Each adds a file, which has begun, to the sums; what
// it recognised goes into `notes`.
using LoadsReader = Status (*)(const RecordedFile& file, const ReadOptions& options,
                               WindowSum& window, std::vector<std::string>& notes);
// .npy of format 1, 2 or 3: [L, E] or [steps, L, E]; any integer type, float16/32/64, either byte order, C order only;
// or a dictionary with such an array, as SGLang-JAX saves it.
Status add_npy(const RecordedFile& file, const ReadOptions& options, WindowSum& window,
               std::vector<std::string>& notes);
// See core/io/loads/read_loads_json.cpp and core/io/loads/read_loads_csv.cpp for the forms.
Status add_json(const RecordedFile& file, const ReadOptions& options, WindowSum& window,
                std::vector<std::string>& notes);
Status add_csv(const RecordedFile& file, const ReadOptions& options, WindowSum& window,
               std::vector<std::string>& notes);

// Reads one file with one of them.
Status read_as(LoadsReader reader, const RecordedFile& file, const ReadOptions& options,
               Loads& out);

// Whether a CSV has one row for each count that is not 0, or for each token: it leaves out zeros.
bool is_sparse_csv(std::span<const std::byte> bytes);

// Describes a .npy trace [steps, layers, experts] in memory, for batches that sum windows themselves. Loads
// are not checked here. `bytes` must outlive `out`.
Status find_steps(std::span<const std::byte> bytes, std::string_view name, RawSteps& out);

}  // namespace evenkeel
