// How the program is asked to stop.
#pragma once

namespace evenkeel {

// From here on Ctrl-C, SIGTERM and SIGHUP ask the program to stop (unless they were ignored, as under
// nohup), and a closed pipe is an error of print_out, so that outputs are never left half-made.
void watch_for_interrupts();
// Whether somebody asked the program to stop.
bool interrupted();
inline constexpr int kInterruptedExit = 130;

}  // namespace evenkeel
