// The figures of a placement, one row of data each. Tables, JSON, CSV, the report, the page, the module and
// the tables of the documentation use these rows. A new figure is a row here and its test.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <iterator>
#include <limits>
#include <span>
#include <string>
#include <string_view>

#include "core/model/metrics.hpp"
#include "core/model/step_figures.hpp"
#include "core/model/types.hpp"

namespace evenkeel {

// An unknown value, such as moved slots without a previous placement.
inline constexpr double kUnknown = std::numeric_limits<double>::quiet_NaN();

// The unit of a value, which determines its format. A layer is its number in the file of loads.
enum class Unit : std::uint8_t { ratio, percent, tokens, count, gpu, layer, microseconds };
inline constexpr std::string_view kUnitNames[] = {"ratio", "percent", "tokens",      "count",
                                                  "gpu",   "layer",   "microseconds"};
enum class Better : std::uint8_t { higher, lower, neither };
inline constexpr std::string_view kBetterNames[] = {"higher", "lower", "neither"};
// What a figure needs in addition to loads and a placement.
enum class Needs : std::uint8_t { nothing, previous, timing, steps };

// The tables that show a figure. JSON, CSV and the report's definitions have all figures.
enum Tables : std::uint8_t {
  kNoTable = 0,
  kResult = 1,      // one placement, with others for comparison: balance, score, the report
  kComparison = 2,  // strategies: compare, the report, the page
  kSweep = 4,       // numbers of redundant experts
};

// The layers of one placement, at least one of which is not dense. Figures leave out dense ones.
struct Layers {
  std::span<const LayerMetrics> metrics;
  LayerNumbers numbers = {};
  const StepMetrics* steps = nullptr;  // of the same layers; null: unknown

  // Calls use(index) for each layer that figures are about.
  template <class Use>
  void for_each(Use&& use) const {
    const bool all = are_all_dense();
    for (std::size_t i = 0; i < metrics.size(); ++i) {
      if (all || !numbers.is_dense(i)) use(i);
    }
  }
  std::size_t count() const;

 private:
  // Where only dense layers were selected, figures are about them.
  bool are_all_dense() const;
};

struct Figure;

// How the overall figure is computed from those of the layers.
struct Overall {
  std::string_view words = {};  // "mean over layers"; empty: there is none
  double (*value)(const Figure&, const Layers&) = nullptr;
};
double mean_over_layers(const Figure& figure, const Layers& layers);
double sum_over_layers(const Figure& figure, const Layers& layers);
double worst_balancedness(const Figure& figure, const Layers& layers);
double sum_of_means_over_maxima(const Figure& figure, const Layers& layers);
double count_empty(const Figure& figure, const Layers& layers);
double number_of_worst(const Figure& figure, const Layers& layers);
double known_to_caller(const Figure& figure, const Layers& layers);
inline constexpr Overall kMean = {"mean over layers", mean_over_layers};
inline constexpr Overall kSum = {"sum over layers", sum_over_layers};

// A member of LayerMetrics.
template <auto kMember>
double of(const Layers& layers, std::size_t i) {
  return static_cast<double>(std::invoke(kMember, layers.metrics[i]));
}
double moved_slots_of(const Layers& layers, std::size_t i);

// Members of StepMetrics.
template <auto kMember>
double by_step(const Layers& layers, std::size_t i) {
  const bool known = layers.steps != nullptr && i < layers.steps->layers.size() &&
                     layers.steps->layers[i].steps > 0;
  return known ? layers.steps->layers[i].*kMember : kUnknown;
}
template <auto kMember>
double all_by_step(const Figure&, const Layers& layers) {
  return layers.steps != nullptr && layers.steps->steps > 0 ? layers.steps->*kMember : kUnknown;
}

struct Figure {
  std::string_view name;     // in JSON, CSV and JavaScript
  std::string_view label;    // in tables and on pages
  std::string_view heading;  // of a narrow column
  Unit unit;
  Better better;
  Needs needs;
  std::uint8_t tables;  // of Tables
  std::string_view formula;
  std::string_view sentence;                       // its meaning, without a full stop
  std::string_view engines;                        // which engines report it, and how; may be empty
  double (*of_layer)(const Layers&, std::size_t);  // nullptr: not defined for a layer
  Overall overall;

  constexpr bool is_overall() const { return !overall.words.empty(); }
  // Whether it is a property of the placement and its loads, not of the run.
  constexpr bool is_metric() const { return needs != Needs::timing; }
};

// In the order of every output.
inline constexpr Figure kFigures[] = {
    {"balancedness", "balancedness", "balanced", Unit::ratio, Better::higher, Needs::nothing,
     kResult | kComparison | kSweep, "mean GPU load / max GPU load",
     "1 is perfect; at 0.8 GPUs idle 20 % of the time of an expert layer that waits for its "
     "hottest GPU",
     "", of<&LayerMetrics::balancedness>, kMean},
    {"step_balancedness",
     "balancedness by step",
     "by step",
     Unit::ratio,
     Better::higher,
     Needs::steps,
     kResult,
     "mean GPU load / max GPU load of a step, mean over steps",
     "the steps of a layer that have tokens count",
     "SGLang and ROCm ATOM report it as a mean over passes, with dense layers as 1",
     by_step<&StepMetrics::Layer::balancedness>,
     {"mean over layers", all_by_step<&StepMetrics::balancedness>}},
    {"worst_balancedness",
     "worst layer's balancedness",
     "worst",
     Unit::ratio,
     Better::higher,
     Needs::nothing,
     kResult | kComparison | kSweep,
     "mean GPU load / max GPU load",
     "how balanced the layer is that is balanced worst",
     "",
     nullptr,
     {"of the worst layer", worst_balancedness}},
    {"worst_layer",
     "worst layer",
     "worst layer",
     Unit::layer,
     Better::neither,
     Needs::nothing,
     kResult,
     "first layer with the smallest balancedness",
     "its number in the model, or its row if the loads have no numbers",
     "",
     nullptr,
     {"of all layers", number_of_worst}},
    {"balancedness_by_load",
     "balancedness by load",
     "by load",
     Unit::ratio,
     Better::higher,
     Needs::nothing,
     kResult,
     "sum of mean GPU loads / sum of max GPU loads",
     "balancedness in which a layer counts by the load of its hottest GPU",
     "",
     nullptr,
     {"over layers", sum_of_means_over_maxima}},
    {"step_balancedness_by_load",
     "by load and by step",
     "load, step",
     Unit::ratio,
     Better::higher,
     Needs::steps,
     kResult,
     "sum of mean GPU loads / sum of max GPU loads of a step",
     "balancedness of single steps in which a layer counts by the load of its hottest GPU",
     "vLLM logs it",
     nullptr,
     {"sums over layers, mean over steps", all_by_step<&StepMetrics::balancedness_by_load>}},
    {"imbalance", "imbalance", "imbalance", Unit::percent, Better::lower, Needs::nothing,
     kResult | kComparison | kSweep, "(max − mean) / mean GPU load",
     "0 is perfect; at 86 % the hottest GPU carries 1.86 times the mean",
     "vllm-ascend reports max / mean, which is 1 more", of<&LayerMetrics::imbalance>, kMean},
    {"step_imbalance",
     "imbalance by step",
     "in a step",
     Unit::percent,
     Better::lower,
     Needs::steps,
     kResult | kComparison | kSweep,
     "(max − mean) / mean GPU load of a step, mean over steps",
     "GPUs wait for the hottest one in each step, and hot experts change from step to step: a sum "
     "of steps hides that",
     "TensorRT-LLM reports it as a mean over iterations",
     by_step<&StepMetrics::Layer::imbalance>,
     {"mean over layers", all_by_step<&StepMetrics::imbalance>}},
    {"step_imbalance_p95",
     "imbalance in 95 % of steps",
     "95 % below",
     Unit::percent,
     Better::lower,
     Needs::steps,
     kResult | kComparison | kSweep,
     "95th percentile of (max − mean) / mean GPU load of a step",
     "in 95 % of the steps it is no more than this: the nearest rank, of more than 4,096 steps "
     "exact to 1/4096 of max / mean",
     "",
     by_step<&StepMetrics::Layer::imbalance_p95>,
     {"over steps, of their mean over layers", all_by_step<&StepMetrics::imbalance_p95>}},
    {"gap_to_bound", "optimal within", "from optimum", Unit::percent, Better::lower, Needs::nothing,
     kResult | kComparison | kSweep, "max GPU load / lower bound − 1",
     "the hottest GPU has at most this much more than in the best placement of this shape; 0 "
     "proves that none is better",
     "", of<&LayerMetrics::gap_to_bound>, kMean},
    {"best_balancedness", "best possible", "at best", Unit::ratio, Better::higher, Needs::nothing,
     kSweep, "mean GPU load / lower bound",
     "the balancedness at the lower bound: no placement of this shape exceeds it", "",
     of<&LayerMetrics::best_balancedness>, kMean},
    {"mean_gpu_load",
     "mean GPU load",
     "mean load",
     Unit::tokens,
     Better::neither,
     Needs::nothing,
     kNoTable,
     "sum of GPU loads / GPUs",
     "a copy carries its expert's load divided by the number of copies, a GPU what its slots carry",
     "",
     of<&LayerMetrics::mean_load>,
     {}},
    {"max_gpu_load",
     "max GPU load",
     "max load",
     Unit::tokens,
     Better::lower,
     Needs::nothing,
     kNoTable,
     "load of the hottest GPU",
     "the load that all other GPUs wait for",
     "",
     of<&LayerMetrics::max_load>,
     {}},
    {"lower_bound",
     "lower bound",
     "bound",
     Unit::tokens,
     Better::neither,
     Needs::nothing,
     kNoTable,
     "max of: mean GPU load; largest copy; heaviest node / its GPUs; strong: dual-feasible "
     "functions",
     "no placement of this shape has a smaller max GPU load. The largest copy is that of the best "
     "replication, the heaviest node that of the best assignment of whole groups to nodes. Strong "
     "bounds also use that a large copy needs small ones on its GPU. The bound may be out of reach",
     "",
     of<&LayerMetrics::lower_bound>,
     {}},
    {"hottest_gpu",
     "hottest GPU",
     "hottest",
     Unit::gpu,
     Better::neither,
     Needs::nothing,
     kNoTable,
     "first GPU with the max GPU load",
     "its number, counted from 0",
     "",
     of<&LayerMetrics::hottest_gpu>,
     {}},
    {"same_gpu_copies", "same-GPU copies", "same GPU", Unit::count, Better::lower, Needs::nothing,
     kResult | kComparison, "slots − distinct experts of each GPU",
     "copies on a GPU that has another copy of their expert: they take memory and spread no load",
     "", of<&LayerMetrics::same_gpu_copies>, kSum},
    {"moved_slots", "moved slots", "moved", Unit::count, Better::lower, Needs::previous,
     kResult | kComparison, "slots whose expert was not on that GPU before",
     "weights to transfer, to a new GPU all of its slots; known where a previous placement is "
     "given",
     "", moved_slots_of, kSum},
    {"empty_layers",
     "empty layers",
     "empty",
     Unit::count,
     Better::neither,
     Needs::nothing,
     kNoTable,
     "MoE layers without any load",
     "any placement of them is as good as another; they count as balanced. Dense layers, which "
     "have no load in the "
     "whole recording while others have, are not counted, and no figure is about them",
     "",
     nullptr,
     {"of all layers", count_empty}},
    {"us_per_layer",
     "time per layer",
     "time",
     Unit::microseconds,
     Better::lower,
     Needs::timing,
     kComparison,
     "microseconds to place a layer",
     "on one thread of the machine that computed it",
     "",
     nullptr,
     {"mean over layers", known_to_caller}},
};
inline constexpr std::size_t kFigureCount = std::size(kFigures);

// The row of the figure with this name. An unknown name does not compile.
class FigureRow {
 public:
  consteval FigureRow(const char* name) {
    while (kFigures[index_].name != name) ++index_;
  }
  constexpr std::size_t index() const { return index_; }
  constexpr const Figure& figure() const { return kFigures[index_]; }

 private:
  std::size_t index_ = 0;
};

// The overall figures of one placement, one value per row.
class Summary {
 public:
  double operator[](FigureRow row) const { return values_[row.index()]; }
  double& operator[](FigureRow row) { return values_[row.index()]; }
  // figure: one of kFigures.
  double of(const Figure& figure) const {
    return values_[static_cast<std::size_t>(&figure - kFigures)];
  }
  // The same values, and the same ones unknown.
  friend bool operator==(const Summary& a, const Summary& b);
  friend Summary summarize(const Layers& layers);
  // Figures by the step, which were unknown.
  void set_steps(const StepMetrics& steps);

 private:
  std::array<double, kFigureCount> values_ = {};
};

// The time is unknown.
Summary summarize(const Layers& layers);

// The first layer with the smallest balancedness, counted from 0.
std::size_t worst_layer(const Layers& layers);

// A value as text: "0.9372", "6.88 %", "12,345"; "–" if unknown.
std::string figure_text(const Figure& figure, double value);
// "Balancedness": a label or heading at the beginning of a column or sentence.
std::string capitalized(std::string_view text);

}  // namespace evenkeel
