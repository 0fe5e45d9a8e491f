// LOADS as a subcommand reads them, their sum and their single steps: files, a folder, "-", a synthetic trace or the
// embedded example.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/base/status.hpp"
#include "core/io/loads/slot_map.hpp"
#include "core/io/steps/score_steps.hpp"
#include "core/io/steps/step_source.hpp"
#include "native/load_options.hpp"
#include "native/progress.hpp"
#include "native/recording.hpp"

namespace evenkeel {

// Keeps the files of a StepSource in memory or mapped; pages of steps that were read are returned to the system.
class StepInput {
 public:
  StepInput() = default;
  StepInput(const StepInput&) = delete;
  StepInput& operator=(const StepInput&) = delete;

  // Opens them, with a progress line; says what was recognised and what looks wrong. sum: also reads the window, see
  // StepOptions.
  Status open(const LoadOptions& options, bool quiet, bool sum);
  // The window.
  const Loads& loads() const { return source_.loads(); }
  StepSource& source() { return source_; }

  // Scores the steps of the window under placements. One step, which may be a sum, is not scored; where the steps need
  // too much memory, a note says so.
  Status score(std::span<const StepsOfPlacement> placements, int threads, bool quiet);

 private:
  Status open_named(const std::string& name, StepOptions asked);
  Status open_files(const LoadOptions& options, StepOptions asked, std::vector<std::string>& notes);

  Recording recording_;
  SlotMap map_;
  std::optional<Progress> reading_;  // while they are opened
  StepSource source_;
};

}  // namespace evenkeel
