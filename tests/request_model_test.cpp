// The table of requests as links: the page's model comes to the same shape, figures, label and sentences as the
// core. (cli_request_test.cpp asks the command, tests/browser the page and the JavaScript module.)

#include <gtest/gtest.h>

#include "core/evenkeel.hpp"
#include "core/io/result_json.hpp"
#include "tests/in_process_engine.hpp"
#include "tests/request_cases.hpp"

namespace evenkeel::test {
namespace {

std::string link_of(const RequestCase& given) {
  std::string link = (given.is_file ? "file=" : "loads=") + given.loads;
  for (const auto& [name, value] : given.ask) link += "&" + name + "=" + value;
  return link;
}

class RequestsInTheModel : public ::testing::Test {
 protected:
  RequestsInTheModel() {
    model.restore("loads=example:deepseek");
    client.settle(model);
  }
  void open(const std::string& name) {
    if (model.state.file == name) return;
    for (const auto& [known, text] : request_files()) {
      if (known != name) continue;
      file_ = text;
      model.files_given(name);
      const RecordedFile file = {known, std::as_bytes(std::span(file_.data(), file_.size()))};
      client.engine().open_recording({nullptr, {file}}, name);
    }
    client.settle(model);
  }
  // What is wrong; empty: nothing.
  std::string change(const RequestCase& given) {
    if (given.is_file) open(given.loads);
    const std::vector<std::string> problems = model.change(link_of(given));
    client.settle(model);
    return problems.empty() ? model.trouble() : problems.front();
  }

  InProcessEngine client;
  Model model{client};

 private:
  std::string file_;
};

TEST_F(RequestsInTheModel, AnswersAsTheTableSays) {
  for (const RequestCase& given : request_cases()) {
    SCOPED_TRACE(given.text());
    const std::string trouble = change(given);
    if (!given.error.empty()) {
      const bool is_said =
          trouble.find(in_words(given.error, Vocabulary::plain)) != std::string::npos ||
          trouble.find(in_words(given.error, Vocabulary::link)) != std::string::npos;
      EXPECT_TRUE(is_said) << trouble;
      continue;
    }
    ASSERT_EQ(trouble, "");
    const WindowAnswer& window = model.window();
    const Shape& shape = window.shape;
    EXPECT_EQ((std::vector<std::int32_t>{shape.slots, shape.gpus, shape.nodes, shape.groups}),
              given.shape);
    EXPECT_EQ(model.strategy_label(), given.label);
    std::vector<std::string> notes;
    for (const std::string& note : given.notes) notes.push_back(in_words(note, Vocabulary::plain));
    EXPECT_EQ(model.resolution().result.notes(), notes);
    // What its command computes.
    Request request;
    ASSERT_TRUE(read_request(given, Vocabulary::command, request).ok());
    Resolved resolved;
    Result result;
    ASSERT_TRUE(
        resolve(request, window.loads.layers, window.loads.experts, Vocabulary::command, resolved)
            .ok());
    // It always names the strategy.
    request.strategy = strategy_of(request);
    EXPECT_EQ(model.command(), command_line(request));
    ASSERT_TRUE(
        balance(window.loads, resolved.shape, resolved.strategy.rules, nullptr, {}, result).ok());
    EXPECT_EQ(model.hash(), hash_text(result.placement));
    EXPECT_EQ(summarize({window.result.metrics})["balancedness"],
              summarize({result.metrics})["balancedness"]);
  }
}

}  // namespace
}  // namespace evenkeel::test
