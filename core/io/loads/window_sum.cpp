#include "core/io/loads/window_sum.hpp"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <limits>
#include <numeric>
#include <type_traits>
#include <utility>

#include "core/base/text.hpp"
#include "core/batch/raw_steps.hpp"
#include "core/io/loads/loads_format.hpp"
#include "core/io/loads/slot_map.hpp"
#include "core/model/layers.hpp"

namespace evenkeel {
namespace {

constexpr std::int64_t kToTheEnd = std::numeric_limits<std::int64_t>::max();

// Limits the memory for the numbers of layers, of which kMaxLayers can be selected.
constexpr std::int64_t kMostCountedLayers = std::int64_t{1} << 20;

// From here to 2^32 a count looks like a counter of 32 bits that went a little below 0.
constexpr std::uint64_t kWrapped = (std::uint64_t{1} << 32) - (std::uint64_t{1} << 20);

bool is_possible(const Range& range) { return range.begin >= 0 && range.begin < range.end; }

Status resolve_step_range(std::string_view name, const Range& asked, std::int64_t steps,
                          Range& out) {
  out = asked;
  if (asked.end == kToTheEnd) out.end = steps;
  if (is_possible(out) && out.end <= steps) return {};
  const std::string end = asked.end == kToTheEnd ? "" : std::to_string(asked.end);
  if (asked.begin >= 0 && asked.begin >= asked.end) {
    return refuse(name, "steps ", asked.begin, ":", end,
                  " is an empty range; the first number must be below the second");
  }
  return refuse(name, "steps ", asked.begin, ":", end,
                " are not within the available steps 0:", steps);
}

// The hull of the wanted layers within 0:layers, all of which exist.
Range hull(const NumberList& wanted, std::int64_t first, std::int64_t layers) {
  const std::int64_t end = first + layers;
  return {std::clamp(wanted.pieces().front().begin, first, end),
          std::clamp(wanted.pieces().back().end, first, end)};
}

Status check_layer_count(std::string_view name, std::int64_t layers) {
  if (layers <= kMostCountedLayers) return {};
  return refuse(name, layers, " layers, but at most ", kMostCountedLayers, " can be counted");
}

Status check_kept(std::string_view name, std::int64_t layers, std::int64_t experts) {
  if (layers <= kMaxLayers) return {};
  if (const std::string swapped = swapped_axes(layers, experts); !swapped.empty()) {
    return refuse(name, swapped);
  }
  return refuse(name, layers, " layers, but at most ", kMaxLayers,
                " can be read at once; select a range of layers");
}

bool in(std::int64_t number, const Range& range) {
  return is_possible(range) && number >= range.begin && number < range.end;
}

}  // namespace

Status make_absolute(std::string_view name, std::string_view unit, std::int64_t have,
                     Range& range) {
  const std::string asked = range_text(range);
  for (std::int64_t* number : {&range.begin, &range.end}) {
    if (*number < -have) {
      return refuse(name, unit, " ", asked, " begin before the first of the ", have, " ", unit,
                    "; numbers below 0 count from the end");
    }
    if (*number < 0) *number += have;
  }
  if (range.begin < range.end) return {};
  return refuse(name, unit, " ", asked, " is an empty range; it has ", have, " ", unit);
}

Status check_experts(std::string_view name, std::int64_t experts) {
  if (experts <= kMaxExperts) return {};
  return refuse(name, experts, " experts, but at most ", kMaxExperts, " can be read");
}

Status resolve_window(std::string_view name, const ReadOptions& options, std::int64_t steps,
                      std::int64_t layers, std::int64_t experts, WindowShape& out) {
  out.numbers.clear();
  if (Status status = resolve_step_range(name, options.steps, steps, out.steps); !status.ok()) {
    return status;
  }
  if (Status status = check_layer_count(name, layers); !status.ok()) return status;
  if (!options.layers.is_all()) {
    std::vector<std::int32_t> have(static_cast<std::size_t>(layers));
    std::iota(have.begin(), have.end(), 0);
    if (Status s = check_wanted_layers(name, options.layers, have); !s.ok()) return s;
  }
  out.layers = hull(options.layers, 0, layers);
  out.experts = static_cast<std::int32_t>(experts);
  if (Status status = check_kept(name, out.kept_layers(), experts); !status.ok()) return status;
  return check_experts(name, experts);
}

template <class Sum>
Status round_window(std::string_view name, const WindowShape& shape, std::span<const Sum> sums,
                    Loads& out) {
  Loads loads;
  loads.layers = static_cast<std::int32_t>(shape.kept_layers());
  loads.experts = shape.experts;
  loads.first_layer = static_cast<std::int32_t>(shape.number(0));
  if (shape.number(loads.layers - 1) != loads.first_layer + loads.layers - 1) {
    loads.layer_numbers = shape.numbers;
  }
  loads.first_step = shape.steps.begin;
  loads.steps = shape.steps.end - shape.steps.begin;
  loads.source = shown_name(name);
  loads.values.resize(sums.size());
  for (std::size_t i = 0; i < sums.size(); ++i) {
    if constexpr (std::is_same_v<Sum, double>) {
      if (!(sums[i] < kInfiniteBinary32)) {
        const auto cell = static_cast<std::int64_t>(i);
        return refuse(name, "layer ", shape.number(cell / shape.experts), ", expert ",
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

std::string describe_step(const Place& place) {
  return "step " + std::to_string(place.recorded_step < 0 ? place.step : place.recorded_step);
}

std::string describe(const Place& place) {
  std::string text = describe_step(place) + ", layer " + std::to_string(place.layer);
  if (place.line > 0) text = "line " + std::to_string(place.line) + " (" + text + ")";
  return text;
}

std::string describe(const Place& place, std::int64_t expert, std::string_view unit) {
  std::string text = describe_step(place) + ", layer " + std::to_string(place.layer) + ", " +
                     std::string(unit) + " " + std::to_string(expert);
  if (place.line > 0) {
    text = "line " + std::to_string(place.line) + ", column " +
           std::to_string(place.first_column + expert) + " (" + text + ")";
  }
  return text;
}

Status refuse_load(std::string_view name, const Place& place, std::int64_t expert, double load,
                   std::string_view unit) {
  // Whole numbers below this are printed in full, as they stand in the file.
  constexpr double kExact = 1e15;
  const bool whole = load == std::floor(load) && std::fabs(load) < kExact;
  return refuse(name, describe(place, expert, unit), ": load ",
                whole ? std::to_string(static_cast<std::int64_t>(load)) : number_text(load), " is ",
                std::isfinite(load) ? "negative (a counter may have wrapped)" : "not finite",
                "; loads must be finite and at least 0");
}

Status refuse_overflow(std::string_view name, const Place& place, std::int64_t expert) {
  return refuse(name, describe(place, expert), ": the sum of the loads up to here is above ",
                std::numeric_limits<std::uint64_t>::max(), "; select fewer steps");
}

bool WindowSum::may_be_wrapped(std::uint64_t sum) { return sum >= kWrapped; }

void WindowSum::look_at(const Place& place, std::int64_t expert, std::uint64_t count) {
  if (count < kWrapped || count > std::numeric_limits<std::uint32_t>::max() || !wrapped_.empty()) {
    return;
  }
  wrapped_ = shown_name(name_) + ": " + describe(place, expert) + ": " + std::to_string(count) +
             " is just below 2^32; a counter may have gone below 0";
}

WindowSum::WindowSum(const ReadOptions& options) : options_(options) {
  if (options.moe_layers) moe_layers_ = options.moe_layers->first(kMaxLayers);
}

void WindowSum::begin_file(std::string_view name, Join join, bool leaves_out_zeros) {
  if (files_ > 1) steps_differ_ = steps_differ_ || steps_ != most_steps_;
  most_steps_ = all_steps();
  by_ranks_ = join == Join::ranks;
  first_step_ = by_ranks_ ? 0 : most_steps_;
  ++files_;
  steps_ = 0;
  name_ = name;
  leaves_out_zeros_ = leaves_out_zeros;
}

std::int64_t WindowSum::all_steps() const { return std::max(most_steps_, first_step_ + steps_); }

// An impossible range keeps nothing; finish(), which knows the size of the recording, reports it.
bool WindowSum::keeps(const Place& place) const {
  return in(first_step_ + place.step, options_.steps) && options_.layers.contains(place.layer);
}

// Rows have the same number of experts, except where trailing zeros may have been left out.
Status WindowSum::check_width(const Place& place, std::int64_t experts) {
  if (experts == 0) return refuse(name_, describe(place), ": no experts; expected at least one");
  const bool matches = leaves_out_zeros_ ? experts <= experts_ : experts == experts_;
  if (fixed_experts_ && !matches) {
    return refuse(name_, describe(place), ": ", several(experts, "expert"), ", but ",
                  width_of_ == shown_name(name_) ? "" : width_of_ + ", ", first_row_, " has ",
                  experts_, "; select layers of one width, a run for each");
  }
  if (fixed_experts_) return {};
  if (Status status = check_experts(name_, experts); !status.ok()) return status;
  if (leaves_out_zeros_) {
    experts_ = std::max(experts_, experts);
    return {};
  }
  if (experts < experts_) {
    return refuse(name_, describe(place), ": ", several(experts, "expert"),
                  ", but the files before it have ", experts_);
  }
  experts_ = experts;
  fixed_experts_ = true;
  first_row_ = describe(place);
  width_of_ = shown_name(name_);
  return {};
}

Status WindowSum::row_of(const Place& place, std::size_t experts, Row*& out) {
  if (next_row_ >= rows_.size() || rows_[next_row_].layer != place.layer) {
    const auto found =
        std::lower_bound(rows_.begin(), rows_.end(), place.layer,
                         [](const Row& row, std::int64_t layer) { return row.layer < layer; });
    next_row_ = static_cast<std::size_t>(found - rows_.begin());
    if (found == rows_.end() || found->layer != place.layer) {
      if (rows_.size() == static_cast<std::size_t>(kMaxLayers)) {
        return refuse(name_, describe(place), ": more than ", kMaxLayers,
                      " layers, the most that can be read at once; select a range of layers");
      }
      rows_.insert(found, Row{static_cast<std::int32_t>(place.layer), {}, {}});
    }
  }
  Row& row = rows_[next_row_++];
  if (row.whole.size() < experts) {
    row.whole.resize(experts);
    row.real.resize(experts);
  }
  out = &row;
  return {};
}

// Finds the row of the map by the layer's number where the map has numbers, else by the order of the layers in the step.
Status WindowSum::fold(const Place& place, std::span<const Number> slots) {
  const SlotMap& map = *options_.counted_under;
  std::int64_t row = std::ssize(open_layers_) - 1;
  if (map.has_numbers()) {
    const auto at = static_cast<std::size_t>(place.layer);
    if (options_.moe_layers && at >= moe_layers_.size()) {
      return refuse(name_, describe(place), ": --moe-layers ", options_.moe_layers->text(),
                    " has no number for it");
    }
    const std::int64_t number = options_.moe_layers ? moe_layers_[at] : place.layer;
    row = map.row_of(number);
    const bool empty = std::all_of(slots.begin(), slots.end(),
                                   [](const Number& count) { return count.real == 0; });
    if (row < 0 && empty && std::ssize(slots) == map.slots()) {  // as of dense layers
      folded_.assign(static_cast<std::size_t>(map.experts()), Number{0, 0, true});
      return {};
    }
    if (row < 0) {
      return refuse(name_, describe(place),
                    ": the map under which slots were counted has no layer ", number,
                    options_.moe_layers
                        ? "; expected a map of all layers with load"
                        : "; say with --moe-layers which layers of the model the rows are, or give "
                          "a map of all layers with load");
    }
  } else if (map.layers() > 1 && row > 0 &&
             open_layers_[static_cast<std::size_t>(row) - 1] >= place.layer) {
    return refuse(name_, describe(place), " comes after layer ",
                  open_layers_[static_cast<std::size_t>(row) - 1],
                  "; sort the layers of a step, because the map has no numbers of layers");
  }
  return map.fold(name_, place, row, slots, folded_);
}

Status WindowSum::add_row(const Place& place, std::span<const Number> row) {
  // Layers that were not selected may have another width, but in a file that leaves out zeros all say how many experts
  // there are, unless a map does. With an impossible range, which finish() reports, all are checked.
  const bool unchecked = !options_.layers.contains(place.layer);
  open_layers_.push_back(place.layer);
  open_recorded_step_ = place.recorded_step;
  if (options_.find_dense_layers && !is_loaded(place.layer) &&
      std::any_of(row.begin(), row.end(), [](const Number& number) { return number.real != 0; })) {
    mark_loaded(place.layer);
  }
  if (unchecked && (!leaves_out_zeros_ || folds())) return {};
  if (folds()) {
    if (Status status = fold(place, row); !status.ok()) return status;
    row = folded_;
  }
  if (Status s = check_width(place, std::ssize(row)); !s.ok()) return s;
  if (!keeps(place)) return {};

  Row* sums = nullptr;
  if (Status status = row_of(place, row.size(), sums); !status.ok()) return status;
  for (std::size_t e = 0; e < row.size(); ++e) {
    const Number& number = row[e];
    if (!(number.real >= 0) || std::isinf(number.real)) {
      return refuse_load(name_, place, static_cast<std::int64_t>(e), number.real);
    }
    all_whole_ = all_whole_ && number.is_whole;
    look_at(place, static_cast<std::int64_t>(e), number.whole);
    sums->real[e] += number.real;
    sums->whole[e] += number.whole;
    if (sums->whole[e] < number.whole && overflow_.ok()) {
      overflow_ = refuse_overflow(name_, place, static_cast<std::int64_t>(e));
    }
  }
  if (!options_.row) return {};
  Place of_all = place;
  of_all.step += first_step_;
  options_.row(of_all, row);
  return {};
}

Status WindowSum::check_layers() {
  const auto have = std::ssize(open_layers_);
  const auto want = std::ssize(layers_);
  if (have != want) {
    const bool same_file = layers_of_ == shown_name(name_);
    return refuse(name_, "step ", steps_, ": ", several(have, "layer"), ", but ",
                  same_file ? "" : layers_of_ + ", ", "step 0 has ", want);
  }
  std::sort(open_layers_.begin(), open_layers_.end());
  const auto [a, b] = std::mismatch(layers_.begin(), layers_.end(), open_layers_.begin());
  if (a == layers_.end()) return {};
  return refuse(name_, "step ", steps_, " has layer ", *b, ", where the first step",
                layers_of_ == shown_name(name_) ? "" : " of " + layers_of_, " has layer ", *a);
}

Status WindowSum::end_step() {
  if (open_layers_.empty() && !leaves_out_zeros_) {
    return refuse(name_, "step ", steps_, ": no layers; expected at least one");
  }
  watch_ranks();
  if (layers_.empty()) {
    layers_ = open_layers_;
    layers_of_ = shown_name(name_);
    std::sort(layers_.begin(), layers_.end());
    const auto twice = std::adjacent_find(layers_.begin(), layers_.end());
    if (twice != layers_.end()) {
      return refuse(name_, "step ", steps_, " has layer ", *twice, " twice");
    }
  } else if (leaves_out_zeros_) {
    for (const std::int64_t layer : open_layers_) {
      const auto at = std::lower_bound(layers_.begin(), layers_.end(), layer);
      if (at == layers_.end() || *at != layer) layers_.insert(at, layer);
    }
  } else if (Status status = check_layers(); !status.ok()) {
    return status;
  }
  if (folds() && options_.counted_under->layers() > 1 && !options_.counted_under->has_numbers() &&
      options_.counted_under->layers() != std::ssize(open_layers_)) {
    return refuse(name_, "step ", steps_, ": ", several(std::ssize(open_layers_), "layer"),
                  ", but the map has ", options_.counted_under->layers());
  }
  open_layers_.clear();
  next_row_ = 0;
  ++steps_;
  return {};
}

// Files of ranks are added up step by step. Where one lacks a step, the steps after it meet others.
void WindowSum::watch_ranks() {
  if (!by_ranks_) return;
  if (files_ == 1) {
    steps_of_first_.push_back(open_recorded_step_);
  } else if (static_cast<std::size_t>(steps_) < steps_of_first_.size() &&
             steps_of_first_[static_cast<std::size_t>(steps_)] != open_recorded_step_) {
    steps_differ_ = true;
  }
}

Status WindowSum::begin_array(std::int64_t steps, std::int64_t first_layer, std::int64_t layers,
                              std::int64_t experts, WindowShape& part) {
  if (Status status = check_layer_count(name_, layers); !status.ok()) return status;
  Place first;
  first.layer = first_layer;
  if (Status status = check_width(first, experts); !status.ok()) return status;
  for (std::int64_t i = 0; i < layers; ++i) open_layers_.push_back(first_layer + i);
  if (layers_.empty()) {
    layers_ = open_layers_;
    layers_of_ = shown_name(name_);
  } else if (Status status = check_layers(); !status.ok()) {
    return status;
  }
  open_layers_.clear();
  steps_ = steps;
  const auto clip = [](std::int64_t value, std::int64_t least, std::int64_t most) {
    return std::min(std::max(value, least), most);
  };
  part = {};
  part.experts = static_cast<std::int32_t>(experts);
  const Range wanted = is_possible(options_.steps) ? options_.steps : Range{0, 0};
  part.steps.begin = clip(wanted.begin - first_step_, 0, steps);
  part.steps.end = clip(wanted.end == kToTheEnd ? steps : wanted.end - first_step_, 0, steps);
  part.layers = hull(options_.layers, first_layer, layers);
  return check_kept(name_, part.kept_layers(), experts);
}

template <class Sum>
Status WindowSum::add_sums(const WindowShape& part, std::span<const Sum> sums) {
  const auto experts = static_cast<std::size_t>(part.experts);
  for (std::int64_t i = 0; i < part.kept_layers(); ++i) {
    Place place;
    place.layer = part.number(i);
    if (!options_.layers.contains(place.layer)) continue;
    Row* row = nullptr;
    if (Status status = row_of(place, experts, row); !status.ok()) return status;
    const Sum* const added = sums.data() + static_cast<std::size_t>(i) * experts;
    for (std::size_t e = 0; e < experts; ++e) {
      row->real[e] += static_cast<double>(added[e]);
      if constexpr (std::is_same_v<Sum, double>) {
        all_whole_ = false;
      } else {
        row->whole[e] += added[e];
        if (row->whole[e] < added[e] && overflow_.ok()) {
          overflow_ = refuse_overflow(name_, place, static_cast<std::int64_t>(e));
        }
      }
    }
  }
  return {};
}

template Status WindowSum::add_sums(const WindowShape&, std::span<const std::uint64_t>);
template Status WindowSum::add_sums(const WindowShape&, std::span<const double>);

Status WindowSum::finish(std::string_view name, Loads& out) const {
  if (layers_.empty()) return refuse(name, "no loads");
  WindowShape shape;
  Status status = resolve_step_range(name, options_.steps, all_steps(), shape.steps);
  if (!status.ok()) return status;
  const bool unequal_ranks = by_ranks_ && files_ > 1 && (steps_differ_ || steps_ != most_steps_);
  if (unequal_ranks && options_.steps != Range()) {
    return refuse(
        name,
        "the files of ranks have different steps, so a range of them is not the same in all; ",
        "select all steps, or join the files by time if they follow each other");
  }
  const std::vector<std::int32_t> have(layers_.begin(), layers_.end());
  status = check_wanted_layers(name, options_.layers, have);
  if (!status.ok()) return status;
  std::copy_if(have.begin(), have.end(), std::back_inserter(shape.numbers),
               [&](std::int32_t layer) { return options_.layers.contains(layer); });
  status = check_kept(name, shape.kept_layers(), experts_);
  if (!status.ok()) return status;
  shape.experts = static_cast<std::int32_t>(experts_);
  if (all_whole_ && !overflow_.ok()) return overflow_;

  const auto flat = [&](auto member) {
    std::vector<typename std::decay_t<decltype(std::declval<Row>().*member)>::value_type> sums(
        shape.cells());
    for (const Row& row : rows_) {
      const auto at = std::lower_bound(shape.numbers.begin(), shape.numbers.end(), row.layer);
      const auto& from = row.*member;
      std::copy(from.begin(), from.end(),
                sums.begin() + (at - shape.numbers.begin()) * std::ptrdiff_t{shape.experts});
    }
    return sums;
  };
  status = all_whole_
               ? round_window(name, shape, std::span<const std::uint64_t>(flat(&Row::whole)), out)
               : round_window(name, shape, std::span<const double>(flat(&Row::real)), out);
  if (!status.ok()) return status;
  if (!wrapped_.empty()) out.warnings.push_back(wrapped_);
  if (unequal_ranks) {
    out.warnings.push_back(
        "the files of ranks have different steps; their sum is right, but if the files follow each "
        "other in time, join "
        "them by time");
  }
  out.recorded_layers = have;
  if (options_.find_dense_layers) {
    std::set_difference(have.begin(), have.end(), loaded_.begin(), loaded_.end(),
                        std::back_inserter(out.dense_layers));
    if (out.dense_layers.size() == have.size()) out.dense_layers.clear();
  }
  out.numbered = says_numbers(out);
  return status;
}

void WindowSum::mark_loaded(std::int64_t layer) {
  const auto at = std::lower_bound(loaded_.begin(), loaded_.end(), layer);
  if (at == loaded_.end() || *at != layer) loaded_.insert(at, layer);
}

bool WindowSum::is_loaded(std::int64_t layer) const {
  return std::binary_search(loaded_.begin(), loaded_.end(), layer);
}

Status ReadProgress::report(std::size_t consumed) {
  reported_ = consumed;
  if (!options_.progress || options_.progress(consumed)) return {};
  return refuse(name_, Status::stopped());
}

}  // namespace evenkeel
