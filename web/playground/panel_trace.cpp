// The choice of loads: a preset and its skew, or a file.

#include <algorithm>
#include <utility>

#include "core/base/numbers.hpp"
#include "core/request/file_names.hpp"
#include "core/traffic/example.hpp"
#include "core/traffic/synth.hpp"
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
                                                       : title_of_files(model.state.file);
  if (!begin_combo("trace.preset", shown, -1)) return;
  for (const SynthPreset& preset : synth_presets()) {
    const bool chosen = spec != nullptr && spec->preset == &preset;
    if (combo_item(preset.name, preset.sentence, chosen, "trace." + std::string(preset.name))) {
      SynthSpec fresh;
      fresh.preset = &preset;
      model.open(synth_text(fresh));
    }
  }
  if (combo_item("DeepSeek's example", "2 layers of 12 experts, from the README of DeepSeek's EPLB",
                 spec == nullptr && model.state.file.empty(), "trace.example")) {
    model.open(std::string(kExampleName));
  }
  ImGui::EndCombo();
}

// Changes to another trace of the same model: the deployment stays, and also the window if it has the steps.
void change_trace(Ui& ui, const SynthSpec& spec) {
  LinkState& state = ui.model.state;
  const LinkState before = state;
  ui.model.open(synth_text(spec));
  if (before.steps.end <= spec.steps) state.steps = before.steps;
  state.gpus = before.gpus;
  state.slots = before.slots;
  state.redundant = before.redundant;
  state.nodes = before.nodes;
  state.groups = before.groups;
  state.policy = before.policy;
  state.moe_layers = before.moe_layers;
  state.layer = before.layer;
}

void skew_slider(Ui& ui, SynthSpec spec) {
  constexpr int kTenth = kOneSkew / 10;
  const bool slides = ui.skew_tenths >= 0;
  int tenths = slides ? ui.skew_tenths : (spec.skew_millionths + kTenth / 2) / kTenth;
  const double shown = slides ? tenths / 10.0 : spec.skew_millionths / double{kOneSkew};
  const bool moved = slider("Skew " + times(shown), "Skew 0.00×", "trace.skew", tenths, 0,
                            kMaxSynthSkew / kTenth, -1);
  tip("Factor on the inequality of experts: 1 is as measured, 0 leaves only random differences");
  if (moved) ui.skew_tenths = tenths;
  if (ImGui::IsItemActive() || ui.skew_tenths < 0) return;
  spec.skew_millionths = std::exchange(ui.skew_tenths, -1) * kTenth;
  change_trace(ui, spec);
}

void synth_options(Ui& ui, SynthSpec spec) {
  auto steps = static_cast<std::uint64_t>(spec.steps);
  bool changed = number("Steps", "trace.steps", steps, 1, kMaxSynthSteps,
                        "Length of the trace in forward passes of the whole batch");
  changed |= number("Seed", "trace.seed", spec.seed, 0, UINT64_MAX,
                    "Another seed gives another trace of the same kind");
  spec.steps = static_cast<std::int64_t>(steps);
  if (changed) return change_trace(ui, spec);
  skew_slider(ui, spec);
}

void open_file(Ui& ui) {
  constexpr const char* kHelp =
      "What an engine's recorder wrote (.pt, .safetensors, .json, .jsonl, TensorRT-LLM's folder), "
      ".npy, .npz or .csv; also several files of one recording. Dropping them here works, too";
  const bool chooses = ui.platform.can_choose_file();
  if (!ui.platform.can_type_path()) {
    if (button("Open recorded loads…", "trace.open", -1)) ui.platform.choose_file();
    return tip(kHelp);
  }
  ImGui::SetNextItemWidth(ImGui::GetContentRegionAvail().x - px(72));
  bool open = ImGui::InputTextWithHint("##path", "a file or folder of loads", ui.path,
                                       sizeof ui.path, ImGuiInputTextFlags_EnterReturnsTrue);
  controls::note("trace.path");
  tip(kHelp);
  ImGui::SameLine();
  const bool is_empty = ui.path[0] == '\0';
  open |= button(is_empty && chooses ? "Open…" : "Open", "trace.open", -1);
  if (open && is_empty && chooses) ui.platform.choose_file();
  if (!open || is_empty) return;
  ui.model.files_given(ui.path);
  ui.platform.open_files({ui.path});
}

// The model's numbers of the layers. Those that a recording says can only be confirmed.
void layer_numbers_field(Ui& ui) {
  Model& model = ui.model;
  std::optional<NumberList>& said = model.state.moe_layers;
  std::string text = said ? said->text() : std::string();
  const auto is_list = [](std::string_view typed) {
    NumberList unused;
    return parse_numbers(typed, unused);
  };
  const std::string hint =
      model.has_loads() ? numbers_text(model.window().loads.recorded_layers) : std::string();
  if (!short_text("Layers", "trace.moe_layers", text, hint, is_list, "layers such as 3:61",
                  "The model's numbers of the recorded layers, where the recording does not say "
                  "them: 3:61 for DeepSeek-V3's 58 MoE layers. Empty: as recorded, else from 0")) {
    return;
  }
  said.reset();
  if (NumberList numbers; parse_numbers(text, numbers)) said = numbers;
  model.state.layer = 0;
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
  soft(counted(opened.layers, "layer") + ", " + counted(opened.experts, "expert") + ", " +
       counted(opened.steps, "step"));
  layer_numbers_field(ui);
  wrapped(Ink::soft, "", opened.notes);
}

}  // namespace evenkeel
