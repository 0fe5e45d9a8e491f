// The keys of a link as one table, which reading and printing go by: the loads, the options of a request
// (core/request/request_options.hpp), and what only the page knows.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/status.hpp"
#include "web/state/link.hpp"

namespace evenkeel {

// One key: how its value is parsed and printed; "" for its default. An error leaves the state.
struct LinkKey {
  std::string_view name;
  std::function<Status(std::string_view value, LinkState& state)> read;
  std::function<std::string(const LinkState& state)> text;
};

// In printing order.
const std::vector<LinkKey>& link_keys();

// "gpus" is "abc"; expected ...
Status refuse_link_value(std::string_view key, std::string_view value, std::string_view expected);

}  // namespace evenkeel
