// The table of tests/data/requests.json: requests in words, and what they must come to.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "core/base/vocabulary.hpp"
#include "core/request/request.hpp"

namespace evenkeel::test {

struct RequestCase {
  std::string loads;  // synth:..., example:deepseek, or one of the table's files
  bool is_file = false;
  std::vector<std::pair<std::string, std::string>> ask;  // option and value, as people write them
  // What it comes to: slots, GPUs, nodes, groups; the label of the strategy; the notes ...
  std::vector<std::int32_t> shape;
  std::string label;
  std::vector<std::string> notes;
  std::string error;  // ... or this, and none of these

  std::string text() const;  // for messages
};

const std::vector<RequestCase>& request_cases();

// The files of the table: name, and content as CSV.
std::vector<std::pair<std::string, std::string>> request_files();

// A sentence of the table in somebody's words: <gpus> and <slots 16 or 24> are options and their values.
std::string in_words(const std::string& sentence, Vocabulary words);

// The request of a case. Errors: those of reading its values.
Status read_request(const RequestCase& given, Vocabulary words, Request& out);

}  // namespace evenkeel::test
