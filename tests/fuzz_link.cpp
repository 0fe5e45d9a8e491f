// Links from hostile text: the worst outcome is an error, and a parsed link prints to an equivalent link.
#include <algorithm>
#include <string_view>

#include "core/request/request_options.hpp"
#include "tests/fuzz_support.hpp"
#include "web/state/link.hpp"

namespace evenkeel::test {
namespace {

// Texts of the state must be one word for a shell: quotes come in pairs, and outside of them nothing is
// special.
void require_harmless(const std::string& command) {
  require(command.starts_with("evenkeel balance "));
  bool quoted = false;
  for (std::size_t i = 0; i < command.size(); ++i) {
    const char c = command[i];
    if (c == '\'') {
      quoted = !quoted;
    } else if (!quoted && c == '\\') {
      require(i + 1 < command.size() && command[++i] == '\'');
    } else if (!quoted) {
      require(std::string_view("$`\"&|;<>()*?[]{}!#~\n\r\t").find(c) == std::string_view::npos);
    }
  }
  require(!quoted);
}

void fuzz_link(std::span<const std::uint8_t> input) {
  const FuzzFile file(input);
  const std::string_view text(reinterpret_cast<const char*>(file.bytes().data()), input.size());
  std::vector<std::string> problems;
  const LinkState state = parse_link(text, problems);
  require(problems.size() <= kMostLinkProblems);
  for (const std::string& problem : problems) require_sentence(Status::error(problem));
  require(check_request(state, Vocabulary::link).ok());
  require_harmless(command_line(state));

  const std::string printed = print_link(state);
  require(printed.size() <= kLongestLink);
  for (const char c : printed) require(c > 0x20 && c < 0x7f && c != '#');
  std::vector<std::string> none;
  require(parse_link(printed, none) == state && none.empty());
}

}  // namespace
}  // namespace evenkeel::test

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  evenkeel::test::fuzz_link({data, size});
  return 0;
}
