// Which loads: a preset, how skewed it is, or a file.

#include <algorithm>

#include "core/example.hpp"
#include "core/io/report_numbers.hpp"
#include "core/synth.hpp"
#include "web/playground/controls.hpp"
#include "web/playground/ui.hpp"
#include "web/playground/widgets.hpp"

namespace evenkeel {
namespace {

using look::Ink;
using look::px;

void preset_combo(Ui& ui, const SynthSpec* spec) {
  Model& model = ui.model;
  const std::string shown = spec != nullptr            ? std::string(spec->preset->name)
                            : model.state.file.empty() ? "DeepSeek's example"
                                                       : model.state.file;
  if (!begin_combo("trace.preset", shown, -1)) return;
  for (const SynthPreset& preset : synth_presets()) {
    const bool chosen = spec != nullptr && spec->preset == &preset;
    if (combo_item(preset.name, preset.sentence, chosen, "trace." + std::string(preset.name))) {
      SynthSpec fresh;
      fresh.preset = &preset;
      model.open(synth_text(fresh));
    }
  }
  if (combo_item("DeepSeek's example", "2 layers of 12 experts, from the README of their EPLB",
                 spec == nullptr && model.state.file.empty(), "trace.example")) {
    model.open(std::string(kExampleName));
  }
  ImGui::EndCombo();
}

void synth_options(Ui& ui, SynthSpec spec) {
  auto skew = static_cast<float>(spec.skew_millionths) / kOneSkew;
  ImGui::SetNextItemWidth(-1);
  ImGui::SliderFloat("##skew", &skew, 0, 3, "skew %.1f×", ImGuiSliderFlags_AlwaysClamp);
  controls::note("trace.skew");
  tip("How unequal the experts are: 1 is as measured, 0 leaves only chance");
  if (ImGui::IsItemDeactivatedAfterEdit()) {
    constexpr int kTenth = kOneSkew / 10;
    spec.skew_millionths = static_cast<int>(skew * 10 + 0.5f) * kTenth;
    const LinkState before = ui.model.state;
    ui.model.open(synth_text(spec));
    LinkState& state = ui.model.state;  // the same model: its deployment stays
    state.steps = before.steps;
    state.gpus = before.gpus;
    state.slots = before.slots;
    state.redundant = before.redundant;
    state.nodes = before.nodes;
    state.groups = before.groups;
    state.policy = before.policy;
    state.layer = before.layer;
  }
}

void open_file(Ui& ui) {
  constexpr const char* kHelp =
      ".npy, .json or .csv: [steps, layers, experts] or [layers, experts]. Dropping it here works, "
      "too";
  if (ui.platform.can_choose_file()) {
    if (button("Open a file of loads...", "trace.open", -1)) ui.platform.choose_file();
    return tip(kHelp);
  }
  ImGui::SetNextItemWidth(ImGui::GetContentRegionAvail().x - px(72));
  bool open = ImGui::InputTextWithHint("##path", "a file of loads", ui.path, sizeof ui.path,
                                       ImGuiInputTextFlags_EnterReturnsTrue);
  controls::note("trace.path");
  tip(kHelp);
  ImGui::SameLine();
  open |= button("Open", "trace.open", -1);
  if (!open || ui.path[0] == '\0') return;
  ui.model.file_given(ui.path);
  ui.platform.open_file(ui.path);
}

}  // namespace

void trace_panel(Ui& ui) {
  Model& model = ui.model;
  heading("Traffic");
  SynthSpec spec;
  const bool is_preset = model.state.file.empty() && parse_synth(model.state.loads, spec).ok();
  preset_combo(ui, is_preset ? &spec : nullptr);
  if (is_preset) synth_options(ui, spec);
  open_file(ui);
  if (model.opening()) {
    const Busy& busy = model.busy();
    const float share =
        static_cast<float>(busy.done) / static_cast<float>(std::max<std::int64_t>(1, busy.of));
    ImGui::ProgressBar(busy.what.empty() ? 0 : share, {-1, px(6)}, "");
    return;
  }
  const Opened& opened = model.opened();
  soft(report::counted(opened.layers, "layer") + ", " + report::counted(opened.experts, "expert") +
       ", " + report::counted(opened.steps, "step"));
}

}  // namespace evenkeel
