#include "native/step_input.hpp"

#include <string>
#include <vector>

#include "native/decompress.hpp"
#include "native/messages.hpp"
#include "native/progress.hpp"
#include "native/stop.hpp"

namespace evenkeel {

Status StepInput::open(const LoadOptions& options, bool quiet, bool sum) {
  if (Status status = check_paths(options); !status.ok()) return status;
  StepOptions asked;
  asked.sum = sum;
  asked.read.steps = options.steps;
  asked.read.layers = options.layers;
  asked.read.moe_layers = options.moe_layers;
  asked.read.join = options.join;
  asked.read.inflate = inflate_raw;
  const std::string& first = options.paths.front();
  std::vector<std::string> notes;
  Status status;
  if (is_named_loads(first)) {
    asked.read.progress = [](std::size_t) { return !interrupted(); };
    status = StepSource::open_named(first, asked, source_);
  } else {
    if (!options.counted_under.empty()) {
      if (Status s = read_slot_map(options.counted_under, map_, notes); !s.ok()) return s;
      asked.read.counted_under = &map_;
    }
    if (Status s = recording_.open(options.paths); !s.ok()) return s;
    asked.read.progress = [this](std::size_t consumed) {
      recording_.release_before(consumed);
      return !interrupted();
    };
    status = StepSource::open(recording_.files(), asked, source_);
  }
  if (!status.ok()) return status;
  for (const std::string& note : notes) say(quiet, "note", note);
  for (const std::string& note : source_.loads().notes) say(quiet, "note", note);
  for (const std::string& warning : source_.loads().warnings) say(quiet, "warning", warning);
  return {};
}

}  // namespace evenkeel
