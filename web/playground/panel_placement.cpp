// One layer's placement: GPUs as stacked bars of copies, and the steps of the algorithm, forwards and
// backwards.

#include <algorithm>
#include <string>

#include "core/base/numbers.hpp"
#include "core/model/figures.hpp"
#include "web/playground/controls.hpp"
#include "web/playground/placement_scene.hpp"
#include "web/playground/step_text.hpp"
#include "web/playground/ui.hpp"
#include "web/playground/widgets.hpp"

namespace evenkeel {
namespace {

using look::Ink;
using look::px;

void layer_choice(Ui& ui, const Scene& scene) {
  Model& model = ui.model;
  const Loads& loads = scene.window.loads;
  const LayerNumbers numbers = loads.numbers();
  int shown = numbers[scene.layer];
  const int last = numbers[static_cast<std::size_t>(loads.layers) - 1];
  const float room = ImGui::GetContentRegionAvail().x / look::scale();
  if (slider("Layer " + std::to_string(shown), "Layer " + std::to_string(last), "placement.layer",
             shown, numbers.first, last, std::min(220.0f, room * 0.3f))) {
    model.state.layer = numbers[static_cast<std::size_t>(loads.nearest_layer(shown))];
    model.state.step = std::nullopt;
  }
  const std::size_t worst =
      worst_layer({scene.window.result.metrics, scene.window.loads.numbers()});
  if (worst != scene.layer) {
    ImGui::SameLine();
    if (button("worst layer", "placement.worst")) {
      model.state.layer = numbers[worst];
      model.state.step = std::nullopt;
    }
  }
  if (ui.selected_expert < 0 || ui.selected_expert >= loads.experts) return;
  ImGui::SameLine();
  if (button("expert " + std::to_string(ui.selected_expert) + " ×", "placement.unselect")) {
    ui.selected_expert = -1;
  }
  tip("Its copies are highlighted; click to show all");
}

void step_controls(Ui& ui, const Scene& scene) {
  constexpr std::uint64_t kMsAStep = 80;
  Model& model = ui.model;
  const int last = static_cast<int>(scene.steps.size());
  int at = static_cast<int>(scene.at);
  const auto go = [&](int to) {
    model.state.step = to >= last ? std::nullopt : std::optional<std::int32_t>(std::max(0, to));
  };
  if (ui.playing_steps && now_ms() >= ui.next_play) {
    ui.next_play = now_ms() + kMsAStep;
    go(at + 1);
    ui.playing_steps = at + 1 < last;
  }
  if (button(ui.playing_steps ? "Stop" : "Play", "step.play", 52)) {
    if (!ui.playing_steps && scene.finished) go(0);
    ui.playing_steps = !ui.playing_steps;
  }
  ImGui::SameLine(0, px(3));
  if (button("<", "step.back", 28)) go(at - 1);
  ImGui::SameLine(0, px(3));
  if (button(">", "step.forward", 28)) go(at + 1);
  ImGui::SameLine();
  const std::string of = " of " + std::to_string(last);
  if (slider("Step " + std::to_string(at) + of, "Step " + std::to_string(last) + of, "step.slider",
             at, 0, last, -1)) {
    go(at);
  }
  wrapped(Ink::text, scene.finished
                         ? "All " + std::to_string(last) +
                               " steps are done. Go back to see how each copy was placed."
                         : step_text(scene.step, scene.window.shape,
                                     model.answered().strategy.rules, scene.metrics.mean_load));
}

}  // namespace

void placement_panel(Ui& ui) {
  if (!ui.model.has_result() || ui.model.row_steps().steps().empty()) return;
  const Scene scene(ui);
  layer_choice(ui, scene);
  const float room = ImGui::GetContentRegionAvail().y / look::scale();
  const float experts_height = std::clamp(room * 0.24f, 90.0f, 170.0f);
  const float others = 150;
  legend(Mark::dashes, look::colour(Ink::text), "mean GPU load");
  ImGui::SameLine(0, px(16));
  legend(Mark::line, look::colour(Ink::bound), "lower bound");
  ImGui::SameLine(0, px(16));
  soft("tokens by GPU: the copies on it, stacked");
  gpu_bars(scene, std::max(room - experts_height - others, 180.0f));
  step_controls(ui, scene);
  legend(Mark::square, look::colour(Ink::after), "tokens by expert: of each copy");
  ImGui::SameLine(0, px(16));
  legend(Mark::square, look::colour(Ink::line), "of all its copies");
  expert_bars(scene, experts_height);
}

}  // namespace evenkeel
