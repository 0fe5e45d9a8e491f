// The model as text and JSON: for the page's summary, screen readers and tests.
#pragma once

#include <string>
#include <string_view>

#include "web/playground/model.hpp"

namespace evenkeel {

// The result in one or two sentences; without a result, the problem or the current work.
std::string summary_text(const Model& model);

// One of: summary (JSON of all below that a page shows), headline, trouble, notes (JSON), link, command, hash, loads,
// strategy, panel, shape, steps, compared (JSON), series, swept, step, menus (JSON: what can be chosen).
// Empty for any other word.
std::string read_model(Model& model, std::string_view what);

}  // namespace evenkeel
