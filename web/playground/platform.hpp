// What the page and the window do differently.
#pragma once

#include <string>
#include <string_view>

namespace evenkeel {

class Platform {
 public:
  virtual ~Platform() = default;
  // Lets a person choose a file of loads, where there is a dialog for that; and type its path, where files have
  // paths.
  virtual bool can_choose_file() const = 0;
  virtual bool can_type_path() const { return false; }
  virtual void choose_file() {}
  virtual void open_file(const std::string& /*path*/) {}
  // Gives a person a file; says in a sentence where it is or why it is not.
  virtual std::string save(std::string_view name, std::string_view bytes) = 0;
  // Gives a person what is on the screen as a PNG of so many pixels; called behind a frame. Says where it is.
  virtual std::string save_picture(int width, int height) = 0;
  virtual void copy(const std::string& text) = 0;
  // Escape was pressed, and nothing here used it: a page gives the keys to what is around its canvas.
  virtual void give_keys_away() {}
  // What a state's link is in full.
  virtual std::string address(const std::string& link) const = 0;
  // The markup of a frame that shows a state in another page; empty where there is none.
  virtual std::string embed_code(const std::string& /*link*/) const { return {}; }
};

}  // namespace evenkeel
