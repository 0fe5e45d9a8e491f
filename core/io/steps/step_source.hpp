// The single steps of a recording or of a synthetic trace, in order, in blocks.
//
// Steps of .npy are used where they are, in memory or in a mapped file, and steps of a synthetic trace are made block by
// block, so memory does not grow with the trace. All other steps are read once and kept in memory.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/status.hpp"
#include "core/batch/raw_steps.hpp"
#include "core/io/loads/read_loads.hpp"
#include "core/io/steps/kept_steps.hpp"
#include "core/model/types.hpp"
#include "core/traffic/synth.hpp"

namespace evenkeel {

struct RecognisedFiles;  // core/io/loads/loads_format.hpp

struct StepOptions {
  // As for read_loads. `progress` is also called by next() with the number of bytes before the block, where steps are
  // mapped or made. counted_under must live until the source is open.
  ReadOptions read;
  // Also sum the steps: loads() is what read_loads returns. Costs a pass over .npy.
  bool sum = false;
  // The most bytes of steps that are kept in memory.
  std::size_t most_kept = sizeof(std::size_t) == 4 ? std::size_t{512} << 20 : std::size_t{4} << 30;
};

class StepSource {
 public:
  // Opens files, which must stay in memory or mapped as long as the source. An error if their steps would need too much
  // memory; if the sum is wanted, too, only next() says so.
  static Status open(std::span<const RecordedFile> files, const StepOptions& options,
                     StepSource& out);
  // Opens synth:... or example:...
  static Status open_named(std::string_view name, const StepOptions& options, StepSource& out);

  // The selected layers and steps: numbers, source, notes and warnings; `values` only if they were summed.
  const Loads& loads() const { return loads_; }
  std::int64_t steps() const { return loads_.steps; }
  std::int32_t layers() const { return loads_.layers; }
  std::int32_t experts() const { return loads_.experts; }
  // The row of each selected layer in a block, ascending. A block may have other rows, too.
  std::span<const std::int32_t> rows() const { return rows_; }

  // Not ok: the steps are not known, as next() says.
  const Status& refusal() const { return refusal_; }

  // The next steps, at least one and at most `most`; none at the end. `block` is valid until the next call. Files joined
  // in time may give blocks of different element types. Loads are finite and at least 0, else an error names the first
  // that is not, as read_loads does.
  Status next(std::int64_t most, RawSteps& block);
  // The next block begins with the first step again.
  void rewind();

 private:
  // Steps that follow each other in memory.
  struct Piece {
    RawSteps raw;
    std::string_view name;         // of the file
    std::int64_t begin = 0;        // the number of its first step, counted over all files
    std::size_t bytes_before = 0;  // in all files
  };

  Status open_pieces(RecognisedFiles recording, bool sum);
  Status open_synth(const SynthSpec& spec, const StepOptions& options);
  Status finish(std::string_view name, const ReadOptions& options, bool has_all_layers);
  Status keep(std::string_view name, std::unique_ptr<KeptSteps> kept, const StepOptions& options);
  Status make_block(std::int64_t most, RawSteps& block);
  Status check_block(const Piece& piece, const RawSteps& block, std::int64_t step) const;
  Status report(std::size_t consumed);

  Loads loads_;
  std::vector<std::int32_t> rows_;
  std::int64_t position_ = 0;  // steps given so far
  std::function<bool(std::size_t)> progress_;
  std::size_t reported_ = 0;
  Status refusal_;  // why there are no steps
  std::vector<Piece> pieces_;
  bool are_checked_ = false;  // their loads
  std::unique_ptr<KeptSteps> kept_;
  std::optional<SynthSpec> spec_;
  Range made_layers_;
  std::optional<SynthTrace> trace_;
  std::vector<std::uint32_t> counts_;  // of the block
};

}  // namespace evenkeel
