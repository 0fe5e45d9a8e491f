#include "native/messages.hpp"

#include <cstdio>

#include "core/base/text.hpp"
#include "native/output_files.hpp"
#include "native/stop.hpp"

namespace evenkeel {

int fail(const Status& status) {
  std::fprintf(stderr, "evenkeel: %s\n", printable(status.sentence()).c_str());
  return kBadInput;
}

void say(bool quiet, const char* kind, const std::string& text) {
  if (!quiet) std::fprintf(stderr, "evenkeel: %s: %s\n", kind, printable(text).c_str());
}

int exit_status_of(const Status& status) {
  if (status.ok()) return kOk;
  if (reader_gone()) return kReaderGoneExit;
  return status.is_stopped() ? interrupted_exit() : fail(status);
}

}  // namespace evenkeel
