// The members of a request by name and as text. The command's options, the keys of links and the printed
// command use this table. To add one: a member in request.hpp, a row in request_options.cpp.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "core/base/status.hpp"
#include "core/base/vocabulary.hpp"
#include "core/request/request.hpp"

namespace evenkeel {

struct RequestOption {
  std::string_view name;      // "gpus"
  std::string_view value;     // the placeholder of its value in help: "G"; empty: a flag
  std::string_view sentence;  // for help

  // Parses a value; on an error the request does not change. check_request finds numbers out of range,
  // unknown strategies and unknown rules.
  Status (*read)(const RequestOption& self, std::string_view text, Vocabulary words,
                 Request& request);
  // The text of its value; empty for the default, but a strategy that is named always has its text.
  std::string (*text)(const RequestOption& self, const Request& request);

  const RequestNumber* number = nullptr;  // of options that are whole numbers

  // Whether the command takes it without a value: a stage that is a switch. --NAME=none turns it off.
  bool is_flag() const { return value.empty(); }
};

// steps, moe-layers, gpus, slots, redundant, nodes, groups, policy, strategy, effort, the stages by their names, seed,
// bounds.
std::span<const RequestOption> request_options();

// nullptr if there is no option of this name.
const RequestOption* find_request_option(std::string_view name);

// The command that computes a request, for a POSIX shell: "evenkeel balance synth:kimi-k2 --gpus 32".
// compare takes all strategies, so none is named; sweep tries numbers of slots, so none is given.
enum class Subcommand : std::uint8_t { balance, compare, sweep };
std::string command_line(const Request& request, Subcommand subcommand = Subcommand::balance);

}  // namespace evenkeel
