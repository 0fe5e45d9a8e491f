#include "web/playground/engine/trace.hpp"

#include <algorithm>
#include <utility>
#include <vector>

#include "core/base/text.hpp"
#include "core/io/formats/npy.hpp"
#include "core/io/loads/loads_format.hpp"
#include "core/io/steps/kept_steps.hpp"
#include "core/model/layers.hpp"
#include "core/traffic/example.hpp"

namespace evenkeel {
namespace {

constexpr std::size_t kCountsASlice = 500'000;  // takes about 20 ms

// The limit on the bytes of kept steps, in addition to the files. With 32-bit addresses, a growing text exists
// twice at times, and running out of memory ends the program.
std::size_t room_beside(std::size_t files) {
  constexpr std::size_t kMost = std::size_t{1900} << 20;
  const std::size_t left = files < kMost ? (kMost - files) / 3 : 0;
  const auto most = static_cast<std::size_t>(Trace::kMostKeptBytes);
  return sizeof(std::size_t) == 4 && left < most ? left : most;
}

}  // namespace

std::size_t RecordingBytes::size() const {
  std::size_t all = 0;
  for (const RecordedFile& file : files) all += file.bytes.size();
  return all;
}

Status Trace::open(std::string_view name) {
  Trace opened;
  opened.name_ = name;
  if (name == kExampleName) {
    const RecordedFile file = {kExampleName, std::as_bytes(std::span(kExampleCsv))};
    Status status = opened.open({nullptr, {file}}, name, {});
    if (status.ok()) *this = std::move(opened);
    return status;
  }
  SynthSpec spec;
  if (Status status = parse_synth(name, spec); !status.ok()) return status;
  const Shape& shape = spec.preset->shape;
  opened.bytes_a_count_ = spec.preset->tokens <= UINT16_MAX ? 2 : 4;
  const std::int64_t bytes =
      spec.steps * shape.layers * shape.experts * std::int64_t{opened.bytes_a_count_};
  if (bytes > kMostKeptBytes) {
    return refuse(name, "needs ", bytes >> 20, " MiB; at most ", kMostKeptBytes >> 20,
                  " MiB can be kept here, so use fewer steps or the command");
  }
  const std::int64_t sizes[] = {spec.steps, shape.layers, shape.experts};
  opened.made_ =
      std::make_shared<std::string>(npy_header(opened.bytes_a_count_ == 2 ? "<u2" : "<u4", sizes));
  opened.made_->reserve(opened.made_->size() + static_cast<std::size_t>(bytes));
  opened.making_.emplace(spec);
  opened.steps_ = spec.steps;
  opened.layers_ = shape.layers;
  opened.experts_ = shape.experts;
  *this = std::move(opened);
  return {};
}

Status Trace::open(RecordingBytes recording, std::string_view name, const ReadOptions& options) {
  Loads all;  // reads every step once, to report errors now
  KeptSteps kept(0, room_beside(recording.size() + recording.inflated));
  ReadOptions reading = options;
  reading.inflate = recording.inflate;
  // One array of .npy is used where it is.
  if (recording.files.size() > 1 || !is_plain_npy(recording.files.front())) {
    reading.row = [&](const Place& place, std::span<const Number> row) { kept.add(place, row); };
  }
  if (Status status = read_loads(recording.files, reading, all); !status.ok()) return status;
  Trace opened;
  opened.name_ = name;
  opened.recording_ = std::move(recording);
  const bool keeps = reading.row && kept.finish(all) && kept.is_exact();
  if (keeps) opened.keep(std::make_shared<std::string>(kept.take_npy()));
  opened.recorded_layers_ = std::move(all.recorded_layers);
  opened.dense_layers_ = std::move(all.dense_layers);
  opened.source_ = std::move(all.source);
  opened.notes_ = std::move(all.notes);
  opened.warnings_ = std::move(all.warnings);
  opened.steps_ = all.steps;
  opened.layers_ = all.layers;
  opened.experts_ = all.experts;
  *this = std::move(opened);
  return {};
}

void Trace::keep(std::shared_ptr<std::string> npy) {
  made_ = std::move(npy);
  recording_ = {made_, {{"", std::as_bytes(std::span<const char>(*made_))}}};
}

bool Trace::advance() {
  if (!making_) return false;
  std::vector<std::uint32_t> counts(making_->cells());
  for (std::size_t made = 0; made < kCountsASlice && making_->step() < steps_;
       made += counts.size()) {
    making_->next_step(counts);
    for (const std::uint32_t count : counts) {
      for (int byte = 0; byte < bytes_a_count_; ++byte) {
        made_->push_back(static_cast<char>(count >> (8 * byte)));
      }
    }
  }
  if (making_->step() < steps_) return true;
  making_.reset();
  keep(made_);
  return false;
}

Status Trace::open_steps(StepSource& out) const {
  StepOptions options;
  options.read.inflate = recording_.inflate;
  options.most_kept = room_beside(recording_.size() + recording_.inflated);
  return StepSource::open(recording_.files, options, out);
}

Status Trace::window(const Range& steps, Loads& out) const {
  ReadOptions options;
  options.steps = steps;
  options.find_dense_layers = false;  // found when it was opened
  options.inflate = recording_.inflate;
  if (recording_.release) {
    options.progress = [this](std::size_t consumed) {
      recording_.release(consumed);
      return true;
    };
  }
  Status status;
  if (!made_) {
    status = read_loads(recording_.files, options, out);
  } else {
    // Kept steps are .npy, whatever the name of the recording is.
    const std::string& name = source_.empty() ? name_ : source_;
    status = read_as(add_npy, {name, recording_.files.front().bytes}, options, out);
  }
  if (!status.ok()) return status;
  if (!recorded_layers_.empty()) set_numbers(recorded_layers_, out);
  out.dense_layers = dense_layers_;
  out.numbered = says_numbers(out);
  bool unchanged = false;
  return moe_layers_ ? number_layers(out.source, *moe_layers_, out, unchanged) : Status();
}

RawSteps Trace::single_steps(const Range& steps) const {
  RawSteps raw;
  const bool is_array =
      made_ != nullptr || (recording_.files.size() == 1 && is_plain_npy(recording_.files.front()));
  if (!complete() || !is_array || !find_steps(recording_.files.front().bytes, name_, raw).ok()) {
    return {};
  }
  raw.data += static_cast<std::size_t>(steps.begin) * raw.step_bytes();
  raw.steps = std::min(steps.end, raw.steps) - steps.begin;
  return raw;
}

}  // namespace evenkeel
