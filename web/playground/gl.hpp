// OpenGL and its window settings: the only code that distinguishes between page and window. (CMake selects
// the main function: main_page.cpp or main_window.cpp.)
#pragma once

#include <SDL.h>

#ifdef __EMSCRIPTEN__
#include <GLES3/gl3.h>
#else
#include <SDL_opengl.h>
#endif

namespace evenkeel {

#ifdef __EMSCRIPTEN__
inline constexpr int kGlProfile = SDL_GL_CONTEXT_PROFILE_ES;  // WebGL 2
inline constexpr int kGlMinor = 0;
inline constexpr Uint32 kWindowFlags = 0;  // the page sets the size of its canvas
#else
inline constexpr int kGlProfile = SDL_GL_CONTEXT_PROFILE_CORE;
inline constexpr int kGlMinor = 2;
inline constexpr Uint32 kWindowFlags = SDL_WINDOW_RESIZABLE;
#endif
inline constexpr int kGlMajor = 3;

}  // namespace evenkeel
