#include "core/link.hpp"

#include <algorithm>
#include <functional>
#include <utility>

#include "core/example.hpp"
#include "core/synth.hpp"
#include "core/text.hpp"

namespace evenkeel {
namespace {

constexpr std::size_t kLongestValue = 256;
constexpr std::size_t kLongestFile = 160;
constexpr std::size_t kLongestPanel = 32;
constexpr std::int32_t kLargestLayer = 65535;   // as the readers of loads count
constexpr std::int32_t kLargestStep = 1 << 20;  // of one row's algorithm there are far fewer
constexpr std::string_view kPolicies[] = {"auto", "hierarchical", "global"};  // as enumerated
constexpr std::string_view kThemes[] = {"dark", "light"};

// One key: how its value is read, and written; "" where it has its default.
struct Key {
  std::string_view name;
  std::function<Status(std::string_view value, LinkState& state)> read;
  std::function<std::string(const LinkState& state)> text;
  bool is_option = true;  // of the command; else only the page knows it
};

// What is wrong with a value, behind the name of its key.
template <class... Parts>
Status refuse_value(std::string_view value, const Parts&... parts) {
  return refuse(in_quotes(value), parts...);
}

Status read_number(std::string_view value, std::int32_t least, std::int32_t most,
                   std::int32_t& out) {
  std::uint64_t number = 0;
  const auto end = static_cast<std::uint64_t>(most);
  if (!parse_whole(value, number) || number < static_cast<std::uint64_t>(least) || number > end) {
    return refuse_value(value, "expected a whole number from ", least, " to ", most);
  }
  out = static_cast<std::int32_t>(number);
  return {};
}

Key number_key(std::string_view name, std::optional<std::int32_t> LinkState::*member,
               std::int32_t least, std::int32_t most, bool is_option = true) {
  return {name,
          [=](std::string_view value, LinkState& state) {
            std::int32_t number = 0;
            const Status status = read_number(value, least, most, number);
            if (status.ok()) state.*member = number;
            return status;
          },
          [=](const LinkState& state) {
            return state.*member ? std::to_string(*(state.*member)) : std::string();
          },
          is_option};
}

Key word_key(std::string_view name, std::string LinkState::*member, const std::string& default_word,
             std::function<Status(std::string_view value)> check, bool is_option = true) {
  return {name,
          [member, check = std::move(check)](std::string_view value, LinkState& state) {
            const Status status = check(value);
            if (status.ok()) state.*member = value;
            return status;
          },
          [=](const LinkState& state) {
            return state.*member == default_word ? std::string() : state.*member;
          },
          is_option};
}

Key stage_key(std::size_t stage) {
  const std::string_view name = stages()[stage].name;
  return {name,
          [=](std::string_view value, LinkState& state) {
            Rules rules;
            const Status status = set_rule(name, value, rules);
            if (status.ok()) state.stage_rules[stage] = value;
            return status;
          },
          [=](const LinkState& state) { return state.stage_rules[stage]; }};
}

Status check_word(std::string_view value, std::span<const std::string_view> words) {
  std::string known;
  for (const std::string_view word : words) {
    if (value == word) return {};
    known += (known.empty() ? "" : ", ") + std::string(word);
  }
  return refuse_value(value, "expected one of ", known);
}

Status check_loads_word(std::string_view value) {
  SynthSpec spec;
  if (value == kExampleName) return {};
  if (is_synth(value)) return parse_synth(value, spec);
  return refuse_value(value, "a link can name synth:PRESET or ", kExampleName,
                      "; open a file by hand");
}

// The name of a file that the reader of the link does not have: shown, and quoted in the command.
Status check_file(std::string_view value) {
  const auto is_hostile = [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; };
  if (!value.empty() && value.size() <= kLongestFile &&
      std::none_of(value.begin(), value.end(), is_hostile)) {
    return {};
  }
  return refuse_value(value, "expected a file's name of 1 to ", kLongestFile,
                      " bytes without control characters");
}

Status check_strategy(std::string_view value) {
  const Strategy* found = nullptr;
  return find_strategy(value, found);
}

Status check_panel(std::string_view value) {
  constexpr std::string_view kLetters = "abcdefghijklmnopqrstuvwxyz0123456789-_";
  if (!value.empty() && value.size() <= kLongestPanel &&
      value.find_first_not_of(kLetters) == std::string_view::npos) {
    return {};
  }
  return refuse_value(value, "expected a word of small letters and digits, at most ",
                      kLongestPanel);
}

Status read_steps(std::string_view value, LinkState& state) {
  if (parse_range(value, state.steps)) return {};
  return refuse_value(value, "expected a range A:B, for example 300:600");
}

Status read_policy(std::string_view value, LinkState& state) {
  const Status status = check_word(value, kPolicies);
  if (!status.ok()) return status;
  const auto found = std::find(std::begin(kPolicies), std::end(kPolicies), value);
  state.policy = static_cast<Policy>(found - std::begin(kPolicies));
  return {};
}

Status read_seed(std::string_view value, LinkState& state) {
  if (parse_whole(value, state.seed)) return {};
  return refuse_value(value, "expected a whole number from 0 to 18446744073709551615");
}

std::string text_unless(std::uint64_t value, std::uint64_t usual) {
  return value == usual ? std::string() : std::to_string(value);
}

// All keys, in the order in which they are printed.
std::vector<Key> make_keys() {
  const LinkState usual;
  std::vector<Key> keys = {
      word_key("loads", &LinkState::loads, usual.loads, check_loads_word),
      word_key("file", &LinkState::file, "", check_file),
      {"steps", read_steps,
       [](const LinkState& s) { return s.steps == Range() ? "" : range_text(s.steps); }},
      number_key("gpus", &LinkState::gpus, 1, kMaxGpus),
      number_key("slots", &LinkState::slots, 1, kMaxSlots),
      number_key("redundant", &LinkState::redundant, 0, kMaxSlots),
      number_key("nodes", &LinkState::nodes, 1, kMaxGpus),
      number_key("groups", &LinkState::groups, 1, kMaxExperts),
      {"policy", read_policy,
       [](const LinkState& s) {
         return s.policy == Policy::automatic
                    ? std::string()
                    : std::string(kPolicies[static_cast<std::size_t>(s.policy)]);
       }},
      word_key("strategy", &LinkState::strategy, usual.strategy, check_strategy),
  };
  for (std::size_t i = 0; i < stages().size(); ++i) keys.push_back(stage_key(i));
  keys.push_back({"seed", read_seed, [](const LinkState& s) { return text_unless(s.seed, 0); }});
  keys.push_back(
      {"layer",
       [](std::string_view value, LinkState& state) {
         return read_number(value, 0, kLargestLayer, state.layer);
       },
       [](const LinkState& s) { return text_unless(static_cast<std::uint64_t>(s.layer), 0); },
       false});
  keys.push_back(number_key("step", &LinkState::step, 0, kLargestStep, false));
  keys.push_back(word_key("panel", &LinkState::panel, "", check_panel, false));
  keys.push_back(word_key(
      "theme", &LinkState::theme, "",
      [](std::string_view value) { return check_word(value, kThemes); }, false));
  return keys;
}

const std::vector<Key>& keys() {
  static const std::vector<Key> all = make_keys();
  return all;
}

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
      return refuse_value(text.substr(i, 3), "expected % and two hexadecimal digits");
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

// Reads the pairs one by one; whatever is wrong becomes a problem and changes nothing.
class LinkReader {
 public:
  explicit LinkReader(std::vector<std::string>& problems) : problems_(problems) {}

  void read(std::string_view pair) {
    std::string name;
    std::string value;
    const std::size_t equals = pair.find('=');
    if (equals == std::string_view::npos) return report(pair, "expected key=value");
    if (const Status status = decode(pair.substr(0, equals), name); !status.ok()) {
      return report(pair.substr(0, equals), status.sentence());
    }
    const auto key = std::find_if(keys().begin(), keys().end(),
                                  [&](const Key& known) { return known.name == name; });
    if (key == keys().end()) return report(name, "unknown; the page ignores it");
    char& seen = seen_[static_cast<std::size_t>(key - keys().begin())];
    if (std::exchange(seen, 1) != 0) return report(name, "is given twice; the first one counts");
    Status status = decode(pair.substr(equals + 1), value);
    if (status.ok() && value.size() > kLongestValue) {
      status = refuse_value(value, "longer than ", kLongestValue, " bytes");
    }
    if (status.ok()) status = key->read(value, state_);
    if (!status.ok()) report(name, status.sentence());
  }

  // What the pairs say together.
  LinkState finish() {
    if (state_.slots && state_.redundant) {
      report("redundant", "goes not with slots; slots count");
      state_.redundant.reset();
    }
    Rules rules;
    if (const Status status = rules_of(state_, rules); !status.ok()) {
      report("stages", status.sentence());
      state_.stage_rules = LinkState().stage_rules;
    }
    return std::move(state_);
  }

  void report(std::string_view key, std::string_view what) {
    ++count_;
    if (count_ <= kMostLinkProblems) {
      problems_.push_back("link, " + in_quotes(key) + ": " + std::string(what));
    } else {
      problems_.back() = "link: " + std::to_string(count_ - kMostLinkProblems + 1) +
                         " more keys or values are wrong";
    }
  }

 private:
  LinkState state_;
  std::vector<std::string>& problems_;
  std::size_t count_ = 0;
  std::vector<char> seen_ = std::vector<char>(keys().size());  // whether the key came before
};

}  // namespace

LinkState parse_link(std::string_view text, std::vector<std::string>& problems) {
  problems.clear();
  LinkReader reader(problems);
  if (text.starts_with('#')) text.remove_prefix(1);
  if (text.size() > kLongestLink) {
    reader.report(text, "longer than 4096 bytes; the rest is ignored");
    text = text.substr(0, kLongestLink);
    text = text.substr(0, text.rfind('&') == std::string_view::npos ? 0 : text.rfind('&'));
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
  for (const Key& key : keys()) {
    const std::string value = key.text(state);
    if (value.empty()) continue;
    text += (text.empty() ? "" : "&") + std::string(key.name) + "=" + encode(value);
  }
  return text;
}

Status rules_of(const LinkState& state, Rules& out) {
  const Strategy* strategy = nullptr;
  if (Status status = find_strategy(state.strategy, strategy); !status.ok()) return status;
  Rules rules = strategy->rules;
  for (std::size_t i = 0; i < state.stage_rules.size(); ++i) {
    if (state.stage_rules[i].empty()) continue;
    if (Status status = set_rule(stages()[i].name, state.stage_rules[i], rules); !status.ok()) {
      return status;
    }
  }
  rules.seed = state.seed;
  if (Status status = check_rules(rules); !status.ok()) return status;
  out = rules;
  return {};
}

std::string command_line(const LinkState& state) {
  // A name that begins with a dash would be taken for an option.
  const std::string file = state.file.starts_with('-') ? "./" + state.file : state.file;
  std::string line = "evenkeel balance " + shell_word(file.empty() ? state.loads : file);
  for (const Key& key : keys()) {
    const std::string value = key.text(state);
    if (!key.is_option || value.empty() || key.name == "loads" || key.name == "file") continue;
    line += " --" + std::string(key.name) + " " + shell_word(value);
  }
  return line;
}

}  // namespace evenkeel
