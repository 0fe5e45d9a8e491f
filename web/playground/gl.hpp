// OpenGL, and how its window is asked for: the one place where the program knows whether it is a page's or a
// window of its own. (Who starts it, CMake chooses: main_page.cpp or main_window.cpp.)
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
inline constexpr Uint32 kWindowFlags = 0;  // the page says its canvas's size by itself
#else
inline constexpr int kGlProfile = SDL_GL_CONTEXT_PROFILE_CORE;
inline constexpr int kGlMinor = 2;
inline constexpr Uint32 kWindowFlags = SDL_WINDOW_RESIZABLE;
#endif
inline constexpr int kGlMajor = 3;

}  // namespace evenkeel
