// The playground in a page: functions for web/page.js, and calls to it.

#include <emscripten.h>

#include <cstdarg>
#include <cstdlib>
#include <string>
#include <utility>

#include "web/playground/app.hpp"
#include "web/playground/controls.hpp"
#include "web/playground/engine/client_worker.hpp"
#include "web/playground/exports.hpp"

// clang-format off
EM_JS(void, page_choose_file, (), { Module.chooseFile(); });
EM_JS(void, page_copy, (const char* text), { Module.copy(UTF8ToString(text)); });
EM_JS(void, page_give_keys_away, (), { Module.giveKeysAway(); });
EM_JS(void, page_save_picture, (), { Module.savePicture(); });
EM_JS(void, page_save, (const char* name, const char* bytes, int size), {
  Module.save(UTF8ToString(name), HEAPU8.slice(bytes, bytes + size));
});
EM_JS(void, page_show_summary, (const char* summary), { Module.showSummary(UTF8ToString(summary)); });
EM_JS(char*, page_address, (const char* link, int embedded), {
  const text = (embedded ? Module.embedCode : Module.address)(UTF8ToString(link));
  const size = lengthBytesUTF8(text) + 1;
  const at = _malloc(size);
  stringToUTF8(text, at, size);
  return at;
});
// clang-format on

namespace evenkeel {
namespace {

class Page : public Platform {
 public:
  bool can_choose_file() const override { return true; }
  void choose_file() override { page_choose_file(); }
  std::string save(std::string_view name, std::string_view bytes) override {
    page_save(std::string(name).c_str(), bytes.data(), static_cast<int>(bytes.size()));
    return std::string(name) + " is offered as a download.";
  }
  // The canvas can be read only right after a frame.
  std::string save_picture(int, int) override {
    page_save_picture();
    return "evenkeel.png is offered as a download.";
  }
  void copy(const std::string& text) override { page_copy(text.c_str()); }
  void give_keys_away() override { page_give_keys_away(); }
  std::string address(const std::string& link) const override { return text_of(link, 0); }
  std::string embed_code(const std::string& link) const override { return text_of(link, 1); }

 private:
  static std::string text_of(const std::string& link, int embedded) {
    char* text = page_address(link.c_str(), embedded);
    std::string copy = text;
    std::free(text);
    return copy;
  }
};

EngineWorker& worker() {
  static EngineWorker the_worker;
  return the_worker;
}
Page& page() {
  static Page the_page;
  return the_page;
}

}  // namespace

App& app() {
  static App the_app(worker(), page());
  return the_app;
}

namespace {

// A text that stays valid until the next call.
const char* kept(std::string text) {
  static std::string latest;
  latest = std::move(text);
  return latest.c_str();
}

void show_summary() {
  static std::string shown;
  std::string summary = app().read("summary");
  if (summary == shown) return;
  shown = std::move(summary);
  page_show_summary(shown.c_str());
}

}  // namespace
}  // namespace evenkeel

using evenkeel::app;

extern "C" {

// ImGui's back end scans "#version %d" and "%d.%d". The C library's sscanf is 5 KB.
int scan_version(const char* text, const char* format, ...) {
  std::va_list to;
  va_start(to, format);
  int found = 0;
  for (; *format != '\0'; ++format) {
    if (*format != '%') {
      if (*text++ != *format) break;
      continue;
    }
    ++format;  // only %d
    if (*text < '0' || *text > '9') break;
    int number = 0;
    while (*text >= '0' && *text <= '9') number = number * 10 + (*text++ - '0');
    *va_arg(to, int*) = number;
    ++found;
  }
  va_end(to);
  return found;
}

// Empty, or the reason why there is no window: without WebGL 2 there are figures but nothing is drawn.
EMSCRIPTEN_KEEPALIVE const char* app_start(int dark, const char* link) {
  const std::string failed = app().open_window();
  app().model().restore(link);
  app().set_dark(dark != 0);
  return evenkeel::kept(failed);
}
// Draws changes, if any.
EMSCRIPTEN_KEEPALIVE void app_frame() {
  if (app().frame()) evenkeel::show_summary();
}
EMSCRIPTEN_KEEPALIVE void app_touch() { app().touch(); }
// Without drawing: takes answers and sends new questions. Returns 1 while an answer or its strong bounds are pending, 2
// while only the comparison is.
EMSCRIPTEN_KEEPALIVE int app_update() {
  app().update();
  evenkeel::show_summary();
  const evenkeel::Model& model = app().model();
  return model.waiting() || model.certifying() ? 1 : model.comparing() ? 2 : 0;
}
EMSCRIPTEN_KEEPALIVE void app_receive(const std::byte* message, int size) {
  evenkeel::worker().put({message, message + size});
}
EMSCRIPTEN_KEEPALIVE void app_set_dark(int dark) { app().set_dark(dark != 0); }
EMSCRIPTEN_KEEPALIVE void app_paste(const char* text) { app().paste(text); }
EMSCRIPTEN_KEEPALIVE int app_tab(int back) { return app().tab(back != 0, false) ? 1 : 0; }
EMSCRIPTEN_KEEPALIVE void app_leave() { app().leave(); }
EMSCRIPTEN_KEEPALIVE void app_restore(const char* link) {
  app().model().restore(link);
  app().touch();
}
// Empty, or one line for each problem of the link; then nothing changes.
EMSCRIPTEN_KEEPALIVE const char* app_change(const char* link) {
  std::string all;
  for (const std::string& problem : app().model().change(link)) {
    all += (all.empty() ? "" : "\n") + problem;
  }
  app().touch();
  return evenkeel::kept(all);
}
EMSCRIPTEN_KEEPALIVE void app_drop_problems() {
  app().model().drop_problems();
  app().touch();
}
EMSCRIPTEN_KEEPALIVE void app_open(const char* loads) {
  app().model().open(loads);
  app().touch();
}
EMSCRIPTEN_KEEPALIVE void app_files_given(const char* names) {
  app().model().files_given(names);
  app().touch();
}
EMSCRIPTEN_KEEPALIVE void app_choose_strategy(const char* name) {
  app().model().choose_strategy(name);
  app().touch();
}
EMSCRIPTEN_KEEPALIVE void app_show_panel(const char* panel) {
  app().model().state.panel = panel;
  evenkeel::controls::go_to(std::string("tab.") + panel);  // Tab starts there
  app().touch();
}
EMSCRIPTEN_KEEPALIVE void app_set_theme(const char* theme) {
  app().model().state.theme = theme;
  app().touch();
}
// The outcome as a sentence.
EMSCRIPTEN_KEEPALIVE const char* app_export(const char* format) {
  evenkeel::save_export(app().ui(), format);
  app().touch();
  return evenkeel::kept(app().ui().said);
}
// The same for a frame's host: empty, or the reason why there are no files.
EMSCRIPTEN_KEEPALIVE const char* app_give(const char* format) {
  evenkeel::Exported exported;
  const evenkeel::Status status =
      evenkeel::make_export(app().model(), format, app().ui().mtp, exported);
  for (const evenkeel::SavedFile& file : exported.files) {
    page_save(file.name.c_str(), file.bytes.data(), static_cast<int>(file.bytes.size()));
  }
  return evenkeel::kept(status.sentence());
}
EMSCRIPTEN_KEEPALIVE void app_save_picture() { app().save_picture(); }
EMSCRIPTEN_KEEPALIVE const char* app_read(const char* what) {
  return evenkeel::kept(app().read(what));
}
// "X Y" in CSS pixels of the canvas; empty if the control is not visible.
EMSCRIPTEN_KEEPALIVE const char* app_find(const char* control) {
  int x = 0, y = 0;
  if (!app().find(control, x, y)) return evenkeel::kept("");
  return evenkeel::kept(std::to_string(x) + " " + std::to_string(y));
}

}  // extern "C"
