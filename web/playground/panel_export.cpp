// Exports: the command, the link, files for engines, the result hash.

#include <algorithm>

#include "core/io/placements/engine_files.hpp"
#include "web/playground/controls.hpp"
#include "web/playground/exports.hpp"
#include "web/playground/ui.hpp"
#include "web/playground/widgets.hpp"

namespace evenkeel {
namespace {

using look::Ink;
using look::px;

// A text that can be selected or copied.
void copied_line(Ui& ui, const char* title, const char* name, std::string text, const char* said) {
  soft(title);
  const float width = ImGui::GetContentRegionAvail().x - px(90);
  ImGui::SetNextItemWidth(width);
  ImGui::InputText((std::string("##") + name).c_str(), text.data(), text.size() + 1,
                   ImGuiInputTextFlags_ReadOnly | ImGuiInputTextFlags_AutoSelectAll);
  ImGui::SameLine();
  if (button("Copy", std::string("export.") + name, -1)) {
    ui.platform.copy(text);
    ui.said = said;
  }
}

void file_row(Ui& ui, const ExportFormat& format) {
  if (button(format.title, "export." + format.name, 170)) save_export(ui, format.name);
  if (!format.start.empty()) tip(format.start);
  ImGui::SameLine();
  ImGui::AlignTextToFramePadding();
  wrapped(Ink::soft, format.sentence);
}

}  // namespace

void save_export(Ui& ui, std::string_view format) {
  Exported exported;
  const Status status = make_export(ui.model, format, ui.mtp, exported);
  ui.said = status.sentence();
  const auto add = [&](const std::string& line) {
    ui.said += (ui.said.empty() ? "" : "\n") + line;
  };
  for (const SavedFile& file : exported.files) add(ui.platform.save(file.name, file.bytes));
  for (const std::string& sentence : exported.said) add(sentence);
}

void export_panel(Ui& ui) {
  Model& model = ui.model;
  if (!model.has_result()) return;
  ImGui::PushStyleVar(ImGuiStyleVar_ItemSpacing, {px(8), px(5)});
  copied_line(ui, "The same on the command line", "command", model.command(),
              "The command has been copied to the clipboard.");
  copied_line(ui, "Link to this view", "link", ui.platform.address(model.link()),
              "The link has been copied to the clipboard.");
  if (const std::string code = ui.platform.embed_code(model.link()); !code.empty()) {
    copied_line(ui, "Embed this view in your page", "embed", code,
                "The embed code has been copied to the clipboard.");
  }
  copied_line(ui, "Result hash: the command's --json prints the same", "hash", model.hash(),
              "The hash has been copied to the clipboard.");
  section("Files");
  number("Layers for multi-token prediction", "export.mtp", ui.mtp, {0, kMostMtpLayers},
         "For TensorRT-LLM, which needs them in its file: they follow the last layer of the model "
         "and are placed as the engine places them itself");
  if (!ui.said.empty()) wrapped(Ink::after, ui.said);
  for (const ExportFormat& format : export_formats()) file_row(ui, format);
  if (button("Picture (PNG)", "export.picture", 170)) ui.picture_in = 2;
  ImGui::SameLine();
  ImGui::AlignTextToFramePadding();
  wrapped(Ink::soft, "the visible panels");
  ImGui::PopStyleVar();
}

}  // namespace evenkeel
