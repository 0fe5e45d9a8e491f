#include "tests/request_cases.hpp"

#include <nlohmann/json.hpp>

#include "core/request/request_options.hpp"
#include "tests/support.hpp"

namespace evenkeel::test {
namespace {

using Json = nlohmann::ordered_json;

const Json& table() {
  static const Json all =
      Json::parse(read_file(source_folder() / "tests" / "data" / "requests.json"));
  return all;
}

std::vector<RequestCase> read_cases() {
  std::vector<RequestCase> cases;
  for (const Json& row : table().at("cases")) {
    RequestCase one;
    one.loads = row.at("loads");
    one.is_file = table().at("files").contains(one.loads);
    if (row.contains("ask")) {
      for (const auto& [name, value] : row.at("ask").items()) one.ask.emplace_back(name, value);
    }
    if (row.contains("error")) {
      one.error = row.at("error");
    } else {
      one.shape = row.at("shape").get<std::vector<std::int32_t>>();
      one.label = row.at("label");
      one.notes = row.value("notes", std::vector<std::string>());
    }
    cases.push_back(std::move(one));
  }
  return cases;
}

}  // namespace

std::string RequestCase::text() const {
  std::string line = loads;
  for (const auto& [name, value] : ask) line += " --" + name + " '" + value + "'";
  return line;
}

const std::vector<RequestCase>& request_cases() {
  static const std::vector<RequestCase> all = read_cases();
  return all;
}

std::vector<std::pair<std::string, std::string>> request_files() {
  std::vector<std::pair<std::string, std::string>> files;
  for (const auto& [name, sizes] : table().at("files").items()) {
    std::string text;
    for (int layer = 0; layer < sizes.at(0); ++layer) {
      for (int expert = 0; expert < sizes.at(1); ++expert) {
        text += (expert == 0 ? "" : ",") + std::to_string((37 * expert + 11 * layer) % 101 + 1);
      }
      text += "\n";
    }
    files.emplace_back(name, text);
  }
  return files;
}

std::string in_words(const std::string& sentence, Vocabulary words) {
  std::string text;
  std::size_t at = 0;
  for (std::size_t open; (open = sentence.find('<', at)) != std::string::npos;) {
    const std::size_t close = sentence.find('>', open);
    const std::string token = sentence.substr(open + 1, close - open - 1);
    const std::size_t space = token.find(' ');
    text += sentence.substr(at, open - at);
    text += space == std::string::npos
                ? word_for(words, token)
                : word_for(words, token.substr(0, space), token.substr(space + 1));
    at = close + 1;
  }
  return text + sentence.substr(at);
}

Status read_request(const RequestCase& given, Vocabulary words, Request& out) {
  (given.is_file ? out.file : out.loads) = given.loads;
  for (const auto& [name, value] : given.ask) {
    const RequestOption* option = find_request_option(name);
    if (option == nullptr) return Status::error("no option " + name);
    if (Status status = option->read(*option, value, words, out); !status.ok()) return status;
  }
  return {};
}

}  // namespace evenkeel::test
