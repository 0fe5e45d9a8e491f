// Input from a text, for tests of the window: SDL events are pushed as a person's would come. A line a
// command, acted out once the playground is idle:
//
//   click CONTROL       by the names of controls.hpp
//   type TEXT           into what has the focus
//   key NAME            as SDL names it: Return, Left
//   drop PATH           a file on the window
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
  // A control that was not there, or a line that is no command.
  bool failed() const { return failed_; }
  // Does the next thing if its time has come; false where the program is to end.
  bool act(App& app);

 private:
  bool begin(App& app, const std::string& line);
  void click(int x, int y);

  std::deque<std::string> lines_;
  std::deque<std::function<void()>> events_;  // of the command under way, one a frame
  bool failed_ = false;
};

}  // namespace evenkeel
