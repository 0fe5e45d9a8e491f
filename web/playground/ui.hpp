// The playground's panels. Each reads the model and changes its state; `Ui` has the state of the screen only.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "web/playground/heat_map.hpp"
#include "web/playground/model.hpp"
#include "web/playground/platform.hpp"

namespace evenkeel {

struct Ui {
  Model& model;
  Platform& platform;

  HeatMap heat = {};
  std::int32_t heat_number = -1;  // of the answer that the heat map shows
  std::int32_t selected_expert = -1;
  bool playing_windows = false;
  bool playing_steps = false;
  std::uint64_t next_play = 0;  // when the next window or step is due, in milliseconds
  bool series_later = true;
  bool replay_paused = false;
  std::int32_t mtp = 0;    // layers for multi-token prediction in engine files
  int skew_tenths = -1;    // while its slider is dragged; otherwise -1
  char path[1024] = "";    // typed path of a file
  std::string said = {};   // outcome of the last export
  std::string order = {};  // of the compared strategies, as sorted
  int picture_in = 0;      // frames until the picture is taken; 0: none
};

// Milliseconds since the start, which also count without frames.
std::uint64_t now_ms();

// The panels next to the setup.
struct Panel {
  const char* word;   // in links
  const char* title;  // on its tab
  void (*draw)(Ui&);
};
std::span<const Panel> panels();

// The whole canvas, once a frame.
void draw_ui(Ui& ui);

// Always visible.
void headline_panel(Ui& ui);
void time_panel(Ui& ui);
// Setup.
void trace_panel(Ui& ui);
void deployment_panel(Ui& ui);
void strategy_panel(Ui& ui);
// Valid deployments near an invalid one, as buttons.
void suggestions(Ui& ui);
// Results.
void traffic_panel(Ui& ui);
void placement_panel(Ui& ui);
void compare_panel(Ui& ui);
void series_panel(Ui& ui);  // the lower part of the comparison
void redundancy_panel(Ui& ui);
void replay_panel(Ui& ui);
void export_panel(Ui& ui);
// Saves the files of an export; ui.said has the outcome.
void save_export(Ui& ui, std::string_view format);

}  // namespace evenkeel
