#include "core/io/loads/csv_counts.hpp"

#include <algorithm>
#include <cmath>

#include "core/base/text.hpp"
#include "core/io/loads/csv_rows.hpp"
#include "core/io/loads/slot_map.hpp"

namespace evenkeel {
namespace {

constexpr Number kZero = {0, 0, true};

class CountReader {
 public:
  CountReader(CsvFile& file, const ReadOptions& options, WindowSum& window)
      : rows_(file, options),
        columns_(file.columns),
        header_(file.lines.line()),
        window_(window),
        numbers_(file.separator),
        counts_(window, width_of(options)),
        experts_(rows_.most_experts()) {}

  Status read(std::vector<std::string>& notes) {
    if (columns_.by_slot && !window_.folds()) {
      return rows_.refuse_slots(columns_.expert, "rows");
    }
    while (rows_.next()) {
      if (rows_.text() == header_) {  // of a file that was appended
        repeats_header_ = true;
        continue;
      }
      has_counts_ = true;
      if (Status status = read_row(); !status.ok()) return status;
    }
    if (!rows_.status().ok()) return rows_.status();
    if (!has_counts_) {
      return refuse(rows_.name(), "no rows after the header; expected one row per ",
                    columns_.count < 0 ? "token" : "layer and expert");
    }
    if (Status status = numbers_.check_points(rows_.name()); !status.ok()) return status;
    add_notes(notes);
    return counts_.end_step();
  }

 private:
  static std::size_t width_of(const ReadOptions& options) {
    return options.counted_under == nullptr
               ? 0
               : static_cast<std::size_t>(options.counted_under->slots());
  }

  Status read_row() {
    if (Status status = rows_.split(); !status.ok()) return status;
    std::int64_t step = place_.recorded_step;
    if (Status status = rows_.read_step(step); !status.ok()) return status;
    if (step != place_.recorded_step && place_.recorded_step >= 0) {
      if (Status status = counts_.end_step(); !status.ok()) return status;
    }
    place_.recorded_step = step;
    place_.step = window_.steps();
    place_.line = rows_.line();
    if (Status status = rows_.read_layer(place_.layer); !status.ok()) return status;
    std::uint64_t expert = 0;
    if (!parse_key(cell(columns_.expert), expert) || expert >= experts_) {
      return rows_.refuse_key(columns_.expert,
                              std::string(window_.folds() ? "a slot" : "an expert") +
                                  " number within 0.." + std::to_string(experts_ - 1));
    }
    least_ = std::min(least_, expert);
    largest_ = std::max(largest_, expert);
    Number count = {1, 1, true};
    if (columns_.count >= 0 &&
        !numbers_.parse(cell(columns_.count), count, rows_.line(), columns_.count + 1)) {
      return rows_.refuse_cell(columns_.count, numbers_.fault(cell(columns_.count)));
    }
    place_.first_column = columns_.count + 1 - static_cast<std::int64_t>(expert);
    return counts_.add(place_, expert, count) ? Status() : rows_.refuse_layers();
  }

  std::string_view cell(int column) const {
    return rows_.cells()[static_cast<std::size_t>(column)];
  }

  void add_notes(std::vector<std::string>& notes) const {
    if (repeats_header_) notes.emplace_back("repeated headers are skipped");
    if (window_.folds()) return;
    const std::string largest = std::to_string(largest_);
    notes.push_back("experts 0 to " + largest + ": the largest expert number in the file is " +
                    largest);
    if (least_ == 0) return;
    notes.push_back("no row has an expert below " + std::to_string(least_) +
                    "; experts are numbered from 0");
  }

  CsvRows rows_;
  const CsvColumns& columns_;
  std::string_view header_;
  WindowSum& window_;
  CsvNumbers numbers_;
  CountBuffer counts_;
  std::size_t experts_;  // at most
  Place place_;
  std::uint64_t least_ = ~std::uint64_t{0};
  std::uint64_t largest_ = 0;
  bool has_counts_ = false;
  bool repeats_header_ = false;
};

}  // namespace

CountBuffer::Layer* CountBuffer::layer_of(const Place& place) {
  const auto below = [](const Layer& layer, std::int64_t number) {
    return layer.place.layer < number;
  };
  if (last_ >= layers_.size() || layers_[last_].place.layer != place.layer) {
    const auto at = std::lower_bound(layers_.begin(), layers_.end(), place.layer, below);
    last_ = static_cast<std::size_t>(at - layers_.begin());
    if (at == layers_.end() || at->place.layer != place.layer) {
      if (layers_.size() == kMostLayers) return nullptr;
      layers_.insert(at, Layer())->place.layer = place.layer;
    }
  }
  Layer& layer = layers_[last_];
  if (!layer.is_open) {
    layer.is_open = true;
    layer.is_bad = false;
    layer.place = place;
    layer.place.line = 0;  // the counts are of several lines
    layer.sums.assign(width_, kZero);
  }
  return &layer;
}

// A bad count stays as the sum, so that the window refuses it where it is selected.
void CountBuffer::add_to(Layer& layer, const Place& place, std::size_t expert,
                         const Number& count) {
  if (layer.sums.size() <= expert) layer.sums.resize(expert + 1, kZero);
  Number& sum = layer.sums[expert];
  if (layer.is_bad) return;
  if (!(count.real >= 0) || std::isinf(count.real)) {
    layer.is_bad = true;
    layer.place = place;
    sum = count;
    return;
  }
  sum.whole += count.whole;
  sum.real += count.real;
  sum.is_whole = sum.is_whole && count.is_whole && sum.whole >= count.whole;
}

bool CountBuffer::add(const Place& place, std::size_t expert, const Number& count) {
  Layer* const layer = layer_of(place);
  if (layer != nullptr) add_to(*layer, place, expert, count);
  return layer != nullptr;
}

bool CountBuffer::add_row(const Place& place, std::span<const Number> row) {
  Layer* const layer = layer_of(place);
  if (layer == nullptr) return false;
  for (std::size_t e = 0; e < row.size(); ++e) add_to(*layer, place, e, row[e]);
  return true;
}

Status CountBuffer::end_step() {
  for (Layer& layer : layers_) {
    if (!layer.is_open) continue;
    layer.is_open = false;
    if (Status status = window_.add_row(layer.place, layer.sums); !status.ok()) return status;
  }
  return window_.end_step();
}

Status add_csv_counts(CsvFile& file, const ReadOptions& options, WindowSum& window,
                      std::vector<std::string>& notes) {
  return CountReader(file, options, window).read(notes);
}

}  // namespace evenkeel
