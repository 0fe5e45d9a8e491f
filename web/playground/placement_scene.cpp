#include "web/playground/placement_scene.hpp"

#include <cmath>
#include <string>

#include "core/base/numbers.hpp"
#include "web/playground/plot.hpp"
#include "web/playground/widgets.hpp"

namespace evenkeel {
namespace {

using look::Ink;
using look::px;

void copy_tip(const Scene& scene, std::int32_t slot) {
  const auto s = static_cast<std::size_t>(slot);
  const std::int32_t expert = scene.state.slot_expert[s];
  const auto x = static_cast<std::size_t>(expert);
  const std::int32_t copies = scene.state.copies[x];
  ImGui::BeginTooltip();
  heading("Expert " + std::to_string(expert) +
          (copies > 1 ? ", copy " + std::to_string(scene.state.slot_copy[s] + 1) + " of " +
                            std::to_string(copies)
                      : ", its only copy"));
  plain(tokens(scene.copy_load(expert)) +
        (copies > 1 ? " of the expert's " + amount(scene.loads[x]) : ""));
  soft("slot " + std::to_string(slot) + " on GPU " + std::to_string(scene.gpu_slots.gpu_of(slot)));
  ImGui::EndTooltip();
}

ImU32 copy_colour(const Scene& scene, std::int32_t expert) {
  const std::int32_t selected = scene.ui.selected_expert;
  const ImU32 own = look::expert_colour(expert);
  if (selected >= 0) return expert == selected ? own : look::faded(own, 0.22f);
  return own;
}

// Selects the next or previous expert with the keyboard.
void select_by_keys(const Scene& scene, const Plot& plot) {
  if (plot.way() == 0) return;
  const std::int32_t experts = scene.window.shape.experts;
  std::int32_t& selected = scene.ui.selected_expert;
  if (selected < 0 && plot.way() < 0) selected = 0;
  selected = (selected + plot.way() + experts) % experts;
}

// A triangle above a bar, pointing down.
void pointer(const Plot& plot, float x, float y, ImU32 colour) {
  plot.draw()->AddTriangleFilled({x - px(5), y - px(8)}, {x + px(5), y - px(8)}, {x, y - px(1)},
                                 colour);
}

}  // namespace

void gpu_bars(const Scene& scene, float height) {
  const Shape& shape = scene.window.shape;
  const double mean = scene.metrics.mean_load;
  double top = std::max(scene.metrics.max_load, scene.metrics.lower_bound);
  for (const double load : scene.state.gpu_load) top = std::max(top, load);
  top = top > 0 ? top * (shape.nodes > 1 ? 1.24 : 1.14) : 1;
  Plot plot("placement.gpus", height, {0, static_cast<double>(shape.gpus)}, {0, top});
  const float bar = (plot.right() - plot.left()) / static_cast<float>(shape.gpus);
  const float gap = bar > px(6) ? px(2) : 0;
  const int every = std::max(1, static_cast<int>(std::ceil(px(26) / bar)));
  for (std::int32_t gpu = 0; gpu < shape.gpus; gpu += every) {
    plot.text({plot.left() + bar * (static_cast<float>(gpu) + 0.5f), plot.bottom() + px(12)},
              look::colour(Ink::soft), std::to_string(gpu), 0.5f);
  }
  ImDrawList* draw = plot.draw();
  for (std::int32_t node = 0; shape.nodes > 1 && node < shape.nodes; ++node) {
    const float wide = bar * static_cast<float>(shape.gpus_per_node());
    const float left = plot.left() + wide * static_cast<float>(node);
    if (node % 2 == 0) {
      draw->AddRectFilled({left, plot.top()}, {left + wide, plot.bottom()},
                          look::colour(Ink::wash));
    }
    if (wide > px(60)) {
      plot.text({left + px(6), plot.top() + px(8)}, look::colour(Ink::soft),
                "node " + std::to_string(node));
    }
  }
  plot.grid_y([](double load) { return short_load(load); });
  const ImVec2 mouse = ImGui::GetIO().MousePos;
  std::int32_t hovered = -1;
  std::int32_t hottest = 0;
  // Experts are named only if all names fit: single names would look like a selection.
  const auto digits = static_cast<float>(std::to_string(shape.experts - 1).size());
  const bool has_names = bar - gap > px(7.5f) * digits;
  for (std::int32_t gpu = 0; gpu < shape.gpus; ++gpu) {
    double load = 0;
    const float left = plot.left() + bar * static_cast<float>(gpu) + gap / 2;
    const float right = left + bar - gap;
    for (std::int32_t slot = scene.gpu_slots.first(gpu); slot < scene.gpu_slots.end(gpu); ++slot) {
      const std::int32_t expert = scene.state.slot_expert[static_cast<std::size_t>(slot)];
      if (expert < 0) continue;
      const float below = plot.at(0, load).y;
      load += scene.copy_load(expert);
      const float above = plot.at(0, load).y;
      const float line = below - above > px(4) ? px(1) : 0;
      const ImU32 fill = copy_colour(scene, expert);
      draw->AddRectFilled({left, above + line}, {right, below}, fill);
      if (scene.touched_slot(slot)) {
        draw->AddRect({left - px(1), above}, {right + px(1), below}, look::colour(Ink::text), 0, 0,
                      px(2));
      }
      if (has_names && below - above > px(14)) {
        const bool pale = scene.ui.selected_expert >= 0 && expert != scene.ui.selected_expert;
        plot.text({(left + right) / 2, (above + below) / 2},
                  pale ? look::colour(Ink::soft) : look::text_on(fill), std::to_string(expert),
                  0.5f);
      }
      const bool inside =
          mouse.x >= left && mouse.x < left + bar && mouse.y > above && mouse.y <= below;
      if (plot.hovered() && inside) hovered = slot;
    }
    if (load > scene.state.gpu_load[static_cast<std::size_t>(hottest)] || gpu == 0) hottest = gpu;
  }
  draw->AddLine({plot.left(), plot.bottom()}, {plot.right(), plot.bottom()},
                look::colour(Ink::line));
  plot.level(mean, look::colour(Ink::text), true, "");
  plot.level(scene.metrics.lower_bound, look::colour(Ink::bound), false, "");
  const double most = scene.state.gpu_load[static_cast<std::size_t>(hottest)];
  if (most > 0) {
    const float x = plot.left() + bar * (static_cast<float>(hottest) + 0.5f);
    const float y = plot.at(0, most).y;
    const ImU32 alarm = look::colour(Ink::alarm);
    pointer(plot, x, y, alarm);
    const bool right_half = x > (plot.left() + plot.right()) / 2;
    plot.text({right_half ? x - px(9) : x + px(9), y - px(9)}, alarm,
              "GPU " + std::to_string(hottest) + ": " + times(mean > 0 ? most / mean : 1),
              right_half ? 1.0f : 0.0f);
  }
  select_by_keys(scene, plot);
  if (hovered >= 0) copy_tip(scene, hovered);
  if (plot.clicked()) {
    const std::int32_t expert =
        hovered < 0 ? -1 : scene.state.slot_expert[static_cast<std::size_t>(hovered)];
    scene.ui.selected_expert = expert == scene.ui.selected_expert ? -1 : expert;
  }
}

// The load per copy of every expert, which replication evens out.
void expert_bars(const Scene& scene, float height) {
  const std::int32_t experts = scene.window.shape.experts;
  double top = 0;
  for (std::int32_t x = 0; x < experts; ++x)
    top = std::max(top, static_cast<double>(scene.loads[x]));
  Plot plot("placement.experts", height, {0, static_cast<double>(experts)}, {0, top * 1.05});
  plot.grid_y([](double load) { return short_load(load); });
  plot.ticks_x([](double x) { return std::to_string(static_cast<int>(x)); }, true);
  ImDrawList* draw = plot.draw();
  const float bar = (plot.right() - plot.left()) / static_cast<float>(experts);
  const float gap = bar > px(4) ? px(1) : 0;
  const ImVec2 mouse = ImGui::GetIO().MousePos;
  std::int32_t hovered = -1;
  for (std::int32_t x = 0; x < experts; ++x) {
    const std::int32_t copies = std::max(1, scene.state.copies[static_cast<std::size_t>(x)]);
    const float left = plot.left() + bar * static_cast<float>(x);
    const float right = left + std::max(bar - gap, 1.0f);
    const bool marked = scene.touched(x) || x == scene.ui.selected_expert;
    // Back: the whole load; front: the load of each copy.
    draw->AddRectFilled({left, plot.at(0, scene.loads[x]).y}, {right, plot.bottom()},
                        look::colour(Ink::line));
    draw->AddRectFilled({left, plot.at(0, scene.loads[x] / copies).y}, {right, plot.bottom()},
                        marked ? look::colour(Ink::alarm) : look::colour(Ink::after));
    if (plot.hovered() && mouse.x >= left && mouse.x < left + bar) hovered = x;
  }
  select_by_keys(scene, plot);
  if (hovered < 0) return;
  const std::int32_t copies = scene.state.copies[static_cast<std::size_t>(hovered)];
  ImGui::BeginTooltip();
  heading("Expert " + std::to_string(hovered));
  plain(tokens(scene.loads[hovered]) + ", " +
        (copies == 1 ? std::string("1 copy") : std::to_string(copies) + " copies"));
  if (copies > 1) plain(tokens(scene.copy_load(hovered)) + " each");
  ImGui::EndTooltip();
  if (plot.clicked()) scene.ui.selected_expert = hovered == scene.ui.selected_expert ? -1 : hovered;
}

}  // namespace evenkeel
