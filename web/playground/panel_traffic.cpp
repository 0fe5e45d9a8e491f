// The loads of the window: a heat map of layers x experts and, next to it, the hottest GPU of each layer.

#include <algorithm>
#include <cmath>

#include "core/base/numbers.hpp"
#include "web/playground/controls.hpp"
#include "web/playground/plot.hpp"
#include "web/playground/ui.hpp"
#include "web/playground/widgets.hpp"

namespace evenkeel {
namespace {

using look::Ink;
using look::px;

// The rows of both pictures.
struct Rows {
  float top;
  float height;  // of one layer
  std::int32_t layers;

  float y(double layer) const { return top + static_cast<float>(layer) * height; }
  std::int32_t at(float mouse_y) const {
    return std::clamp(static_cast<std::int32_t>((mouse_y - top) / height), 0, layers - 1);
  }
};

void small_text(ImVec2 at, ImU32 colour, const std::string& text, float align) {
  ImFont* font = look::fonts().small;
  const ImVec2 size = font->CalcTextSizeA(font->FontSize, FLT_MAX, 0, text.c_str());
  ImGui::GetWindowDrawList()->AddText(
      font, font->FontSize, {std::round(at.x - size.x * align), std::round(at.y - size.y / 2)},
      colour, text.c_str());
}

void choose_layer(Model& model, std::int32_t layer) {
  model.state.layer = model.window().loads.numbers()[static_cast<std::size_t>(layer)];
  model.state.step = std::nullopt;
}

void layer_numbers(const Model& model, const Rows& rows, float right) {
  const float line = look::fonts().small->FontSize + px(4);
  const int every = std::max(1, static_cast<int>(std::ceil(line / rows.height)));
  const LayerNumbers numbers = model.window().loads.numbers();
  const auto number = [&](std::int32_t layer) {
    return std::to_string(numbers[static_cast<std::size_t>(layer)]);
  };
  const std::int32_t shown = model.layer_index();
  for (std::int32_t layer = 0; layer < rows.layers; ++layer) {
    if (layer == shown) continue;
    if (layer % every != 0 || std::fabs(rows.y(layer) - rows.y(shown)) < line) continue;
    small_text({right, rows.y(layer + 0.5)}, look::colour(Ink::soft), number(layer), 1);
  }
  small_text({right, rows.y(shown + 0.5)}, look::colour(Ink::text), number(shown), 1);
}

void heat_picture(Ui& ui, const Rows& rows, ImVec2 from, float width) {
  Model& model = ui.model;
  const Loads& loads = model.window().loads;
  if (ui.heat_number != model.window().number) {
    ui.heat.show(loads);
    ui.heat_number = model.window().number;
  }
  ImGui::SetCursorScreenPos(from);
  const ImVec2 size = {width, rows.height * static_cast<float>(rows.layers)};
  ImGui::Image(ui.heat.texture(), size);
  controls::note("traffic.heat");
  ImDrawList* draw = ImGui::GetWindowDrawList();
  const std::int32_t shown = model.layer_index();
  draw->AddRect({from.x - px(2), rows.y(shown) - px(1)},
                {from.x + width + px(2), rows.y(shown + 1) + px(1)}, look::colour(Ink::text), px(2),
                0, px(1.5f));
  if (!ImGui::IsItemHovered()) return;
  const ImVec2 mouse = ImGui::GetIO().MousePos;
  const std::int32_t layer = rows.at(mouse.y);
  const std::int32_t expert = std::clamp(
      static_cast<std::int32_t>((mouse.x - from.x) / width * static_cast<float>(loads.experts)), 0,
      loads.experts - 1);
  const double load = loads.values[static_cast<std::size_t>(layer) * loads.experts +
                                   static_cast<std::size_t>(expert)];
  ImGui::BeginTooltip();
  heading("Layer " + std::to_string(loads.numbers()[static_cast<std::size_t>(layer)]) +
          ", expert " + std::to_string(expert));
  plain(tokens(load) + ", " + times(load_of_mean(loads, layer, expert)) + " the mean");
  soft("Click to see its copies");
  ImGui::EndTooltip();
  if (ImGui::IsMouseClicked(ImGuiMouseButton_Left)) {
    choose_layer(model, layer);
    ui.selected_expert = expert;
    model.state.panel = "placement";
  }
}

// max / mean of the GPU loads of each layer: no balancer, the strategy, the bound.
void layer_picture(Ui& ui, const Rows& rows, ImVec2 from, float width) {
  Model& model = ui.model;
  const WindowAnswer& window = model.window();
  double most = 1.2;
  for (const LayerMetrics& layer : window.without) most = std::max(most, 1 + layer.imbalance());
  const double top = most;
  const auto x = [&](double ratio) {
    return from.x + static_cast<float>((ratio - 1) / (top - 1)) * width;
  };
  ImDrawList* draw = ImGui::GetWindowDrawList();
  const float bottom = rows.y(rows.layers);
  for (const double tick : round_ticks(1, top, 3)) {
    draw->AddLine({x(tick), rows.top}, {x(tick), bottom}, look::colour(Ink::faint));
    small_text({x(tick), bottom + px(10)}, look::colour(Ink::soft), shortest(tick, 2) + "×", 0.5f);
  }
  draw->AddLine({from.x, rows.top}, {from.x, bottom}, look::colour(Ink::line));
  const float radius = std::clamp(rows.height * 0.42f, px(1.6f), px(4.5f));
  for (std::int32_t layer = 0; layer < rows.layers; ++layer) {
    const auto i = static_cast<std::size_t>(layer);
    const float y = rows.y(layer + 0.5);
    const LayerMetrics& now = window.result.metrics[i];
    const double bound = now.mean_load > 0 ? now.lower_bound / now.mean_load : 1;
    const float x_without = x(1 + window.without[i].imbalance());
    const float x_now = x(1 + now.imbalance());
    draw->AddLine({x_now, y}, {x_without, y}, look::colour(Ink::line), px(1));
    draw->AddCircleFilled({x_without, y}, radius, look::colour(Ink::before));
    draw->AddCircleFilled({x_now, y}, radius, look::colour(Ink::after));
    draw->AddLine({x(bound), y - rows.height * 0.4f}, {x(bound), y + rows.height * 0.4f},
                  look::colour(Ink::bound), rows.height < px(12) ? px(1) : px(2));
  }
  ImGui::SetCursorScreenPos({from.x - px(6), rows.top});
  controls::area("traffic.layers", {width + px(12), bottom - rows.top});
  if (const int way = controls::arrows(); way != 0) {
    choose_layer(model, std::clamp(model.layer_index() + way, 0, rows.layers - 1));
  }
  if (!ImGui::IsItemHovered(ImGuiHoveredFlags_NoNavOverride)) return;
  const std::int32_t layer = rows.at(ImGui::GetIO().MousePos.y);
  const auto i = static_cast<std::size_t>(layer);
  const LayerMetrics& now = window.result.metrics[i];
  draw->AddRectFilled({from.x, rows.y(layer)}, {from.x + width, rows.y(layer + 1)},
                      look::faded(look::colour(Ink::text), 0.08f));
  ImGui::BeginTooltip();
  heading("Layer " + std::to_string(window.loads.numbers()[i]));
  plain("no balancer " + times(1 + window.without[i].imbalance()));
  plain(model.strategy_label() + " " + times(1 + now.imbalance()));
  plain("lower bound " + times(now.mean_load > 0 ? now.lower_bound / now.mean_load : 1));
  double hottest = 0;
  for (std::int32_t expert = 0; expert < window.loads.experts; ++expert) {
    hottest = std::max(hottest, load_of_mean(window.loads, layer, expert));
  }
  soft("hottest expert " + times(hottest) + " the mean of the experts");
  ImGui::EndTooltip();
  if (ImGui::IsItemClicked()) {
    choose_layer(model, layer);
    model.state.panel = "placement";
  }
}

void colour_legend(const Ui& ui) {
  ImDrawList* draw = ImGui::GetWindowDrawList();
  const ImVec2 at = ImGui::GetCursorScreenPos();
  const float room = ImGui::GetContentRegionAvail().x;  // shared with the other legend
  const float width = px(room < px(640) ? 70 : 160), height = px(9), y = at.y + px(5);
  constexpr int kParts = 64;
  for (int i = 0; i < kParts; ++i) {
    const float left = at.x + width * static_cast<float>(i) / kParts;
    draw->AddRectFilled({left, y}, {left + width / kParts + 1, y + height},
                        look::magnitude((static_cast<float>(i) + 0.5f) / kParts));
  }
  ImGui::Dummy({width, px(16)});
  ImGui::SameLine();
  soft("0 to " + ratio(ui.heat.cap()) +
       (room < px(460) ? "×" : "× its layer's mean load and more"));
}

void layer_legend(const Ui& ui, float left) {
  const std::string label = ui.model.strategy_label();
  ImFont* const small = look::fonts().small;
  const std::string words = label + "nonebound";
  const float width = px(72) + small->CalcTextSizeA(small->FontSize, FLT_MAX, 0, words.c_str()).x;
  ImGui::SameLine(std::min(left, ImGui::GetContentRegionMax().x - width));
  legend(Mark::dot, look::colour(Ink::after), label);
  ImGui::SameLine(0, px(10));
  legend(Mark::dot, look::colour(Ink::before), "none");
  ImGui::SameLine(0, px(10));
  legend(Mark::line, look::colour(Ink::bound), "bound");
}

}  // namespace

void traffic_panel(Ui& ui) {
  Model& model = ui.model;
  if (!model.has_loads()) return;
  const ImVec2 room = ImGui::GetContentRegionAvail();
  const ImVec2 corner = ImGui::GetCursorScreenPos();
  const float numbers = px(34), gap = px(26), top = px(24), below = px(50);
  const bool has_figures = model.has_result();
  const float chart = has_figures ? std::min(px(190), room.x * 0.3f) : 0;
  const float heat = room.x - numbers - (has_figures ? chart + gap + px(12) : 0) - px(4);
  const std::int32_t layers = model.window().loads.layers;
  const float height = std::max(room.y - top - below, px(120));
  const Rows rows = {corner.y + top, std::min(height / static_cast<float>(layers), px(26)), layers};

  small_text({corner.x + numbers, corner.y + px(9)}, look::colour(Ink::soft),
             heat < px(260) ? "Tokens" : "Tokens by layer (down) and expert (across)", 0);
  layer_numbers(model, rows, corner.x + numbers - px(8));
  heat_picture(ui, rows, {corner.x + numbers, rows.top}, heat);
  if (has_figures) {
    const float left = corner.x + numbers + heat + gap;
    small_text({left, corner.y + px(9)}, look::colour(Ink::soft), "Hottest GPU / mean", 0);
    layer_picture(ui, rows, {left, rows.top}, chart);
  }
  ImGui::SetCursorScreenPos({corner.x + numbers, rows.y(layers) + px(22)});
  colour_legend(ui);
  if (has_figures) layer_legend(ui, numbers + heat + gap);
}

}  // namespace evenkeel
