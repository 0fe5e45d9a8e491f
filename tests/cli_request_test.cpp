// The table of requests in the command: its words, and those that the core prints for them.

#include <nlohmann/json.hpp>

#include "core/base/text.hpp"
#include "core/request/request_options.hpp"
#include "tests/cli_fixture.hpp"
#include "tests/request_cases.hpp"

namespace evenkeel::test {
namespace {

std::string notes_of(const RequestCase& given) {
  std::string text;
  for (const std::string& note : given.notes) {
    text += "evenkeel: note: " + in_words(note, Vocabulary::command) + "\n";
  }
  return text;
}

TEST_F(CommandTest, AnswersRequestsAsTheTableSays) {
  for (const auto& [name, content] : request_files()) write(name, content);
  for (const RequestCase& given : request_cases()) {
    SCOPED_TRACE(given.text());
    const std::string path = given.loads.starts_with('-') ? "./" + given.loads : given.loads;
    std::string command = "evenkeel balance " + shell_word(path);
    for (const auto& [name, value] : given.ask) {
      const RequestOption* option = find_request_option(name);
      const bool is_flag = option != nullptr && option->is_flag();
      command += " --" + name + (is_flag ? "=" : " ") + shell_word(value);
    }
    const Outcome run = shell(command + " --json");
    if (!given.error.empty()) {
      EXPECT_TRUE(run.status == 1 || run.status == 2) << run.status;
      EXPECT_EQ(run.out, "");
      EXPECT_NE(run.err.find(in_words(given.error, Vocabulary::command)), std::string::npos)
          << run.err;
      continue;
    }
    ASSERT_EQ(run.status, 0) << run.err;
    EXPECT_EQ(run.err, notes_of(given));
    const auto result = nlohmann::json::parse(run.out);
    const auto& shape = result.at("shape");
    EXPECT_EQ((std::vector<std::int32_t>{shape.at("slots"), shape.at("gpus"), shape.at("nodes"),
                                         shape.at("groups")}),
              given.shape);
    // As the core prints it, the table for people, which has the label.
    Request request;
    ASSERT_TRUE(read_request(given, Vocabulary::command, request).ok());
    const Outcome printed = shell(command_line(request));
    ASSERT_EQ(printed.status, 0) << command_line(request) << printed.err;
    EXPECT_EQ(printed.err, run.err);
    EXPECT_NE(printed.out.find("\n" + given.label + ": "), std::string::npos) << printed.out;
    EXPECT_NE(printed.out.find("result hash " + result.at("hash").get<std::string>()),
              std::string::npos)
        << printed.out;
  }
}

}  // namespace
}  // namespace evenkeel::test
