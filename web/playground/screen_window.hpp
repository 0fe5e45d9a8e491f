// Events of the window.
#pragma once

#include <SDL.h>

#include "web/playground/app.hpp"

namespace evenkeel::screen {

// Handles an event; true if it asks to end the program.
bool take(App& app, const SDL_Event& event);

}  // namespace evenkeel::screen
