#include "web/playground/script.hpp"

#include <SDL.h>

#include <cstdio>
#include <fstream>
#include <iostream>
#include <sstream>

#include "core/base/text.hpp"
#include "web/playground/app.hpp"

namespace evenkeel {
namespace {

void push_button(Uint32 type, int x, int y) {
  SDL_Event event = {};
  event.type = type;
  event.button.button = SDL_BUTTON_LEFT;
  event.button.state = type == SDL_MOUSEBUTTONDOWN ? SDL_PRESSED : SDL_RELEASED;
  event.button.clicks = 1;
  event.button.x = x;
  event.button.y = y;
  SDL_PushEvent(&event);
}

// ImGui also queries X for the pointer, so the pointer is moved there.
void push_motion(int x, int y) {
  SDL_WarpMouseInWindow(SDL_GL_GetCurrentWindow(), x, y);
  SDL_Event event = {};
  event.type = SDL_MOUSEMOTION;
  event.motion.x = x;
  event.motion.y = y;
  SDL_PushEvent(&event);
}

void push_wheel(float up) {
  SDL_Event event = {};
  event.type = SDL_MOUSEWHEEL;
  event.wheel.y = static_cast<Sint32>(up);
  event.wheel.preciseY = up;
  SDL_PushEvent(&event);
}

void push_key(Uint32 type, SDL_Keycode key) {
  SDL_Event event = {};
  event.type = type;
  event.key.state = type == SDL_KEYDOWN ? SDL_PRESSED : SDL_RELEASED;
  event.key.keysym.sym = key;
  event.key.keysym.scancode = SDL_GetScancodeFromKey(key);
  SDL_PushEvent(&event);
}

void push_text(const std::string& text) {
  SDL_Event event = {};
  event.type = SDL_TEXTINPUT;
  SDL_strlcpy(event.text.text, text.c_str(), sizeof event.text.text);
  SDL_PushEvent(&event);
}

void push_drop(const std::string& paths) {
  const auto push = [](Uint32 type, const std::string* path) {
    SDL_Event event = {};
    event.type = type;
    if (path != nullptr) event.drop.file = SDL_strdup(path->c_str());
    SDL_PushEvent(&event);
  };
  push(SDL_DROPBEGIN, nullptr);
  std::istringstream list(paths);
  for (std::string path; std::getline(list, path, '|');) push(SDL_DROPFILE, &path);
  push(SDL_DROPCOMPLETE, nullptr);
}

}  // namespace

Status Script::read(const std::string& path) {
  std::ifstream file;
  if (path != "-") {
    file.open(path);
    if (!file) return refuse(path, "cannot be opened");
  }
  std::istream& in = path == "-" ? std::cin : file;
  for (std::string line; std::getline(in, line);) {
    if (!line.empty()) lines_.push_back(line);
  }
  return {};
}

void Script::click(int x, int y) {
  events_ = {[=] { push_motion(x, y); }, [=] { push_motion(x, y); },
             [=] { push_button(SDL_MOUSEBUTTONDOWN, x, y); },
             [=] { push_button(SDL_MOUSEBUTTONUP, x, y); }};
}

bool Script::act(App& app) {
  if (!app.idle()) return true;
  if (!events_.empty()) {
    events_.front()();
    events_.pop_front();
    app.touch();
    return true;
  }
  const std::string line = lines_.front();
  lines_.pop_front();
  return begin(app, line);
}

bool Script::begin(App& app, const std::string& line) {
  const std::size_t space = line.find(' ');
  const std::string command = line.substr(0, space);
  const std::string rest = space == std::string::npos ? "" : line.substr(space + 1);
  if (command == "click") {
    int x = 0, y = 0;
    if (app.find(rest, x, y)) {
      click(x, y);
    } else {
      std::printf("no control %s\n", rest.c_str());
      failed_ = true;
    }
  } else if (command == "scroll") {  // the column of a control, down
    int x = 0, y = 0, notches = 0;
    std::string control;
    std::istringstream(rest) >> control >> notches;
    if (app.find(control, x, y)) {
      events_ = {[=] { push_motion(x, y); }, [=] { push_motion(x, y); },
                 [=] { push_wheel(static_cast<float>(-notches)); }};
    } else {
      std::printf("no control %s\n", control.c_str());
      failed_ = true;
    }
  } else if (command == "type") {
    events_ = {[=] { push_text(rest); }};
  } else if (command == "key") {
    const SDL_Keycode key = SDL_GetKeyFromName(rest.c_str());
    events_ = {[=] {  // together: on a slow machine a key that is down during a frame would repeat
      push_key(SDL_KEYDOWN, key);
      push_key(SDL_KEYUP, key);
    }};
  } else if (command == "drop") {
    events_ = {[=] { push_drop(rest); }};
  } else if (command == "size") {
    int width = 0, height = 0;
    std::istringstream(rest) >> width >> height;
    SDL_SetWindowSize(SDL_GL_GetCurrentWindow(), width, height);
    app.touch();
  } else if (command == "wait") {
    app.touch();
  } else if (command == "print") {
    std::printf("%s: %s\n", rest.c_str(), app.read(rest).c_str());
    std::fflush(stdout);
  } else if (command == "quit") {
    return false;
  } else {
    std::printf("no command %s\n", in_quotes(line).c_str());
    failed_ = true;
  }
  return true;
}

}  // namespace evenkeel
