#include "core/io/steps/step_source.hpp"

#include <algorithm>
#include <limits>
#include <utility>

#include "core/base/text.hpp"
#include "core/io/formats/npy.hpp"
#include "core/io/loads/loads_format.hpp"
#include "core/io/loads/read_synth.hpp"
#include "core/io/loads/window_sum.hpp"
#include "core/traffic/example.hpp"

namespace evenkeel {
namespace {

// A synthetic trace up to this size is kept when it was made to be summed: making it takes longer than all that is done
// with its steps.
constexpr std::int64_t kMostKeptSynth = std::int64_t{256} << 20;

// The most bytes of a synthetic trace that are made at once.
constexpr std::size_t kMostMade = std::size_t{16} << 20;

Status parse_array(const RecordedFile& file, RawSteps& raw, std::size_t& bytes_before) {
  NpyArray array;
  const NpyWanted wanted = {2, 3, "[layers, experts] or [steps, layers, experts]"};
  if (Status s = parse_npy(file.bytes, file.name, wanted, array); !s.ok()) return s;
  raw.data = array.data.data();
  raw.kind = array.kind;
  raw.item_size = static_cast<std::int32_t>(array.item_size);
  raw.swapped = array.swapped;
  raw.steps = array.dimensions == 3 ? array.shape[0] : 1;
  // Layers and experts are within their limits if the files can be summed.
  raw.layers = static_cast<std::int32_t>(array.shape[array.dimensions - 2]);
  raw.experts = static_cast<std::int32_t>(array.shape[array.dimensions - 1]);
  bytes_before += file.bytes.size() - array.data.size();
  return {};
}

// Finds the first load of these rows that is negative or not finite.
template <class Element, bool swapped>
Status find_fault(std::string_view name, const RawSteps& raw, Range rows, std::int64_t step) {
  using Bits = typename Element::Bits;
  const auto cells = static_cast<std::size_t>((rows.end - rows.begin) * raw.experts);
  for (std::int64_t i = 0; i < raw.steps; ++i) {
    const std::byte* const first = raw.data + static_cast<std::size_t>(i) * raw.step_bytes() +
                                   static_cast<std::size_t>(rows.begin) * raw.layer_bytes();
    Bits fault = 0;
    for (std::size_t cell = 0; cell < cells; ++cell) {
      const Bits bits = load_bits<Bits, swapped>(first + cell * sizeof(Bits));
      fault = static_cast<Bits>(fault | Element::fault(bits));
    }
    for (std::size_t cell = 0; fault != 0 && cell < cells; ++cell) {
      const Bits bits = load_bits<Bits, swapped>(first + cell * sizeof(Bits));
      if (Element::fault(bits) == 0) continue;
      Place place;
      place.step = step + i;
      place.layer = rows.begin + static_cast<std::int64_t>(cell) / raw.experts;
      return refuse_load(name, place, static_cast<std::int64_t>(cell) % raw.experts,
                         Element::real(bits));
    }
  }
  return {};
}

}  // namespace

// .npy whose steps follow each other.
Status StepSource::open_pieces(RecognisedFiles recording, bool sum) {
  std::int64_t all_steps = 0;
  std::size_t bytes = 0;
  for (const RecordedFile& file : recording.files) {
    Piece piece = {{}, file.name, all_steps, bytes};
    if (Status s = parse_array(file, piece.raw, piece.bytes_before); !s.ok()) return s;
    all_steps += piece.raw.steps;
    bytes += file.bytes.size();
    pieces_.push_back(piece);
  }
  Range& steps = recording.options.steps;
  const Range wanted = {steps.begin, std::min(steps.end, all_steps)};
  // One step says what the layers are; a range that is not there is reported.
  const bool is_there = wanted.begin >= 0 && wanted.begin < wanted.end &&
                        (steps.end == Range().end || steps.end <= all_steps);
  if (!sum && is_there) steps = {wanted.begin, wanted.begin + 1};
  if (Status s = sum_files(recording, loads_); !s.ok()) return s;
  loads_.steps = wanted.end - wanted.begin;
  are_checked_ = sum;
  return {};
}

Status StepSource::keep(std::string_view name, std::unique_ptr<KeptSteps> kept,
                        const StepOptions& options) {
  are_checked_ = true;
  if (kept->finish(loads_)) {
    pieces_.push_back({kept->steps(), {}, loads_.first_step});
    kept_ = std::move(kept);
    return {};
  }
  refusal_ = refuse(name, "the single steps need more than ", options.most_kept >> 20,
                    " MiB of memory; select fewer of them, or give them as .npy [steps, layers, "
                    "experts], which needs none");
  return options.sum ? Status() : refusal_;
}

// Numbers and selects the layers, and finds their rows in the blocks.
Status StepSource::finish(std::string_view name, const ReadOptions& options, bool has_all_layers) {
  if (Status s = finish_layers(name, options, loads_); !s.ok()) return s;
  for (std::int32_t layer = 0; layer < loads_.layers; ++layer) {
    const std::vector<std::int32_t>& recorded = loads_.recorded_layers;
    const auto at = std::lower_bound(recorded.begin(), recorded.end(),
                                     loads_.numbers()[static_cast<std::size_t>(layer)]);
    const auto row = static_cast<std::int32_t>(at - recorded.begin());
    rows_.push_back(has_all_layers ? row - static_cast<std::int32_t>(made_layers_.begin) : layer);
  }
  progress_ = options.progress;
  return {};
}

Status StepSource::open(std::span<const RecordedFile> files, const StepOptions& options,
                        StepSource& out) {
  RecognisedFiles recording;
  if (Status s = recognise_files(files, options.read, recording); !s.ok()) return s;
  StepSource source;
  source.made_layers_ = {0, 0};
  const bool in_place = options.read.counted_under == nullptr &&
                        recording.options.join == Join::time &&
                        std::all_of(recording.files.begin(), recording.files.end(), is_plain_npy);
  if (in_place) {
    if (Status s = source.open_pieces(recording, options.sum); !s.ok()) return s;
  } else {
    auto kept = std::make_unique<KeptSteps>(recording.options.steps.begin, options.most_kept);
    recording.options.row = [&](const Place& place, std::span<const Number> row) {
      kept->add(place, row);
    };
    if (Status s = sum_files(recording, source.loads_); !s.ok()) return s;
    if (Status s = source.keep(recording.name, std::move(kept), options); !s.ok()) return s;
  }
  const bool has_all_layers = in_place || options.read.moe_layers.has_value();
  if (Status s = source.finish(recording.name, options.read, has_all_layers); !s.ok()) return s;
  if (!options.sum) source.loads_.values.clear();
  for (std::string& warning : suspicions(source.loads_)) {
    source.loads_.warnings.push_back(std::move(warning));
  }
  out = std::move(source);
  return {};
}

Status StepSource::open_named(std::string_view name, const StepOptions& options, StepSource& out) {
  if (name == kExampleName) {
    const RecordedFile file = {kExampleName, std::as_bytes(std::span(kExampleCsv))};
    return open(std::span(&file, 1), options, out);
  }
  if (!is_synth(name)) {
    return Status::error("unknown example " + in_quotes(name) +
                         "; known: " + std::string(kExampleName));
  }
  SynthSpec spec;
  if (Status s = parse_synth(name, spec); !s.ok()) return s;
  StepSource source;
  if (Status s = source.open_synth(spec, options); !s.ok()) return s;
  out = std::move(source);
  return {};
}

Status StepSource::open_synth(const SynthSpec& spec, const StepOptions& options) {
  const std::string name = synth_text(spec);
  ReadOptions read = options.read;
  if (read.moe_layers) read.layers = {};
  if (is_relative(read.steps)) {
    if (Status s = make_absolute(name, "steps", spec.steps, read.steps); !s.ok()) return s;
  }
  WindowShape window;
  if (Status s = resolve_synth(spec, read, window, loads_); !s.ok()) return s;
  const std::int64_t bytes = loads_.steps * static_cast<std::int64_t>(window.cells()) *
                             (spec.preset->tokens <= UINT16_MAX ? 2 : 4);
  made_layers_ = window.layers;
  spec_ = spec;
  if (options.sum && bytes <= kMostKeptSynth) {
    auto kept = std::make_unique<KeptSteps>(loads_.first_step, options.most_kept);
    read.row = [&](const Place& place, std::span<const Number> row) { kept->add(place, row); };
    if (Status s = read_synth(spec, read, loads_); !s.ok()) return s;
    if (Status s = keep(name, std::move(kept), options); !s.ok()) return s;
  } else if (options.sum) {
    if (Status s = read_synth(spec, read, loads_); !s.ok()) return s;
  }
  if (Status s = finish(name, options.read, true); !s.ok()) return s;
  if (!options.sum) loads_.values.clear();
  return {};
}

Status StepSource::report(std::size_t consumed) {
  if (!progress_ || consumed < reported_ + ReadProgress::kInterval) return {};
  reported_ = consumed;
  return progress_(consumed) ? Status() : refuse(loads_.source, Status::stopped());
}

void StepSource::rewind() {
  position_ = 0;
  reported_ = 0;
  trace_.reset();
}

Status StepSource::check_block(const Piece& piece, const RawSteps& block, std::int64_t step) const {
  if (block.kind == ElementKind::unsigned_integer) return {};
  const Range rows = {rows_.front(), rows_.back() + 1};
  return with_element(
      block.kind, static_cast<std::size_t>(block.item_size), [&]<class Element>(Element) {
        return block.swapped ? find_fault<Element, true>(piece.name, block, rows, step)
                             : find_fault<Element, false>(piece.name, block, rows, step);
      });
}

Status StepSource::make_block(std::int64_t most, RawSteps& block) {
  if (!trace_) {
    trace_.emplace(*spec_, static_cast<std::int32_t>(made_layers_.begin),
                   static_cast<std::int32_t>(made_layers_.end));
  }
  const std::size_t cells = trace_->cells();
  const std::size_t step_bytes = cells * sizeof(std::uint32_t);
  while (trace_->step() < loads_.first_step) {
    trace_->skip_steps(1);
    const auto made = static_cast<std::size_t>(trace_->step()) * step_bytes;
    if (Status s = report(made); !s.ok()) return s;
  }
  most =
      std::min(most, static_cast<std::int64_t>(std::max<std::size_t>(1, kMostMade / step_bytes)));
  counts_.resize(static_cast<std::size_t>(most) * cells);
  for (std::size_t at = 0; at < counts_.size(); at += cells) {
    trace_->next_step(std::span(counts_).subspan(at, cells));
  }
  block.data = reinterpret_cast<const std::byte*>(counts_.data());
  block.item_size = sizeof(std::uint32_t);
  block.layers = trace_->layers();
  block.experts = trace_->experts();
  block.steps = most;
  position_ += most;
  return report(static_cast<std::size_t>(trace_->step()) * step_bytes);
}

Status StepSource::next(std::int64_t most, RawSteps& block) {
  block = {};
  if (!refusal_.ok()) return refusal_;
  most = std::min(most, steps() - position_);
  if (most <= 0) return {};
  if (pieces_.empty()) return make_block(most, block);
  const std::int64_t step = loads_.first_step + position_;
  const auto after = std::upper_bound(
      pieces_.begin(), pieces_.end(), step,
      [](std::int64_t number, const Piece& piece) { return number < piece.begin; });
  const Piece& piece = *(after - 1);
  const std::int64_t in_piece = step - piece.begin;
  const std::size_t bytes = static_cast<std::size_t>(in_piece) * piece.raw.step_bytes();
  if (!kept_) {
    if (Status s = report(piece.bytes_before + bytes); !s.ok()) return s;
  }
  RawSteps given = piece.raw;
  given.data += bytes;
  given.steps = std::min(most, piece.raw.steps - in_piece);
  if (!are_checked_) {
    if (Status s = check_block(piece, given, in_piece); !s.ok()) return s;
  }
  position_ += given.steps;
  block = given;
  return {};
}

}  // namespace evenkeel
