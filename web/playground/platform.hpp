// The differences between page and window.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace evenkeel {

class Platform {
 public:
  virtual ~Platform() = default;
  // Opens a dialog to choose files of loads, if there is one; whether paths can be typed.
  virtual bool can_choose_file() const = 0;
  virtual bool can_type_path() const { return false; }
  virtual void choose_file() {}
  virtual void open_files(const std::vector<std::string>& /*paths*/) {}
  // Saves a file for the user; returns a sentence with its location or the error.
  virtual std::string save(std::string_view name, std::string_view bytes) = 0;
  // Saves the screen as a PNG of the given size; call it after a frame. Returns a sentence with its location.
  virtual std::string save_picture(int width, int height) = 0;
  virtual void copy(const std::string& text) = 0;
  // Escape was pressed, and nothing here used it: a page gives the keys to what is around its canvas.
  virtual void give_keys_away() {}
  // The complete address for a state's link.
  virtual std::string address(const std::string& link) const = 0;
  // The markup of a frame that shows a state in another page; empty if there is none.
  virtual std::string embed_code(const std::string& /*link*/) const { return {}; }
};

}  // namespace evenkeel
