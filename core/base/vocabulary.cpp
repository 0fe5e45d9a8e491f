#include "core/base/vocabulary.hpp"

namespace evenkeel {
namespace {

// What an option counts; "" if it does not count anything.
std::string_view counted_by(std::string_view option) {
  if (option == "gpus") return "GPUs";
  if (option == "redundant") return "redundant experts";
  if (option == "slots" || option == "nodes" || option == "groups") return option;
  return "";
}

}  // namespace

std::string word_for(Vocabulary words, std::string_view option) {
  const std::string name(option);
  if (words == Vocabulary::command) return "--" + name;
  if (words == Vocabulary::link) return "\"" + name + "\"";
  const std::string_view counted = counted_by(option);
  if (words == Vocabulary::script || counted.empty()) return name;
  return "the number of " + std::string(counted);
}

std::string word_for(Vocabulary words, std::string_view option, std::string_view value) {
  const std::string_view counted = counted_by(option);
  if (words != Vocabulary::plain || counted.empty()) {
    return word_for(words, option) + " " + std::string(value);
  }
  std::string noun(counted);
  if (value == "1") noun.pop_back();
  return std::string(value) + " " + noun;
}

Status take_number(Vocabulary words, std::string_view option, std::int64_t value,
                   std::int64_t least, std::int64_t most, std::int32_t& out) {
  if (value < least || value > most) {
    return Status::error(word_for(words, option) + " is " + std::to_string(value) + "; expected " +
                         std::to_string(least) + " to " + std::to_string(most));
  }
  out = static_cast<std::int32_t>(value);
  return {};
}

}  // namespace evenkeel
