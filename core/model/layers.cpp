#include "core/model/layers.hpp"

#include <algorithm>
#include <iterator>
#include <vector>

#include "core/base/text.hpp"

namespace evenkeel {
namespace {

constexpr std::int64_t kLargestNumber = 65535;

std::vector<std::int32_t> narrowed(const std::vector<std::int64_t>& numbers) {
  return {numbers.begin(), numbers.end()};
}

bool counts_from_zero(std::span<const std::int32_t> numbers) {
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    if (numbers[i] != static_cast<std::int32_t>(i)) return false;
  }
  return true;
}

}  // namespace

bool says_numbers(const Loads& loads) {
  return !counts_from_zero(loads.recorded_layers) || !loads.dense_layers.empty();
}

void find_dense_layers(Loads& loads) {
  const auto experts = static_cast<std::ptrdiff_t>(loads.experts);
  loads.recorded_layers.clear();
  loads.dense_layers.clear();
  for (std::size_t layer = 0; layer < static_cast<std::size_t>(loads.layers); ++layer) {
    const std::int32_t number = loads.numbers()[layer];
    const auto row = loads.values.begin() + static_cast<std::ptrdiff_t>(layer) * experts;
    loads.recorded_layers.push_back(number);
    if (std::all_of(row, row + experts, [](float load) { return load == 0; })) {
      loads.dense_layers.push_back(number);
    }
  }
  if (loads.dense_layers.size() == loads.recorded_layers.size()) loads.dense_layers.clear();
  loads.numbered = says_numbers(loads);
}

std::vector<std::int32_t> moe_layers_of(const Loads& loads) {
  std::vector<std::int32_t> layers;
  std::set_difference(loads.recorded_layers.begin(), loads.recorded_layers.end(),
                      loads.dense_layers.begin(), loads.dense_layers.end(),
                      std::back_inserter(layers));
  return layers;
}

void set_numbers(std::span<const std::int32_t> numbers, Loads& loads) {
  loads.recorded_layers.assign(numbers.begin(), numbers.end());
  loads.first_layer = numbers.front();
  const bool gaps = numbers.back() - numbers.front() != std::ssize(numbers) - 1;
  loads.layer_numbers.clear();
  if (gaps) loads.layer_numbers = loads.recorded_layers;
}

Status number_layers(std::string_view name, const NumberList& moe_layers, Loads& loads,
                     bool& unchanged) {
  unchanged = false;
  const std::vector<std::int32_t> with_load = moe_layers_of(loads);
  const std::size_t rows = loads.recorded_layers.size();
  const auto said = moe_layers.first(std::max<std::size_t>(rows, 1) + 1);
  if (said.size() >= rows && said[rows - 1] > kLargestNumber) {
    return refuse(name, "layer number ", said[rows - 1], "; expected at most ", kLargestNumber);
  }
  const auto says = [&](std::span<const std::int32_t> numbers) {
    const bool as_many =
        moe_layers.count() < 0 || moe_layers.count() == static_cast<std::int64_t>(numbers.size());
    return as_many && said.size() >= numbers.size() &&
           std::equal(numbers.begin(), numbers.end(), said.begin());
  };
  if (says_numbers(loads) && says(with_load)) {
    unchanged = true;
    loads.numbered = true;
    return {};
  }
  if (!counts_from_zero(loads.recorded_layers)) {
    return refuse(name, "the recording says that its layers are ", numbers_text(with_load),
                  ", not ", moe_layers.text());
  }
  const bool for_each_row =
      moe_layers.count() == static_cast<std::int64_t>(rows) ||
      (moe_layers.count() < 0 && loads.dense_layers.empty() && said.size() > rows);
  if (!for_each_row) {
    if (!loads.dense_layers.empty()) {
      return refuse(name, "the recording has a row for each of ", rows,
                    " layers, dense ones too: those with load are ", numbers_text(with_load),
                    ", not ", moe_layers.text());
    }
    return refuse(name, moe_layers.text(), " are ", several(moe_layers.count(), "layer"),
                  ", but the recording has ", rows, "; expected a number for each");
  }
  loads.dense_layers.clear();
  loads.numbered = true;
  set_numbers(narrowed({said.begin(), said.begin() + static_cast<std::ptrdiff_t>(rows)}), loads);
  return {};
}

Status check_wanted_layers(std::string_view name, const NumberList& wanted,
                           std::span<const std::int32_t> have) {
  if (wanted.is_all()) return {};
  bool good = std::any_of(have.begin(), have.end(),
                          [&](std::int32_t layer) { return wanted.contains(layer); });
  for (const NumberList::Piece& piece : wanted.pieces()) {
    const bool is_one = piece.end == piece.begin + 1;
    good = good && (is_one ? std::binary_search(have.begin(), have.end(), piece.begin)
                           : piece.begin >= 0 && piece.begin <= have.back() &&
                                 (piece.end == NumberList::kOpen || piece.end <= have.back() + 1));
  }
  if (good) return {};
  const bool is_one = wanted.pieces().size() == 1 &&
                      wanted.pieces().front().end == wanted.pieces().front().begin + 1;
  return refuse(name, is_one ? "layer " : "layers ", wanted.text(), is_one ? " is" : " are",
                " not within the available layers ", numbers_text(have));
}

Status select_layers(std::string_view name, const NumberList& wanted, Loads& loads) {
  if (wanted.is_all()) return {};
  if (Status s = check_wanted_layers(name, wanted, loads.recorded_layers); !s.ok()) return s;
  std::vector<std::int32_t> kept;
  std::vector<float> values;
  const auto experts = static_cast<std::size_t>(loads.experts);
  for (std::size_t layer = 0; layer < static_cast<std::size_t>(loads.layers); ++layer) {
    const std::int32_t number = loads.numbers()[layer];
    if (!wanted.contains(number)) continue;
    kept.push_back(number);
    const auto row = loads.values.begin() + static_cast<std::ptrdiff_t>(layer * experts);
    values.insert(values.end(), row, row + static_cast<std::ptrdiff_t>(experts));
  }
  std::vector<std::int32_t> recorded = std::move(loads.recorded_layers);
  set_numbers(kept, loads);
  loads.recorded_layers = std::move(recorded);
  loads.values = std::move(values);
  loads.layers = static_cast<std::int32_t>(kept.size());
  return {};
}

}  // namespace evenkeel
