#include "core/io/steps/score_steps.hpp"

#include <algorithm>

#include "core/batch/step_scores.hpp"

namespace evenkeel {

Status score_steps(StepSource& source, std::span<const StepsOfPlacement> placements, int threads,
                   const std::function<bool(std::int64_t steps)>& go_on) {
  // Enough work between two calls of go_on to be shared by threads, and less than a tenth of a second.
  const std::int64_t steps_at_once =
      std::max<std::int64_t>(16, 512 / std::max<std::int64_t>(1, std::ssize(placements)));
  StepScores scores;
  for (const StepsOfPlacement& one : placements) scores.add_placement(one.shape, *one.placement);
  source.rewind();
  std::int64_t done = 0;
  for (;;) {
    RawSteps block;
    if (Status s = source.next(steps_at_once, block); !s.ok()) return s;
    if (block.steps == 0) break;
    scores.add_steps(block, source.rows(), threads);
    done += block.steps;
    if (!go_on(done)) return Status::stopped();
  }
  for (std::size_t i = 0; i < placements.size(); ++i) *placements[i].out = scores.metrics(i);
  return {};
}

}  // namespace evenkeel
