// The opened loads: the bytes of a recording's files, or a synthetic trace generated slice by slice. The command's
// readers read windows from both. A file that is not .npy is read once, and its steps are kept as .npy if they fit.
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
#include "core/io/loads/read_loads.hpp"
#include "core/io/steps/step_source.hpp"
#include "core/model/types.hpp"
#include "core/traffic/synth.hpp"

namespace evenkeel {

// The files of a recording, in memory or mapped.
struct RecordingBytes {
  std::shared_ptr<const void> owner;  // of names and bytes
  std::vector<RecordedFile> files;
  std::function<void(std::size_t)> release =
      {};                    // pages before this offset in all files are not needed
  Inflate inflate = {};      // of archives; null: they are refused
  std::size_t inflated = 0;  // bytes that `inflate` keeps in memory

  std::size_t size() const;  // of all files
};

class Trace {
 public:
  // The limit on the bytes of generated steps and of steps from text.
  static constexpr std::int64_t kMostKeptBytes = std::int64_t{512} << 20;

  // synth:... or example:...; a synthetic trace is complete when advance() returns false.
  Status open(std::string_view name);
  // name: of the recording, as its owner calls it.
  Status open(RecordingBytes recording, std::string_view name, const ReadOptions& options);

  // Generates some more steps of a synthetic trace; false if it is complete.
  bool advance();
  bool complete() const { return !making_; }
  std::int64_t steps_made() const { return making_ ? making_->step() : steps_; }

  // The model's numbers of the layers, for all windows; an error there if they do not fit.
  void set_moe_layers(const std::optional<NumberList>& numbers) { moe_layers_ = numbers; }
  // All steps, one by one, as long as this object lives unchanged.
  Status open_steps(StepSource& out) const;
  // The sum of these steps of all layers.
  Status window(const Range& steps, Loads& out) const;

  // These steps themselves, of all layers, as long as the trace is open; none where only their sums are known.
  RawSteps single_steps(const Range& steps) const;

  const std::string& name() const { return name_; }
  std::int64_t steps() const { return steps_; }
  std::int32_t layers() const { return layers_; }
  std::int32_t experts() const { return experts_; }
  // What the reader recognised and assumed, and what looks wrong.
  const std::vector<std::string>& notes() const { return notes_; }
  const std::vector<std::string>& warnings() const { return warnings_; }

 private:
  void keep(std::shared_ptr<std::string> npy);

  std::string name_;
  RecordingBytes recording_;
  std::int64_t steps_ = 0;
  std::int32_t layers_ = 0;
  std::int32_t experts_ = 0;
  std::vector<std::int32_t> recorded_layers_;  // their numbers
  std::vector<std::int32_t> dense_layers_;
  std::optional<NumberList> moe_layers_;
  std::string source_;
  std::vector<std::string> notes_;
  std::vector<std::string> warnings_;
  std::optional<SynthTrace> making_;
  std::shared_ptr<std::string> made_;  // the steps as .npy, if the recording is not
  int bytes_a_count_ = 2;
};

}  // namespace evenkeel
