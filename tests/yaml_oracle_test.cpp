// Our reader of YAML against yaml-cpp: what ours accepts, both read alike.
#include <gtest/gtest.h>
#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <random>
#include <string>
#include <vector>

#include "core/io/formats/yaml_lists.hpp"
#include "tests/npy_builder.hpp"

namespace evenkeel::test {
namespace {

constexpr YamlLimits kRoomy = {1u << 20, 1024, 1u << 16};

std::string describe(const YamlDocument& document) {
  std::string text;
  for (const YamlEntry& entry : document.entries) {
    text += (entry.level == 0 ? "" : "  ") + std::string(entry.key) + "=";
    if (entry.kind == YamlKind::list) {
      for (std::size_t i = 0; i < entry.count; ++i) {
        text += std::to_string(document.numbers[entry.first + i]) + ",";
      }
    } else {
      const std::string scalar(entry.scalar);
      const bool is_null = !entry.quoted && (scalar == "~" || scalar == "null");
      text += entry.kind == YamlKind::map ? "map" : is_null ? "" : scalar;
    }
    text += "\n";
  }
  return text;
}

std::string describe(const YAML::Node& map, const std::string& indent = "") {
  std::string text;
  for (const auto& entry : map) {
    const YAML::Node& value = entry.second;
    text += indent + (entry.first.IsNull() ? "~" : entry.first.Scalar()) + "=";
    if (value.IsSequence()) {
      for (const YAML::Node& number : value) text += std::to_string(number.as<long long>()) + ",";
    } else if (!value.IsMap()) {
      text += value.IsNull() ? "" : value.Scalar();
    }
    text += value.IsMap() ? "map\n" + describe(value, indent + "  ") : "\n";
  }
  return text;
}

// What yaml-cpp reads, or its error.
std::string oracle(const std::string& text) {
  try {
    const std::vector<YAML::Node> documents = YAML::LoadAll(text);
    if (documents.empty() || (documents.size() == 1 && documents[0].IsNull())) return "";
    if (documents.size() != 1 || !documents[0].IsMap()) return "not one map";
    return describe(documents[0]);
  } catch (const YAML::Exception& error) {
    return std::string("error: ") + error.what();
  }
}

bool ours(const std::string& text, std::string& out) {
  YamlDocument document;
  if (!read_yaml_lists(as_bytes(text), "yaml", kRoomy, document).ok()) return false;
  out = describe(document);
  return true;
}

class RandomYaml {
 public:
  explicit RandomYaml(unsigned seed) : random_(seed) {}

  std::string document() {
    end_ = chance(4) ? "\r\n" : "\n";
    std::string text = chance(4) ? "---" + end() : "";
    const int keys = static_cast<int>(below(5));
    for (int i = 0; i < keys; ++i) {
      text += key("key" + std::to_string(i)) + value("", true);
    }
    return text + (chance(8) ? "..." + end() : "");
  }

  std::size_t below(std::size_t n) { return random_() % n; }
  bool chance(std::size_t n) { return below(n) == 0; }

 private:
  std::string spaces(std::size_t n) { return std::string(n, ' '); }
  // The end of a line, after a comment or before blank lines.
  std::string end() {
    std::string text = chance(6) ? spaces(1 + below(2)) + "# it's a: [comment" : spaces(chance(6));
    text += end_;
    while (chance(8)) text += chance(2) ? end_ : spaces(below(5)) + "# - 1" + end_;
    return text;
  }
  std::string key(const std::string& name) {
    const char* const quotes[] = {"", "", "'", "\""};
    const std::string quote = quotes[below(4)];
    return quote + name + quote + spaces(chance(8)) + ":";
  }
  std::string number() {
    return std::to_string(static_cast<int>(below(300)) - (chance(9) ? 300 : 0));
  }
  std::string value(const std::string& indent, bool outer) {
    switch (below(outer ? 5 : 3)) {
      case 0:
        return " " + spaces(below(2)) + flow_list();
      case 1:
        return end() + block_list(indent);
      case 2:
        return chance(3) ? end() + indent + spaces(1 + below(3)) + flow_list() : scalar();
      default:
        return inner_map();
    }
  }
  std::string scalar() {
    const char* const texts[] = {"20",         "a b",        "0.5", "true", "'x: # y'",
                                 "\"[0, 1]\"", "http://a#b", "-",   "~x"};
    const std::string text = texts[below(9)];
    return text == "-" ? end() : " " + text + end();
  }
  std::string flow_list() {
    std::string text = "[";
    const std::size_t count = below(6);
    for (std::size_t i = 0; i < count; ++i) {
      text += gap() + number() + gap() + (i + 1 < count || chance(5) ? "," : "");
    }
    return text + gap() + "]" + end();
  }
  std::string gap() {
    return chance(6) ? spaces(below(2)) + end() + spaces(2 + below(4)) : spaces(below(3));
  }
  std::string block_list(const std::string& indent) {
    const std::string deeper = indent + spaces(below(3));
    std::string text;
    for (std::size_t i = 1 + below(4); i > 0; --i) {
      text += deeper + "-" + spaces(1 + below(3)) + number() + end();
    }
    return text;
  }
  std::string inner_map() {
    std::string text = end();
    const std::string indent = spaces(1 + below(4));
    const std::size_t layers = 1 + below(4);
    for (std::size_t i = 0; i < layers; ++i) {
      text += indent + key(std::to_string(i * 3 + below(3))) + value(indent, false);
    }
    return text;
  }

  std::mt19937 random_;
  std::string end_;
};

TEST(YamlOracle, BothReadersReadRandomDocumentsAlike) {
  RandomYaml random(1);
  for (int round = 0; round < 3000; ++round) {
    const std::string text = random.document();
    std::string read;
    ASSERT_TRUE(ours(text, read)) << text;
    ASSERT_EQ(read, oracle(text)) << text;
  }
}

// With a few characters changed: what ours still accepts means the same to both.
TEST(YamlOracle, OursAcceptsNothingElse) {
  constexpr std::string_view kCharacters = "0123 -:#,[]{}'\"\n\tab.&*!|>%@`?_~+";
  RandomYaml random(2);
  int accepted = 0;
  for (int round = 0; round < 20000; ++round) {
    std::string text = random.document();
    if (text.empty()) continue;
    for (std::size_t i = 1 + random.below(3); i > 0 && !text.empty(); --i) {
      const std::size_t at = random.below(text.size());
      const char c = kCharacters[random.below(kCharacters.size())];
      if (random.chance(3)) {
        text.erase(at, 1);
      } else if (random.chance(2)) {
        text.insert(at, 1, c);
      } else {
        text[at] = c;
      }
    }
    std::string read;
    if (!ours(text, read)) continue;
    ++accepted;
    ASSERT_EQ(read, oracle(text)) << text;
  }
  EXPECT_GT(accepted, 2000);
}

}  // namespace
}  // namespace evenkeel::test
