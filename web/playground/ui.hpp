// The playground's panels. Each reads the model and changes its state; `Ui` holds what only the screen
// knows.
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
  std::int32_t first_moe_layer = 0;
  int skew_tenths = -1;    // while its slider is moved; -1: it is not
  char path[1024] = "";    // of a file that a person types
  std::string said = {};   // what the last export came to
  std::string order = {};  // of the compared strategies, as sorted
  int picture_in = 0;      // frames from now on; 0: none is wanted
};

// Milliseconds since the start, which go on where no frames are drawn.
std::uint64_t now_ms();

// What fills the canvas beside the setup, by choice.
struct Panel {
  const char* word;   // in links
  const char* title;  // on its tab
  void (*draw)(Ui&);
};
std::span<const Panel> panels();

// The whole canvas, once a frame.
void draw_ui(Ui& ui);

// What is always there.
void headline_panel(Ui& ui);
void time_panel(Ui& ui);
// Setting up.
void trace_panel(Ui& ui);
void deployment_panel(Ui& ui);
void strategy_panel(Ui& ui);
// Valid deployments near an invalid one, as buttons.
void suggestions(Ui& ui);
// Looking at it.
void traffic_panel(Ui& ui);
void placement_panel(Ui& ui);
void compare_panel(Ui& ui);
void series_panel(Ui& ui);  // the lower part of the comparison
void redundancy_panel(Ui& ui);
void export_panel(Ui& ui);
// Gives a person the files of an export; ui.said says what came of it.
void save_export(Ui& ui, std::string_view format);

}  // namespace evenkeel
