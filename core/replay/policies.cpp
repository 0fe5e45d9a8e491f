#include "core/replay/policies.hpp"

#include <algorithm>
#include <array>
#include <charconv>

#include "core/base/find_named.hpp"
#include "core/base/numbers.hpp"
#include "core/base/text.hpp"
#include "core/batch/plans.hpp"

namespace evenkeel {
namespace {

constexpr double kDefaultMeanHalfLife = 50;

constexpr std::array kKinds = {
    PolicyKind{"last", PlansFrom::last, true, false, false,
               "the steps since the last plan, as engines do; :N is another number of last steps"},
    PolicyKind{"held", PlansFrom::first, false, false, false,
               "the steps before the first plan, then the placement stays"},
    PolicyKind{"ewma", PlansFrom::mean, false, true, false,
               "an exponential mean of all steps; :N is its half-life in steps"},
    PolicyKind{
        "mean_of_max", PlansFrom::mean_of_max, false, true, true,
        "many chunks of steps at once: the mean of their hottest GPUs is minimised, starting "
        "from the placement in force; :N is the half-life, :N:X also the price of a "
        "received slot"}};

// A decimal number from `least` to `most`, of digits and one point.
bool read_decimal(std::string_view text, double least, double most, double& out) {
  if (text.empty() || text.size() > 12) return false;
  std::uint64_t digits = 0;
  std::uint64_t scale = 1;
  bool has_digits = false;
  bool after_point = false;
  for (const char c : text) {
    if (c == '.' && !after_point) {
      after_point = true;
      continue;
    }
    if (c < '0' || c > '9') return false;
    has_digits = true;
    digits = 10 * digits + static_cast<std::uint64_t>(c - '0');
    if (after_point) scale *= 10;
  }
  const double value = static_cast<double>(digits) / static_cast<double>(scale);
  if (!has_digits || !(value >= least && value <= most)) return false;
  out = value;
  return true;
}

// The text up to the next `separator`, which is removed from `rest`.
std::string_view take_until(char separator, std::string_view& rest) {
  const std::size_t end = std::min(rest.find(separator), rest.size());
  const std::string_view part = rest.substr(0, end);
  rest.remove_prefix(std::min(end + 1, rest.size()));
  return part;
}

Status parse_policy(std::string_view text, Vocabulary words, ReplayPolicy& out) {
  std::string_view rest = text;
  const PolicyKind* kind = nullptr;
  if (Status s = find_named("policy", take_until(':', rest), kKinds, kind); !s.ok()) return s;
  const bool is_mean_of_max = kind->from == PlansFrom::mean_of_max;
  out = {kind->from, 0,
         is_mean_of_max        ? kDefaultHalfLife
         : kind->has_half_life ? kDefaultMeanHalfLife
                               : 0,
         is_mean_of_max ? kDefaultPrice : 0, std::string(text)};
  const auto wrong = [&](std::string_view what) {
    return Status::error(word_for(words, "policies") + ": " + in_quotes(text) + ": expected " +
                         std::string(what));
  };
  if (text.find(':') == std::string_view::npos) return {};
  if (kind->has_window) {
    std::uint64_t steps = 0;
    if (!parse_whole(rest, steps) || steps < 1 || steps > kMostWindow) {
      return wrong("1 to " + std::to_string(kMostWindow) + " last steps after the colon");
    }
    out.window = static_cast<std::int64_t>(steps);
    return {};
  }
  if (!kind->has_half_life) return wrong(std::string(kind->name) + " without a number");
  if (!read_decimal(take_until(':', rest), 1, kMostHalfLife, out.half_life)) {
    return wrong("a half-life of 1 to 1000000 steps after the colon");
  }
  if (rest.empty() && text.back() != ':') return {};
  if (!kind->has_price) return wrong("only a half-life after the name");
  if (!read_decimal(rest, 0, kMostPrice, out.price)) {
    return wrong("a price of 0 to 1 after the second colon, in units of the mean GPU load");
  }
  return {};
}

}  // namespace

std::span<const PolicyKind> policy_kinds() { return kKinds; }

Status parse_policies(std::string_view list, Vocabulary words, std::vector<ReplayPolicy>& out) {
  std::vector<ReplayPolicy> all;
  do {
    std::string_view text = take_until(',', list);
    while (text.starts_with(' ')) text.remove_prefix(1);
    ReplayPolicy policy;
    if (Status status = parse_policy(text, words, policy); !status.ok()) return status;
    for (const ReplayPolicy& known : all) {
      if (known.from == policy.from && known.window == policy.window &&
          known.half_life == policy.half_life && known.price == policy.price) {
        return Status::error(word_for(words, "policies") + ": " + in_quotes(text) + " is " +
                             in_quotes(known.name) + " again");
      }
    }
    all.push_back(std::move(policy));
    if (all.size() > kMostPolicies) {
      return Status::error(word_for(words, "policies") + " has more than " +
                           std::to_string(kMostPolicies) + " policies");
    }
  } while (!list.empty());
  out = std::move(all);
  return {};
}

ReplayPolicy no_balancer_policy() { return {PlansFrom::nothing, 0, 0, 0, "no balancer"}; }
ReplayPolicy given_policy() { return {PlansFrom::given, 0, 0, 0, "map"}; }

}  // namespace evenkeel
