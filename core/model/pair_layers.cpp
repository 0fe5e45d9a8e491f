#include "core/model/pair_layers.hpp"

#include <algorithm>
#include <cstddef>
#include <initializer_list>
#include <utility>

#include "core/base/number_list.hpp"
#include "core/base/text.hpp"
#include "core/model/layers.hpp"

namespace evenkeel {
namespace {

using Numbers = std::vector<std::int32_t>;

constexpr std::ptrdiff_t kNoRow = -1;

Numbers numbers_of(const LayerNumbers& numbers, std::int32_t layers) {
  Numbers all;
  for (std::size_t i = 0; i < static_cast<std::size_t>(layers); ++i) all.push_back(numbers[i]);
  return all;
}

// Where `wanted` stands in `numbers`, which ascend.
std::ptrdiff_t find_row(const Numbers& numbers, std::int32_t wanted) {
  const auto at = std::lower_bound(numbers.begin(), numbers.end(), wanted);
  return at != numbers.end() && *at == wanted ? at - numbers.begin() : kNoRow;
}

// The layers of the loads that are not dense, and of these those that `numbers` lacks.
Numbers missing_layers(const Loads& loads, const Numbers& numbers) {
  Numbers missing;
  for (std::size_t i = 0; i < static_cast<std::size_t>(loads.layers); ++i) {
    const std::int32_t number = loads.numbers()[i];
    if (!loads.numbers().is_dense(i) && find_row(numbers, number) == kNoRow)
      missing.push_back(number);
  }
  return missing;
}

bool is_initial(const Placement& placement, std::size_t row) {
  const auto slots = static_cast<std::size_t>(placement.slots);
  for (std::size_t slot = 0; slot < slots; ++slot) {
    const auto expert = static_cast<std::int32_t>(slot) % placement.experts;
    if (placement.phy2log[row * slots + slot] != expert) return false;
  }
  return true;
}

// The numbers of the rows that are not the initial placement, which stands for dense layers.
Numbers placed_layers(const Placement& placement, const Numbers& numbers) {
  Numbers placed;
  for (std::size_t row = 0; row < numbers.size(); ++row) {
    if (!is_initial(placement, row)) placed.push_back(numbers[row]);
  }
  return placed;
}

// Copies rows of the three arrays; a layer without a row gets the initial placement.
class Rows {
 public:
  explicit Rows(const Placement& from) : from_(from), to_(from) {
    to_.phy2log.clear();
    to_.logcnt.clear();
    to_.log2phy.clear();
  }

  void add(std::ptrdiff_t row) { row == kNoRow ? add_initial() : copy(row); }
  Placement take(const Loads& loads) {
    to_.counted = false;
    to_.layers = loads.layers;
    to_.first_layer = loads.first_layer;
    to_.layer_numbers = loads.layer_numbers;
    to_.order = LayerOrder::numbered;
    return std::move(to_);
  }

 private:
  void copy(std::ptrdiff_t row) {
    const auto append = [row](const Numbers& from, std::ptrdiff_t width, Numbers& to) {
      to.insert(to.end(), from.begin() + row * width, from.begin() + (row + 1) * width);
    };
    append(from_.phy2log, from_.slots, to_.phy2log);
    append(from_.logcnt, from_.experts, to_.logcnt);
    append(from_.log2phy, from_.slots, to_.log2phy);
  }

  void add_initial() {
    for (std::int32_t slot = 0; slot < from_.slots; ++slot) {
      to_.phy2log.push_back(slot % from_.experts);
    }
    for (std::int32_t expert = 0; expert < from_.experts; ++expert) {
      std::int32_t copies = 0;
      for (std::int32_t slot = expert; slot < from_.slots; slot += from_.experts) {
        to_.log2phy.push_back(slot);
        ++copies;
      }
      to_.logcnt.push_back(copies);
    }
  }

  const Placement& from_;
  Placement to_;
};

// The rows for the layers of the loads, by number.
void take_rows(const Numbers& numbers, const Loads& loads, Placement& placement) {
  Rows rows(placement);
  for (std::size_t i = 0; i < static_cast<std::size_t>(loads.layers); ++i) {
    rows.add(find_row(numbers, loads.numbers()[i]));
  }
  placement = rows.take(loads);
}

// The layers of a placement that the loads have, too.
Numbers in_both(const Numbers& theirs, const Loads& loads) {
  const Numbers wanted = numbers_of(loads.numbers(), loads.layers);
  Numbers both;
  std::set_intersection(theirs.begin(), theirs.end(), wanted.begin(), wanted.end(),
                        std::back_inserter(both));
  return both;
}

// Both numbers only count rows, which must be those of one recording.
Status pair_rows_with_rows(std::string_view name, const Numbers& theirs, Placement& placement,
                           const Loads& loads) {
  if (missing_layers(loads, theirs).empty()) {
    take_rows(theirs, loads, placement);
    return {};
  }
  const Numbers both = in_both(theirs, loads);
  return refuse(
      name, "places rows ", numbers_text(theirs),
      " of a recording without layer numbers, but the loads are rows ",
      numbers_text(numbers_of(loads.numbers(), loads.layers)),
      both.empty() ? ": no row is in both"
                   : "; select rows that are in both with --layers " + NumberList::of(both).text());
}

// For loads whose numbers only count rows.
Status pair_with_rows(std::string_view name, const Numbers& theirs, Placement& placement,
                      Loads& loads, std::vector<std::string>& notes) {
  if (placement.counted) return pair_rows_with_rows(name, theirs, placement, loads);
  const std::string they_have = "the loads have no layer numbers: ";
  const std::string which = "say which layers of the model they are with --moe-layers";
  const std::string pair = "places " + layers_text(theirs) + " of the model, but the " +
                           several(std::ssize(loads.recorded_layers), "layer") +
                           " of the loads have no numbers; " + which;
  if (theirs.back() <= loads.recorded_layers.back()) {
    // The numbers may count the same rows, of which the placement has all or some.
    if (!missing_layers(loads, theirs).empty()) {
      const Numbers both = in_both(theirs, loads);
      if (both.empty()) return refuse(name, pair);
      return refuse(name, pair,
                    "; if the placement counts the same rows, select those in both with ",
                    "--layers ", NumberList::of(both).text());
    }
    if (theirs != loads.recorded_layers) {
      notes.push_back(they_have + "taken for " + layers_text(loads.recorded_layers) +
                      " of the model, of which " + shown_name(name, 48) + " places " +
                      numbers_text(theirs) + "; if they are others, " + which);
    }
    take_rows(theirs, loads, placement);
    return {};
  }
  const Numbers placed = placed_layers(placement, theirs);
  const bool all_rows = loads.layers == std::ssize(loads.recorded_layers);
  const Numbers* const taken = loads.layers == placement.layers     ? &theirs
                               : loads.layers == std::ssize(placed) ? &placed
                                                                    : nullptr;
  if (!all_rows || taken == nullptr) return refuse(name, pair);
  notes.push_back(they_have + "taken for " + layers_text(*taken) + " of the model, which " +
                  shown_name(name, 48) + " places");
  set_numbers(*taken, loads);
  loads.numbered = true;
  take_rows(theirs, loads, placement);
  return {};
}

Status pair_numbered(std::string_view name, Placement& placement, Loads& loads,
                     std::vector<std::string>& notes) {
  const Numbers theirs = numbers_of(placement.numbers(), placement.layers);
  if (!loads.numbered) return pair_with_rows(name, theirs, placement, loads, notes);
  const Numbers moe = moe_layers_of(loads);
  if (placement.counted && theirs != loads.recorded_layers) {
    const bool all_moe =
        theirs.front() == 0 && theirs.size() == moe.size() && theirs.back() == placement.layers - 1;
    return refuse(name, "places rows ", numbers_text(theirs),
                  " of a recording without layer numbers, but the loads have the model's, ",
                  numbers_text(loads.recorded_layers), "; make it again with --moe-layers",
                  all_moe ? " " + NumberList::of(moe).text() : "");
  }
  const Numbers& recorded = loads.recorded_layers;
  const bool may_count = theirs.front() == 0 && theirs.back() == placement.layers - 1 &&
                         theirs.size() == moe.size() && theirs != moe;
  // Rows without load may also be MoE layers that no token has reached. Then the numbers are others.
  const bool only_rows_say = !loads.dense_layers.empty() && recorded.front() == 0 &&
                             recorded.back() == std::ssize(recorded) - 1;
  const bool beyond = only_rows_say && theirs.back() > recorded.back() &&
                      !std::includes(theirs.begin(), theirs.end(), moe.begin(), moe.end());
  const std::string made_again =
      "if it was made from rows without layer numbers, make it again with --moe-layers " +
      NumberList::of(moe).text();
  if (missing_layers(loads, theirs).empty()) {
    if (may_count) {
      notes.push_back(shown_name(name, 48) + " places " + layers_text(theirs) +
                      " of the model, while the MoE layers of the recording are " +
                      numbers_text(moe) + "; " + made_again);
    } else if (beyond) {
      notes.push_back("the rows of the loads are taken for layers " + numbers_text(recorded) +
                      " of the model, because some have no load, but " + shown_name(name, 48) +
                      " places " + numbers_text(theirs) +
                      "; if they are others, say which with --moe-layers");
    }
    take_rows(theirs, loads, placement);
    return {};
  }
  const Numbers wanted = numbers_of(loads.numbers(), loads.layers);
  const std::string pair = "places " + layers_text(theirs) +
                           " of the model, but the loads are of " + layers_text(wanted);
  if (may_count) return refuse(name, pair, "; ", made_again);
  if (beyond && theirs.size() == recorded.size()) {
    return refuse(name, pair, "; if the rows are the same layers, of which ",
                  numbers_text(loads.dense_layers), " had no load, say so with --moe-layers ",
                  NumberList::of(theirs).text());
  }
  const Numbers both = in_both(theirs, loads);
  const bool has_moe = std::any_of(both.begin(), both.end(), [&](std::int32_t number) {
    return find_row(loads.dense_layers, number) == kNoRow;
  });
  if (!has_moe) return refuse(name, pair, ": no MoE layer is in both");
  return refuse(
      name, pair, "; select layers that are in both with --layers ", NumberList::of(both).text(),
      beyond ? "; if the rows are other layers of the model, say which with --moe-layers" : "");
}

// Rows without numbers are what has as many.
Status pair_by_count(std::string_view name, Placement& placement, const Loads& loads) {
  const bool only_moe = placement.order == LayerOrder::moe;
  const Numbers kept = numbers_of(loads.numbers(), loads.layers);
  const Numbers moe = moe_layers_of(loads);
  Numbers model;  // to the last layer that was recorded
  if (loads.numbered) {
    for (std::int32_t i = 0; i <= loads.recorded_layers.back(); ++i) model.push_back(i);
  }
  // A file of MoE layers begins with the first one; it may lack the last ones, where these were not selected.
  Numbers first_moe;
  for (const std::int32_t number : moe) {
    if (find_row(kept, number) == kNoRow) break;
    first_moe.push_back(number);
  }
  std::vector<Numbers> readings;
  for (const Numbers* const numbers : std::initializer_list<const Numbers*>{
           &kept, &loads.recorded_layers, &moe, &first_moe, &model}) {
    if (placement.layers != std::ssize(*numbers)) continue;
    if (only_moe && numbers != &moe && numbers != &first_moe) continue;
    const bool is_new = std::find(readings.begin(), readings.end(), *numbers) == readings.end();
    if (is_new && missing_layers(loads, *numbers).empty()) readings.push_back(*numbers);
  }
  if (readings.size() == 1) {
    take_rows(readings.front(), loads, placement);
    return {};
  }
  const std::string places =
      "places " + several(placement.layers, only_moe ? "MoE layer" : "layer");
  if (readings.size() > 1) {
    return refuse(name, places, " without numbers, which may be ", layers_text(readings[0]), " or ",
                  layers_text(readings[1]),
                  " of the recording; give a placement that says its layers, such as our JSON");
  }
  std::string have = several(std::ssize(loads.recorded_layers), "layer");
  if (!loads.dense_layers.empty()) have += ", " + std::to_string(moe.size()) + " of them with load";
  if (loads.layers != std::ssize(loads.recorded_layers)) {
    have += ", of which " + std::to_string(loads.layers) + " are selected";
  }
  std::string cure = "expected a row for each";
  if (only_moe && placement.layers < std::ssize(moe)) {
    const Numbers first(moe.begin(), moe.begin() + placement.layers);
    cure = "if it lacks the last ones, select the others with --layers " +
           NumberList::of(first).text();
  } else if (!loads.numbered && placement.layers > std::ssize(loads.recorded_layers)) {
    cure =
        "if the model has dense layers, give the numbers of the recorded layers with "
        "--moe-layers";
  }
  return refuse(name, places, ", but the recording has ", have, "; ", cure);
}

}  // namespace

Status pair_layers(std::string_view name, Placement& placement, Loads& loads,
                   std::vector<std::string>& notes) {
  if (placement.first_layer >= 0) return pair_numbered(name, placement, loads, notes);
  if (placement.order == LayerOrder::same) {
    Rows rows(placement);
    for (std::int32_t layer = 0; layer < loads.layers; ++layer) rows.add(0);
    placement = rows.take(loads);
    return {};
  }
  return pair_by_count(name, placement, loads);
}

}  // namespace evenkeel
