// Figures by the step of placements, from the steps of a recording.
#pragma once

#include <cstdint>
#include <functional>
#include <span>

#include "core/base/status.hpp"
#include "core/io/steps/step_source.hpp"
#include "core/model/step_figures.hpp"
#include "core/model/types.hpp"

namespace evenkeel {

// A placement of `shape`, which has the layers and experts of the steps, and where its figures go.
struct StepsOfPlacement {
  Shape shape;
  const Placement* placement = nullptr;
  StepMetrics* out = nullptr;
};

// Scores all steps of the source, from its first on, under all placements in one pass. go_on gets the number of steps
// done; false stops the work with an error. Other errors: those of StepSource::next.
Status score_steps(StepSource& source, std::span<const StepsOfPlacement> placements, int threads,
                   const std::function<bool(std::int64_t steps)>& go_on);

}  // namespace evenkeel
