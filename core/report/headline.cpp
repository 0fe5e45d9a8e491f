// The result in words, and its main figures.

#include "core/base/numbers.hpp"
#include "core/io/result_json.hpp"
#include "core/model/gpu_slots.hpp"
#include "core/model/strategies.hpp"
#include "core/report/view.hpp"

namespace evenkeel::report {
namespace {

// Differences in balancedness below these are called none or small.
constexpr double kNothing = 0.005;
constexpr double kLittle = 0.02;

// max / mean of the GPU loads of a layer, mean over layers.
double times_mean(const Summary& summary) { return 1 + summary["imbalance"]; }

void before_number(Markup& page, std::string_view number) {
  page.element("span", {{"class", "before number"}}, number);
}
void after_number(Markup& page, std::string_view number) {
  page.element("span", {{"class", "after number"}}, number);
}

std::string_view subject(const View& view) {
  return view.before.name == kNoBalancer ? "Balancing" : std::string_view(view.after.name);
}

// The headline for one placement, or for two that are equally good.
void write_state(const View& view, Markup& page) {
  if (view.compares()) {
    page.name(subject(view)).text(" changes nothing here: balancedness is ");
  } else {
    page.text("With ").name(view.after.name).text(" balancedness is ");
  }
  after_number(page, ratio(view.after_all["balancedness"]));
  page.text(view.compares() ? " before and after, and" : ":");
  page.text(" the load of the hottest GPU of a layer is ");
  after_number(page, ratio(times_mean(view.after_all)));
  page.text(" times the mean load.");
}

void write_change(const View& view, Markup& page) {
  const double gain = view.after_all["balancedness"] - view.before_all["balancedness"];
  const RatioPair balanced =
      ratios(view.before_all["balancedness"], view.after_all["balancedness"]);
  const RatioPair times = ratios(times_mean(view.before_all), times_mean(view.after_all));
  page.name(subject(view));
  page.text(gain >= kLittle    ? " raises balancedness"
            : gain >= kNothing ? " helps a little: balancedness rises"
            : gain > -kNothing ? " changes almost nothing: balancedness goes"
                               : " makes it worse: balancedness falls");
  page.text(" from ");
  before_number(page, balanced.first);
  page.text(" to ");
  after_number(page, balanced.second);
  page.text(gain >= kLittle ? ": the" : ", and the");
  page.text(" load of the hottest GPU of a layer is now ");
  after_number(page, times.second);
  page.text(" times the mean load instead of ");
  before_number(page, times.first);
  page.text(".");
}

// What the headline means for the GPUs, and what is left to gain.
std::string lead(const View& view) {
  const std::string before = percent(1 - view.before_all["balancedness"]);
  const std::string after = percent(1 - view.after_all["balancedness"]);
  std::string text = "While an expert layer waits for its hottest GPU, the GPUs are idle for " +
                     after + " of its time";
  if (before != after) text += " instead of " + before;
  if (view.has_steps()) {
    const FigureRow by_step = "step_balancedness";
    const std::string step_before = percent(1 - view.before_all[by_step]);
    const std::string step_after = percent(1 - view.after_all[by_step]);
    text += ", judged by the sum of its steps, and for " + step_after;
    if (step_before != step_after) text += " instead of " + step_before;
    text += " step by step: hot experts change from step to step, and every step waits";
  } else if (view.input.loads->steps > 1) {
    text += ", judged by the sum of its steps: single steps are less balanced and wait longer";
  }
  text +=
      view.after_all["gap_to_bound"] > 0
          ? ". On average, the placement is optimal within " +
                percent(view.after_all["gap_to_bound"]) +
                ": its hottest GPU is that much above the lower bound, and no placement of this "
                "shape is below that bound."
          : ". No placement of this shape can be better: the hottest GPUs are at the lower bound.";
  if (view.after_all["moved_slots"] >= 0) {
    const Shape& shape = view.input.shape;
    text += " Compared with the previous placement, " +
            figure_text(FigureRow("moved_slots").figure(), view.after_all["moved_slots"]) + " of " +
            counted(std::int64_t{shape.slots} * shape.layers, "slot") +
            " have to load another expert.";
  }
  if (view.after_all["empty_layers"] > 0) {
    text += " " + figure_text(FigureRow("empty_layers").figure(), view.after_all["empty_layers"]) +
            " of " + counted(view.input.shape.layers, "layer") +
            " have no load; their placement is arbitrary and they count as balanced.";
  }
  return text;
}

std::string shape_text(const Shape& shape) {
  std::string text = counted(shape.layers, "layer") + " × " + counted(shape.experts, "expert") +
                     " → " + counted(shape.slots, "slot") + " on " + counted(shape.gpus, "GPU") +
                     " (" + grouped(most_slots_per_gpu(shape)) + " per GPU)";
  if (shape.nodes == 1 && shape.groups == 1) return text + ", global";
  return text + ", " + counted(shape.nodes, "node") + ", " + counted(shape.groups, "group");
}

void write_tile(const View& view, Markup& page, std::string_view heading, std::string_view before,
                std::string_view after, std::string_view meaning) {
  page.open("div", {{"class", "tile"}}).element("h3", {}, heading);
  page.open("p", {{"class", "big"}});
  if (view.compares()) {
    page.element("span", {{"class", "was"}}, before).raw(" <span class=\"to\">→</span> ");
  }
  page.element("b", {}, after).close();
  page.element("p", {{"class", "note"}}, meaning).close();
}

void write_figure_tile(const View& view, Markup& page, FigureRow row, std::string_view meaning) {
  const Figure& figure = row.figure();
  write_tile(view, page, capitalized(figure.label), figure_text(figure, view.before_all[row]),
             figure_text(figure, view.after_all[row]), meaning);
}

}  // namespace

void write_headline(const View& view, Markup& page) {
  page.open("h1");
  if (view.after_all["empty_layers"] == view.input.shape.layers) {
    page.text("The window has no load: all placements are equally good.").close();
    return;
  }
  const bool changes = view.before_all["balancedness"] != view.after_all["balancedness"] ||
                       view.before_all["imbalance"] != view.after_all["imbalance"];
  if (changes) {
    write_change(view, page);
  } else {
    write_state(view, page);
  }
  page.close().element("p", {{"class", "lead"}}, lead(view));
}

void write_key_figures(const View& view, Markup& page) {
  const auto times = [](const Summary& all) { return fixed(times_mean(all), 2) + "×"; };
  page.open("section", {{"class", "tiles"}});
  const std::string sum = view.has_steps() ? ", of the sum of all steps" : "";
  write_figure_tile(view, page, "balancedness", "mean / max GPU load; 1 is perfect" + sum);
  write_tile(view, page, "Hottest GPU", times(view.before_all), times(view.after_all),
             "the mean GPU load of its layer: 1 + imbalance" + sum);
  if (view.has_steps()) {
    const auto in_a_step = [](const Summary& all, FigureRow row) {
      return fixed(1 + all[row], 2) + "×";
    };
    write_tile(view, page, "Hottest GPU in a step", in_a_step(view.before_all, "step_imbalance"),
               in_a_step(view.after_all, "step_imbalance"),
               "mean over steps; in 95 % of them now at most " +
                   in_a_step(view.after_all, "step_imbalance_p95"));
  } else {
    write_figure_tile(view, page, "worst_balancedness", "now " + view.layer_name(view.worst_layer));
  }
  write_figure_tile(view, page, "gap_to_bound", "an upper limit of the possible gain" + sum);
  page.close();

  page.open("dl", {{"class", "facts"}});
  page.element("dt", {}, "Loads").open("dd").name(view.input.source).close();
  page.element("dt", {}, "Shape").element("dd", {}, shape_text(view.input.shape));
  if (view.compares()) {
    page.element("dt", {}, "Before").open("dd").name(view.before.name);
    page.text(view.before.name == kNoBalancer ? ", contiguous without redundant experts" : "")
        .close();
  }
  page.element("dt", {}, view.compares() ? "After" : "Placement");
  page.open("dd").name(view.after.name).close();
  page.element("dt", {}, "Result hash").open("dd");
  page.element("code", {}, hash_text(*view.after.placement)).close();
  page.close();
}

}  // namespace evenkeel::report
