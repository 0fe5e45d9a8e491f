// A heat map of layers x experts, which shows the hot experts.

#include <algorithm>
#include <cmath>

#include "core/base/numbers.hpp"
#include "core/report/chart.hpp"
#include "core/report/palette.hpp"
#include "core/report/png.hpp"
#include "core/report/view.hpp"

namespace evenkeel::report {
namespace {

constexpr std::size_t kMostCells = 1024;  // more are drawn as a picture, without a tooltip for each
constexpr std::size_t kBeyondEnd = 1000;  // one of this many cells may exceed the colour scale
constexpr double kLeastEnd = 2;           // of the colour scale, in multiples of the mean
constexpr std::size_t kMostColumns = 512;  // more do not fit on a narrow screen

// The loads as multiples of their layer's mean, in columns of one or more experts.
class HeatMap {
 public:
  explicit HeatMap(const Loads& loads)
      : loads_(loads),
        layers_(static_cast<std::size_t>(loads.layers)),
        experts_(static_cast<std::size_t>(loads.experts)),
        fold_((experts_ + kMostColumns - 1) / kMostColumns) {
    for (std::size_t layer = 0; layer < layers_; ++layer) {
      double sum = 0;
      for (std::size_t x = 0; x < experts_; ++x) sum += load(layer, x);
      means_.push_back(sum / static_cast<double>(experts_));
      any_empty_ |= !(sum > 0);
    }
    std::vector<double> multiples;
    for (std::size_t layer = 0; layer < layers_; ++layer) {
      for (std::size_t x = 0; x < experts_; ++x) multiples.push_back(multiple(layer, x));
    }
    // A few extreme values must not leave all others with nearly the same colour.
    const auto end =
        multiples.end() - 1 - static_cast<std::ptrdiff_t>(multiples.size() / kBeyondEnd);
    std::nth_element(multiples.begin(), end, multiples.end());
    end_ = std::max(*end, kLeastEnd);
    most_ = *std::max_element(end, multiples.end());
  }

  std::size_t layers() const { return layers_; }
  std::size_t experts() const { return experts_; }
  std::size_t fold() const { return fold_; }
  std::size_t columns() const { return (experts_ + fold_ - 1) / fold_; }
  bool any_empty() const { return any_empty_; }
  bool is_empty(std::size_t layer) const { return !(means_[layer] > 0); }
  double end() const { return end_; }           // of the colour scale
  bool is_cut() const { return most_ > end_; }  // some loads exceed it

  double load(std::size_t layer, std::size_t expert) const {
    return static_cast<double>(loads_.values[layer * experts_ + expert]);
  }
  double multiple(std::size_t layer, std::size_t expert) const {
    return is_empty(layer) ? 0 : load(layer, expert) / means_[layer];
  }
  std::size_t hottest(std::size_t layer, std::size_t begin, std::size_t end) const {
    std::size_t best = begin;
    for (std::size_t x = begin; x < end; ++x) {
      if (load(layer, x) > load(layer, best)) best = x;
    }
    return best;
  }
  // The position on the colour scale, 0 to 1. The square root spreads the many small loads.
  double place(double multiple) const { return std::sqrt(std::min(multiple / end_, 1.0)); }
  std::uint8_t colour_index(std::size_t layer, std::size_t column) const {
    if (is_empty(layer)) return kNoLoadIndex;
    const std::size_t begin = column * fold_;
    const std::size_t hot = hottest(layer, begin, std::min(begin + fold_, experts_));
    return palette_index(place(multiple(layer, hot)));
  }

 private:
  const Loads& loads_;
  std::size_t layers_;
  std::size_t experts_;
  std::size_t fold_;  // experts per column
  std::vector<double> means_;
  double most_ = 0;
  double end_ = 0;
  bool any_empty_ = false;
};

std::string tip_of(const HeatMap& map, std::size_t layer, std::size_t expert) {
  return "expert " + std::to_string(expert) + ": " + tokens(map.load(layer, expert)) + ", " +
         fixed(map.multiple(layer, expert), 2) + " times the mean";
}

// In units of cells, so that there are no gaps between neighbours at any width.
void write_cells(const View& view, const HeatMap& map, double height, Markup& page) {
  page.open("svg", {{"viewBox",
                     "0 0 " + std::to_string(map.experts()) + " " + std::to_string(map.layers())},
                    {"preserveAspectRatio", "none"},
                    {"height", px(height)}});
  for (std::size_t layer = 0; layer < map.layers(); ++layer) {
    for (std::size_t x = 0; x < map.experts(); ++x) {
      page.tipped("rect",
                  {{"x", std::to_string(x)},
                   {"y", std::to_string(layer)},
                   {"width", "1"},
                   {"height", "1"},
                   {"fill", css(palette()[map.colour_index(layer, x)])}},
                  view.layer_name(layer) + ", " + tip_of(map, layer, x));
    }
  }
  page.close();
}

void write_picture(const View& view, const HeatMap& map, double row, Markup& page) {
  std::vector<std::uint8_t> pixels;
  for (std::size_t layer = 0; layer < map.layers(); ++layer) {
    for (std::size_t column = 0; column < map.columns(); ++column) {
      pixels.push_back(map.colour_index(layer, column));
    }
  }
  const std::string file = png(pixels, map.columns(), palette());
  page.leaf("image", {{"width", "100%"},
                      {"height", px(row * static_cast<double>(map.layers()))},
                      {"preserveAspectRatio", "none"},
                      {"href", "data:image/png;base64," + base64(file)}});
  for (std::size_t layer = 0; layer < map.layers(); ++layer) {
    const std::string tip =
        map.is_empty(layer)
            ? "no load"
            : "hottest is " + tip_of(map, layer, map.hottest(layer, 0, map.experts()));
    page.tipped("rect",
                {{"class", "glass"},
                 {"width", "100%"},
                 {"y", px(static_cast<double>(layer) * row)},
                 {"height", px(row)}},
                view.layer_name(layer) + ", " + tip);
  }
}

// The colour scale, labelled with multiples of the mean.
void write_scale(const HeatMap& map, Markup& page) {
  page.open("div", {{"class", "scale"}});
  page.open("div", {{"class", "ramp"}});
  page.element("i", {{"style", "background:linear-gradient(to right," + gradient() + ")"}}, "");
  page.open("svg", {{"height", "18"}, {"aria-hidden", "true"}});
  constexpr double kLeastDistance = 0.12;
  double last = -1;
  for (const double multiple : {0.0, 0.25, 1.0, 2.0, 4.0, 8.0, 16.0, 64.0, 256.0}) {
    const double place = map.place(multiple);
    if (place - last < kLeastDistance || 1 - place < kLeastDistance) continue;
    last = place;
    page.element(
        "text", {{"x", share(place)}, {"y", "14"}, {"text-anchor", place > 0 ? "middle" : "start"}},
        px(multiple) + (multiple == 1 ? " (mean)" : ""));
  }
  page.element("text", {{"x", "100%"}, {"y", "14"}, {"text-anchor", "end"}},
               (map.is_cut() ? "≥ " : "") + px(std::round(map.end() * 10) / 10) + "×");
  page.close().close();
  if (map.any_empty()) {
    page.open("span").element(
        "i", {{"class", "block"}, {"style", "background:" + css(palette()[kNoLoadIndex])}}, "");
    page.text("layer without load").close();
  }
  page.close();
}

}  // namespace

void write_heat_map(const View& view, Markup& page) {
  constexpr double kWantedHeight = 380;
  const HeatMap map(*view.input.loads);
  const auto layers = static_cast<double>(map.layers());
  const double row = std::clamp(std::round(kWantedHeight / layers), 4.0, 28.0);
  Frame frame;
  frame.height = row * layers;
  frame.description = "Heat map of expert loads, layers from top to bottom.";
  constexpr double kLeastDistance = 20;  // of layer numbers
  const auto most = static_cast<std::size_t>(frame.height / kLeastDistance);

  page.open("section", {{"class", "whole"}}).element("h2", {}, "Which experts are hot");
  std::string note =
      "Load of each expert as a multiple of its layer's mean, before any copies. "
      "The colours follow the square root.";
  if (map.fold() > 1) {
    note +=
        " A column shows the hottest of " + std::to_string(map.fold()) + " neighbouring experts.";
  }
  page.element("p", {{"class", "note"}}, note);
  write_scale(map, page);
  page.open("div", {{"class", "heat"}});
  open_chart(frame, page);
  if (map.layers() * map.experts() <= kMostCells) {
    write_cells(view, map, frame.height, page);
  } else {
    write_picture(view, map, row, page);
  }
  for (const std::size_t layer : labelled(map.layers(), view.layer_number(0), most)) {
    page.element("text",
                 {{"class", "row"},
                  {"x", "-8"},
                  {"y", px((static_cast<double>(layer) + 0.5) * row)},
                  {"dy", ".35em"}},
                 std::to_string(view.layer_number(layer)));
  }
  number_columns(page, frame.height, map.experts(), map.columns() * map.fold(), 0);
  close_chart(frame, page);
  page.close().element("p", {{"class", "under"}}, "expert").close();
}

}  // namespace evenkeel::report
