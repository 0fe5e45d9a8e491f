// Scripted input for tests of the window: pushes SDL events like a user's. One command per line, executed when
// the playground is idle:
//
//   click CONTROL       by the names of controls.hpp
//   scroll CONTROL N    the column of a control, by N notches of the wheel, down
//   type TEXT           into the focused control
//   key NAME            as SDL names it: Return, Left
//   drop PATH|PATH      files or folders, together, on the window
//   size WIDTH HEIGHT   of the window
//   wait                until the playground is idle once more
//   print WORD          a line "WORD: VALUE", see App::read
//   quit
#pragma once

#include <cstddef>
#include <deque>
#include <functional>
#include <string>
#include <vector>

#include "core/base/status.hpp"

namespace evenkeel {

class App;

class Script {
 public:
  Status read(const std::string& path);
  bool done() const { return lines_.empty() && events_.empty(); }
  // Whether a control was missing or a line was not a command.
  bool failed() const { return failed_; }
  // Executes the next command if the playground is ready; false to end the program.
  bool act(App& app);

 private:
  bool begin(App& app, const std::string& line);
  void click(int x, int y);

  std::deque<std::string> lines_;
  std::deque<std::function<void()>> events_;  // of the current command, one per frame
  bool failed_ = false;
};

}  // namespace evenkeel
