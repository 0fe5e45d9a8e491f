// Parses and writes the text that names a synthetic trace, for example in a command line or a link. The input
// is untrusted.
#include <iterator>
#include <limits>
#include <string>

#include "core/base/text.hpp"
#include "core/traffic/synth.hpp"

namespace evenkeel {
namespace {

constexpr std::string_view kForm = "synth:PRESET[,seed=N,steps=N,skew=X]";

// Removes the text up to the next `mark` from `rest` and returns it; all of it if there is no mark.
std::string_view take_until(char mark, std::string_view& rest) {
  const std::string_view taken = rest.substr(0, rest.find(mark));
  rest.remove_prefix(taken.size() < rest.size() ? taken.size() + 1 : taken.size());
  return taken;
}

// Parses digits, optionally followed by a point and one to six decimals, as an exact number of millionths.
bool parse_millionths(std::string_view text, std::uint64_t& out) {
  constexpr std::size_t kPlaces = 6;
  const bool has_point = text.find('.') != std::string_view::npos;
  const std::string_view whole = take_until('.', text);
  if (text.size() > kPlaces || has_point == text.empty()) return false;
  std::string fraction(text);
  fraction.resize(kPlaces, '0');
  std::uint64_t ones = 0;
  std::uint64_t millionths = 0;
  if (!parse_whole(whole, ones) || !parse_whole(fraction, millionths)) return false;
  if (ones > kMaxSynthSkew / kOneSkew) return false;
  out = ones * kOneSkew + millionths;
  return true;
}

constexpr std::string_view kWhat = "synthetic trace";  // prefix of each error

// Reads one "key=value" into the spec; `seen` has a bit for each key that was read before.
Status parse_option(std::string_view option, unsigned& seen, SynthSpec& spec) {
  constexpr std::string_view kKeys[] = {"seed", "steps", "skew"};
  std::string_view value = option;
  const std::string_view key = take_until('=', value);
  unsigned number = 0;
  while (number < std::size(kKeys) && key != kKeys[number]) ++number;
  if (number == std::size(kKeys) || key.size() == option.size()) {
    return refuse(kWhat, "unknown option ", in_quotes(option),
                  "; expected seed=N, steps=N or skew=X");
  }
  if ((seen & (1u << number)) != 0) return refuse(kWhat, key, " is given twice; give it once");
  seen |= 1u << number;

  std::uint64_t parsed = 0;
  if (key == "seed") {
    if (!parse_whole(value, spec.seed)) {
      return refuse(kWhat, "seed=", in_quotes(value), "; expected a whole number from 0 to ",
                    std::numeric_limits<std::uint64_t>::max());
    }
  } else if (key == "steps") {
    if (!parse_whole(value, parsed) || parsed < 1 || parsed > kMaxSynthSteps) {
      return refuse(kWhat, "steps=", in_quotes(value), "; expected a whole number from 1 to ",
                    kMaxSynthSteps);
    }
    spec.steps = static_cast<std::int64_t>(parsed);
  } else {
    if (!parse_millionths(value, parsed) || parsed > kMaxSynthSkew) {
      return refuse(kWhat, "skew=", in_quotes(value), "; expected a number from 0 to ",
                    kMaxSynthSkew / kOneSkew, " with at most 6 decimals, such as 1.5");
    }
    spec.skew_millionths = static_cast<std::int32_t>(parsed);
  }
  return {};
}

}  // namespace

Status parse_synth(std::string_view text, SynthSpec& out) {
  if (!is_synth(text)) {
    return refuse(kWhat, in_quotes(text), " does not have the form ", kForm);
  }
  std::string_view rest = text.substr(kSynthPrefix.size());
  SynthSpec spec;
  const bool has_options = rest.find(',') != std::string_view::npos;
  const std::string_view name = take_until(',', rest);
  if (Status status = find_synth_preset(name, spec.preset); !status.ok()) {
    return refuse(kWhat, status);
  }
  unsigned seen = 0;
  for (bool more = has_options; more;) {
    more = rest.find(',') != std::string_view::npos;
    if (Status status = parse_option(take_until(',', rest), seen, spec); !status.ok()) {
      return status;
    }
  }
  out = spec;
  return {};
}

std::string synth_text(const SynthSpec& spec) {
  std::string text = std::string(kSynthPrefix) + std::string(spec.preset->name);
  if (spec.seed != 0) text += ",seed=" + std::to_string(spec.seed);
  if (spec.steps != kDefaultSynthSteps) text += ",steps=" + std::to_string(spec.steps);
  if (spec.skew_millionths != kOneSkew) {
    text += ",skew=" + std::to_string(spec.skew_millionths / kOneSkew);
    // The leading 1 keeps the zeros after it and is then replaced by the point.
    std::string fraction = std::to_string(kOneSkew + spec.skew_millionths % kOneSkew);
    fraction[0] = '.';
    fraction.resize(fraction.find_last_not_of('0') + 1);
    if (fraction.size() > 1) text += fraction;
  }
  return text;
}

}  // namespace evenkeel
