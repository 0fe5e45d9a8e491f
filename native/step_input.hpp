// LOADS as single steps: files, a folder, "-", a synthetic trace or the embedded example.
#pragma once

#include <cstdint>
#include <functional>

#include "core/base/status.hpp"
#include "core/io/loads/slot_map.hpp"
#include "core/io/steps/step_source.hpp"
#include "native/load_options.hpp"
#include "native/recording.hpp"

namespace evenkeel {

// Keeps the files of a StepSource in memory or mapped; pages of steps that were read are returned to the system.
class StepInput {
 public:
  StepInput() = default;
  StepInput(const StepInput&) = delete;
  StepInput& operator=(const StepInput&) = delete;

  // Opens them; says what was recognised and what looks wrong. sum: also reads the window, see StepOptions.
  Status open(const LoadOptions& options, bool quiet, bool sum);
  StepSource& source() { return source_; }

 private:
  Recording recording_;
  SlotMap map_;
  StepSource source_;
};

}  // namespace evenkeel
