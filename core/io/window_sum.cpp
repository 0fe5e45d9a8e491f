#include "core/io/window_sum.hpp"

#include <cmath>
#include <limits>
#include <type_traits>
#include <utility>

#include "core/base/text.hpp"
#include "core/batch/raw_steps.hpp"

namespace evenkeel {
namespace {

constexpr std::int64_t kToTheEnd = std::numeric_limits<std::int64_t>::max();

bool is_possible(const Range& range) { return range.begin >= 0 && range.begin < range.end; }

Status resolve_range(std::string_view name, std::string_view unit, const Range& asked,
                     std::int64_t have, Range& out) {
  out = asked;
  if (asked.end == kToTheEnd) out.end = have;
  if (is_possible(out) && out.end <= have) return {};
  const std::string end = asked.end == kToTheEnd ? "" : std::to_string(asked.end);
  if (asked.begin >= 0 && asked.begin >= asked.end) {
    return refuse(name, unit, " ", asked.begin, ":", end,
                  " is an empty range; the first number must be below the second");
  }
  return refuse(name, unit, " ", asked.begin, ":", end, " are not within the available ", unit,
                " 0:", have);
}

}  // namespace

Status check_experts(std::string_view name, std::int64_t experts) {
  if (experts <= kMaxExperts) return {};
  return refuse(name, experts, " experts, but at most ", kMaxExperts, " can be read");
}

Status resolve_window(std::string_view name, const ReadOptions& options, std::int64_t steps,
                      std::int64_t layers, std::int64_t experts, WindowShape& out) {
  if (Status status = resolve_range(name, "steps", options.steps, steps, out.steps); !status.ok()) {
    return status;
  }
  if (layers > std::numeric_limits<std::int32_t>::max()) {
    return refuse(name, layers, " layers, but at most ", std::numeric_limits<std::int32_t>::max(),
                  " can be counted");
  }
  if (Status status = resolve_range(name, "layers", options.layers, layers, out.layers);
      !status.ok()) {
    return status;
  }
  if (out.kept_layers() > kMaxLayers) {
    return refuse(name, out.kept_layers(), " layers, but at most ", kMaxLayers,
                  " can be read at once; select a range of layers");
  }
  out.experts = static_cast<std::int32_t>(experts);
  return check_experts(name, experts);
}

template <class Sum>
Status round_window(std::string_view name, const WindowShape& shape, std::span<const Sum> sums,
                    Loads& out) {
  Loads loads;
  loads.layers = static_cast<std::int32_t>(shape.kept_layers());
  loads.experts = shape.experts;
  loads.first_layer = static_cast<std::int32_t>(shape.layers.begin);
  loads.steps = shape.steps.end - shape.steps.begin;
  loads.source = shown_name(name);
  loads.values.resize(sums.size());
  for (std::size_t i = 0; i < sums.size(); ++i) {
    if constexpr (std::is_same_v<Sum, double>) {
      if (!(sums[i] < kInfiniteBinary32)) {
        const auto cell = static_cast<std::int64_t>(i);
        return refuse(name, "layer ", shape.layers.begin + cell / shape.experts, ", expert ",
                      cell % shape.experts, ": the sum of ", loads.steps, " steps, ", sums[i],
                      ", is above the largest binary32 number, 3.40282347e+38");
      }
    }
    loads.values[i] = static_cast<float>(sums[i]);
  }
  out = std::move(loads);
  return {};
}

template Status round_window(std::string_view, const WindowShape&, std::span<const std::uint64_t>,
                             Loads&);
template Status round_window(std::string_view, const WindowShape&, std::span<const double>, Loads&);

std::string describe(const Place& place) {
  std::string text =
      "step " + std::to_string(place.step) + ", layer " + std::to_string(place.layer);
  if (place.line > 0) text = "line " + std::to_string(place.line) + " (" + text + ")";
  return text;
}

std::string describe(const Place& place, std::int64_t expert) {
  std::string text = "step " + std::to_string(place.step) + ", layer " +
                     std::to_string(place.layer) + ", expert " + std::to_string(expert);
  if (place.line > 0) {
    text = "line " + std::to_string(place.line) + ", column " +
           std::to_string(place.first_column + expert) + " (" + text + ")";
  }
  return text;
}

Status refuse_load(std::string_view name, const Place& place, std::int64_t expert, double load) {
  return refuse(name, describe(place, expert), ": load ", load, " is ",
                std::isfinite(load) ? "negative" : "not finite",
                "; loads must be finite and at least 0");
}

Status refuse_overflow(std::string_view name, const Place& place, std::int64_t expert) {
  return refuse(name, describe(place, expert), ": the sum of the loads up to here is above ",
                std::numeric_limits<std::uint64_t>::max(), "; select fewer steps");
}

WindowSum::WindowSum(std::string_view name, const ReadOptions& options)
    : name_(name), options_(options) {}

// An impossible range keeps nothing; finish(), which knows the size of the file, reports it.
bool WindowSum::keeps(const Place& place) const {
  const auto in = [](std::int64_t number, const Range& range) {
    return is_possible(range) && number >= range.begin && number < range.end;
  };
  return in(place.step, options_.steps) && in(place.layer, options_.layers);
}

Status WindowSum::add_row(const Place& place, std::span<const Number> row) {
  const auto experts = static_cast<std::int64_t>(row.size());
  if (experts_ == 0) {
    if (experts == 0) return refuse(name_, describe(place), ": no experts; expected at least one");
    if (Status status = check_experts(name_, experts); !status.ok()) return status;
    experts_ = experts;
    first_row_ = place;
  } else if (experts != experts_) {
    return refuse(name_, describe(place), ": ", several(experts, "expert"), ", but ",
                  describe(first_row_), " has ", experts_);
  }
  if (!keeps(place)) return {};

  const std::int64_t kept_layer = place.layer - options_.layers.begin;
  if (kept_layer >= kMaxLayers) {
    return refuse(name_, describe(place), ": more than ", kMaxLayers,
                  " layers, the most that can be read at once; select a range of layers");
  }
  const std::size_t first = static_cast<std::size_t>(kept_layer) * row.size();
  if (whole_sums_.size() < first + row.size()) {
    whole_sums_.resize(first + row.size());
    real_sums_.resize(first + row.size());
  }
  for (std::size_t e = 0; e < row.size(); ++e) {
    const Number& number = row[e];
    if (!(number.real >= 0) || std::isinf(number.real)) {
      return refuse_load(name_, place, static_cast<std::int64_t>(e), number.real);
    }
    all_whole_ = all_whole_ && number.is_whole;
    real_sums_[first + e] += number.real;
    whole_sums_[first + e] += number.whole;
    if (whole_sums_[first + e] < number.whole && overflow_.ok()) {
      overflow_ = refuse_overflow(name_, place, static_cast<std::int64_t>(e));
    }
  }
  if (options_.row) options_.row(place, row);
  return {};
}

Status WindowSum::end_step(std::int64_t layers) {
  if (steps_ == 0) layers_ = layers;
  if (layers == 0) return refuse(name_, "step ", steps_, ": no layers; expected at least one");
  if (layers != layers_) {
    return refuse(name_, "step ", steps_, ": ", several(layers, "layer"), ", but step 0 has ",
                  layers_);
  }
  ++steps_;
  return {};
}

Status WindowSum::finish(Loads& out) const {
  WindowShape shape;
  if (Status status = resolve_window(name_, options_, steps_, layers_, experts_, shape);
      !status.ok()) {
    return status;
  }
  if (!all_whole_) return round_window(name_, shape, std::span<const double>(real_sums_), out);
  if (!overflow_.ok()) return overflow_;
  return round_window(name_, shape, std::span<const std::uint64_t>(whole_sums_), out);
}

Status ReadProgress::report(std::size_t consumed) {
  reported_ = consumed;
  if (!options_.progress || options_.progress(consumed)) return {};
  return refuse(name_, Status::stopped());
}

}  // namespace evenkeel
