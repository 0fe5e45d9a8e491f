#include "web/state/link.hpp"

#include <algorithm>
#include <utility>

#include "core/base/text.hpp"
#include "core/request/file_names.hpp"
#include "web/state/link_keys.hpp"

namespace evenkeel {
namespace {

constexpr std::size_t kLongestValue = 256;
const std::string kDefaultPair = "strategy=" + std::string(kDefaultStrategy);

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

Status decode(std::string_view text, std::string& out) {
  out.clear();
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      out += text[i];
      continue;
    }
    const int high = i + 2 < text.size() ? hex_digit(text[i + 1]) : -1;
    const int low = i + 2 < text.size() ? hex_digit(text[i + 2]) : -1;
    if (high < 0 || low < 0) {
      return Status::error("% must be followed by two hexadecimal digits, not " +
                           in_quotes(text.substr(i + 1, 2)));
    }
    out += static_cast<char>(high * 16 + low);
    i += 2;
  }
  return {};
}

std::string encode(std::string_view text) {
  constexpr std::string_view kPlain =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~:,=/";
  constexpr char kDigits[] = "0123456789ABCDEF";
  std::string encoded;
  for (const char c : text) {
    if (kPlain.find(c) != std::string_view::npos) {
      encoded += c;
      continue;
    }
    const auto byte = static_cast<unsigned char>(c);
    encoded += {'%', kDigits[byte >> 4], kDigits[byte & 15]};
  }
  return encoded;
}

auto find_key(std::string_view name) {
  return std::find_if(link_keys().begin(), link_keys().end(),
                      [&](const LinkKey& known) { return known.name == name; });
}

// Reads the pairs one by one. An invalid pair becomes a problem and changes nothing.
class LinkReader {
 public:
  explicit LinkReader(std::vector<std::string>& problems) : problems_(problems) {
    state_.strategy.clear();
  }

  void read(std::string_view pair) {
    std::string name;
    std::string value;
    const std::size_t equals = pair.find('=');
    if (equals == std::string_view::npos) return report(pair, "expected key=value");
    Status status = decode(pair.substr(0, equals), name);
    if (!status.ok()) return report(pair.substr(0, equals), status.sentence());
    const auto key = find_key(name);
    if (key == link_keys().end()) return report(name, "there is no such key; it is ignored");
    char& seen = seen_[static_cast<std::size_t>(key - link_keys().begin())];
    if (std::exchange(seen, 1) != 0)
      return report(name, "it is given twice; the first one is used");
    status = decode(pair.substr(equals + 1), value);
    if (!status.ok()) return report(name, status.sentence());
    const std::size_t longest = name == "file" ? kMostLinkedNames : kLongestValue;
    if (value.size() > longest) {
      return report(name, "its value is longer than " + std::to_string(longest) + " bytes");
    }
    status = key->read(value, state_);
    if (!status.ok()) report(status.sentence());
  }

  // Checks the combination of pairs.
  LinkState finish() {
    if (state_.slots && state_.redundant) {
      report("\"slots\" excludes \"redundant\"; \"slots\" is used");
      state_.redundant.reset();
    }
    NamedRules rules;
    if (const Status status = resolve_strategy(state_, Vocabulary::link, rules); !status.ok()) {
      report(status.sentence());
      state_.stages = LinkState().stages;
    }
    state_.strategy = strategy_of(state_);
    return std::move(state_);
  }

  void report(std::string_view key, const std::string& what) {
    report(in_quotes(key) + ": " + what);
  }
  void report(std::string sentence) {
    ++count_;
    if (count_ <= kMostLinkProblems) {
      problems_.push_back(std::move(sentence));
    } else {
      problems_.back() =
          std::to_string(count_ - kMostLinkProblems + 1) + " more keys or values are invalid";
    }
  }

 private:
  LinkState state_;
  std::vector<std::string>& problems_;
  std::size_t count_ = 0;
  std::vector<char> seen_ = std::vector<char>(link_keys().size());  // whether the key has been read
};

}  // namespace

LinkState parse_link(std::string_view text, std::vector<std::string>& problems) {
  problems.clear();
  LinkReader reader(problems);
  if (text.starts_with('#')) text.remove_prefix(1);
  if (text.size() > kLongestLink) {
    reader.report("longer than " + std::to_string(kLongestLink) + " bytes; the rest is ignored");
    const std::size_t last = text.rfind('&', kLongestLink);  // cuts at the end of a pair
    text = text.substr(0, last == std::string_view::npos ? 0 : last);
  }
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('&'), text.size());
    if (end > 0) reader.read(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return reader.finish();
}

std::string print_link(const LinkState& state) {
  std::string text;
  for (const LinkKey& key : link_keys()) {
    const std::string value = key.text(state);
    if (value.empty()) continue;
    text += (text.empty() ? "" : "&") + std::string(key.name) + "=" + encode(value);
  }
  // Nothing but where it is shown: no word about the default strategy.
  if (text == kDefaultPair) return {};
  return text == kDefaultPair + "&embed=1" ? "embed=1" : text;
}

bool is_from_before_keel(std::string_view text) {
  if (text.starts_with('#')) text.remove_prefix(1);
  bool has_key = false;
  while (!text.empty()) {
    const std::string_view pair = text.substr(0, text.find('&'));
    const std::string_view name = pair.substr(0, pair.find('='));
    if (name == "strategy" || name == "effort") return false;
    for (const Stage& stage : stages()) {  // deepseek's; but keel keeps copies apart, too
      if (name == stage.name && pair != "apart=exchange") return false;
    }
    has_key |= name != "embed" && find_key(name) != link_keys().end();
    text.remove_prefix(std::min(pair.size() + 1, text.size()));
  }
  return has_key;
}

}  // namespace evenkeel
