// The keys of a link as one table, which reading, printing and the command line go by.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/status.hpp"
#include "core/base/text.hpp"
#include "web/state/link.hpp"

namespace evenkeel {

// One key: how its value is read, and written; "" where it has its default.
struct LinkKey {
  std::string_view name;
  std::function<Status(std::string_view value, LinkState& state)> read;
  std::function<std::string(const LinkState& state)> text;
  bool is_option = true;  // of the command; else only the page knows it
};

// In the order in which they are printed.
const std::vector<LinkKey>& link_keys();

// What is wrong with a value, behind the name of its key.
template <class... Parts>
Status refuse_link_value(std::string_view value, const Parts&... parts) {
  return refuse(in_quotes(value), parts...);
}

}  // namespace evenkeel
