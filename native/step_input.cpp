#include "native/step_input.hpp"

#include <utility>

#include "native/decompress.hpp"
#include "native/messages.hpp"
#include "native/stop.hpp"

namespace evenkeel {

Status StepInput::open_named(const std::string& name, StepOptions asked) {
  if (is_synth(name)) {
    SynthSpec spec;
    if (Status status = parse_synth(name, spec); !status.ok()) return status;
    const Shape& shape = spec.preset->shape;
    const std::int64_t bytes_a_step =
        std::int64_t{shape.layers} * shape.experts * std::int64_t{sizeof(std::uint32_t)};
    reading_.emplace("generating " + synth_text(spec), bytes_a_step * spec.steps);
  }
  asked.read.progress = [this](std::size_t made) {
    if (reading_) reading_->update(static_cast<std::int64_t>(made));
    return !interrupted();
  };
  return StepSource::open_named(name, asked, source_);
}

Status StepInput::open_files(const LoadOptions& options, StepOptions asked,
                             std::vector<std::string>& notes) {
  if (!options.counted_under.empty()) {
    if (Status s = read_slot_map(options.counted_under, map_, notes); !s.ok()) return s;
    asked.read.counted_under = &map_;
  }
  if (Status s = recording_.open(options.paths); !s.ok()) return s;
  reading_.emplace("reading " + short_path(options.paths.front()), recording_.size());
  asked.read.progress = [this](std::size_t consumed) {
    recording_.release_before(consumed);
    if (reading_) reading_->update(static_cast<std::int64_t>(consumed));
    return !interrupted();
  };
  return StepSource::open(recording_.files(), asked, source_);
}

Status StepInput::open(const LoadOptions& options, bool quiet, bool sum) {
  if (Status status = check_paths(options); !status.ok()) return status;
  StepOptions asked;
  asked.sum = sum;
  asked.read.steps = options.steps;
  asked.read.layers = options.layers;
  asked.read.moe_layers = options.moe_layers;
  asked.read.join = options.join;
  asked.read.inflate = inflate_raw;
  const std::string& first = options.paths.front();
  std::vector<std::string> notes;
  const Status status = is_named_loads(first) ? open_named(first, std::move(asked))
                                              : open_files(options, std::move(asked), notes);
  reading_.reset();
  if (!status.ok()) return status;
  for (const std::string& note : notes) say(quiet, "note", note);
  for (const std::string& note : loads().notes) say(quiet, "note", note);
  for (const std::string& warning : loads().warnings) say(quiet, "warning", warning);
  return {};
}

Status StepInput::score(std::span<const StepsOfPlacement> placements, int threads, bool quiet) {
  if (loads().steps == 1) return {};
  if (!source_.refusal().ok()) {
    say(quiet, "note", "no figures by step: " + source_.refusal().sentence());
    return {};
  }
  Progress progress("scoring the steps", loads().steps);
  return score_steps(source_, placements, threads, [&](std::int64_t steps) {
    progress.update(steps);
    return !interrupted();
  });
}

}  // namespace evenkeel
