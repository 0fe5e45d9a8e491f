#include "core/batch/step_scores.hpp"

#include "core/base/float_mode.hpp"
#include "core/base/parallel.hpp"
#include "core/batch/step_row.hpp"

namespace evenkeel {

void StepScores::add_placement(const Shape& shape, const Placement& placement) {
  Scored scored;
  const auto slots = static_cast<std::size_t>(shape.slots);
  for (std::size_t layer = 0; layer < static_cast<std::size_t>(shape.layers); ++layer) {
    scored.layers.emplace_back(shape, std::span(placement.phy2log).subspan(layer * slots, slots));
  }
  scored.figures = StepFigures(scored.layers.size());
  placements_.push_back(std::move(scored));
}

void StepScores::score_layer(const RawSteps& block, std::int32_t row, std::size_t layer,
                             std::vector<double>& loads) {
  loads.resize(static_cast<std::size_t>(block.experts));
  for (std::int64_t step = 0; step < block.steps; ++step) {
    const double total = read_step_row(block, step, row, loads);
    for (Scored& scored : placements_) {
      scored.loads[static_cast<std::size_t>(step) * scored.layers.size() + layer] =
          total > 0 ? scored.layers[layer].score(loads, total) : StepLoad();
    }
  }
}

void StepScores::add_steps(const RawSteps& block, std::span<const std::int32_t> rows, int threads) {
  const DefaultFloatMode mode;
  const auto steps = static_cast<std::size_t>(block.steps);
  for (Scored& scored : placements_) scored.loads.resize(steps * rows.size());
  // A layer is scored by one thread, whose scorers have memory of their own.
  for_ranges(std::ssize(rows), threads, [&]() -> RangeWork {
    return [&, loads = std::vector<double>()](std::int64_t begin, std::int64_t end) mutable {
      for (std::int64_t i = begin; i < end; ++i) {
        const auto layer = static_cast<std::size_t>(i);
        score_layer(block, rows[layer], layer, loads);
      }
    };
  });
  for (Scored& scored : placements_) {
    for (std::size_t step = 0; step < steps; ++step) {
      for (std::size_t layer = 0; layer < rows.size(); ++layer) {
        scored.figures.add(layer, scored.loads[step * rows.size() + layer]);
      }
      scored.figures.end_step();
    }
  }
}

}  // namespace evenkeel
