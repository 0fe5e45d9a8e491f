// What the command says of itself: exit statuses, errors, notes.
#pragma once

#include <string>

#include "core/base/status.hpp"

namespace evenkeel {

inline constexpr int kOk = 0;
inline constexpr int kBadInput = 1;
inline constexpr int kUsage = 2;

// Prints "evenkeel: SENTENCE" to standard error; returns kBadInput.
int fail(const Status& status);
// Prints "evenkeel: KIND: TEXT" to standard error unless quiet.
void say(bool quiet, const char* kind, const std::string& text);

// Turns the status of a subcommand's work into the exit status; says what went wrong.
int exit_status_of(const Status& status);

}  // namespace evenkeel
