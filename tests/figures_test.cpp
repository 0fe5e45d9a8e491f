// The rows of figures.hpp: complete, of one name each, right on layers done by hand, and the same in every output.
// The tables of README.md and evenkeel.d.ts are written by `evenkeel_tests --rebase`.
#include "core/model/figures.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "core/io/result_json.hpp"
#include "core/model/strategies.hpp"
#include "core/report/html.hpp"
#include "core/report/markup.hpp"
#include "core/request/request.hpp"
#include "core/traffic/example.hpp"
#include "tests/support.hpp"

namespace evenkeel::test {

extern bool rebase_goldens;  // golden_test.cpp

namespace {

using json = nlohmann::ordered_json;

TEST(Figures, AreCompleteAndOfOneNameEach) {
  std::set<std::string_view> names;
  std::set<std::string_view> labels;
  std::set<std::string_view> headings;
  for (const Figure& figure : kFigures) {
    EXPECT_TRUE(names.insert(figure.name).second) << figure.name;
    EXPECT_TRUE(labels.insert(figure.label).second) << figure.label;
    EXPECT_TRUE(headings.insert(figure.heading).second) << figure.heading;
    EXPECT_EQ(figure.name.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_"),
              std::string_view::npos)
        << figure.name;
    for (const std::string_view text :
         {figure.label, figure.heading, figure.formula, figure.sentence}) {
      EXPECT_FALSE(text.empty()) << figure.name;
      EXPECT_NE(text.substr(text.size() - 1), ".") << figure.name << ": the outputs add full stops";
    }
    EXPECT_TRUE(figure.of_layer != nullptr || figure.is_overall()) << figure.name;
    EXPECT_EQ(figure.is_overall(), figure.overall.value != nullptr) << figure.name;
    EXPECT_TRUE(figure.tables == kNoTable || figure.is_overall()) << figure.name;
  }
}

// Layer 0: GPU loads 8, 7, 6; bound 7. Layer 1: GPU loads 30, 10, 20; bound 24. Layer 2: no load.
std::vector<LayerMetrics> layers_by_hand() {
  return {{7, 8, 7, 0, 1, 4}, {20, 30, 24, 2, 3, 0}, {0, 0, 0, 0, 0, 5}};
}

// Layer 0: max / mean is 6 / 3, then 3 / 3. Layer 1: no tokens, then 2 / 2. Layer 2: never any tokens.
StepMetrics steps_by_hand() {
  StepFigures figures(3);
  figures.add(0, {3, 6});
  figures.add(1, {0, 0});
  figures.end_step();
  figures.add(0, {3, 3});
  figures.add(1, {2, 2});
  figures.add(2, {0, 0});
  figures.end_step();
  figures.end_step();  // a step without tokens
  return figures.metrics();
}

struct Expected {
  std::vector<double> of_layers;  // empty: there is none
  double overall;                 // NaN: unknown, or there is none
};

// A figure that is new gets its values here.
const std::map<std::string_view, Expected>& expected_figures() {
  static const std::map<std::string_view, Expected> expected = {
      {"balancedness", {{0.875, 2.0 / 3, 1}, (0.875 + 2.0 / 3 + 1) / 3}},
      {"step_balancedness", {{0.75, 1, kUnknown}, 0.875}},
      {"worst_balancedness", {{}, 2.0 / 3}},
      {"worst_layer", {{}, 11}},
      {"balancedness_by_load", {{}, 27.0 / 38}},
      {"step_balancedness_by_load", {{}, (3.0 / 6 + 5.0 / 5) / 2}},
      {"imbalance", {{1.0 / 7, 0.5, 0}, (1.0 / 7 + 0.5) / 3}},
      {"step_imbalance", {{0.5, 0, kUnknown}, 0.25}},
      {"step_imbalance_p95", {{1, 0, kUnknown}, 1}},
      {"gap_to_bound", {{1.0 / 7, 0.25, 0}, (1.0 / 7 + 0.25) / 3}},
      {"best_balancedness", {{1, 5.0 / 6, 1}, (1 + 5.0 / 6 + 1) / 3}},
      {"mean_gpu_load", {{7, 20, 0}, kUnknown}},
      {"max_gpu_load", {{8, 30, 0}, kUnknown}},
      {"lower_bound", {{7, 24, 0}, kUnknown}},
      {"hottest_gpu", {{0, 2, 0}, kUnknown}},
      {"same_gpu_copies", {{1, 3, 0}, 4}},
      {"moved_slots", {{4, 0, 5}, 9}},
      {"empty_layers", {{}, 1}},
      {"us_per_layer", {{}, kUnknown}},
  };
  return expected;
}

void expect_value(double value, double wanted, std::string_view name) {
  if (std::isnan(wanted)) {
    EXPECT_TRUE(std::isnan(value)) << name << ": " << value;
  } else {
    EXPECT_DOUBLE_EQ(value, wanted) << name;
  }
}

TEST(Figures, OfLayersDoneByHand) {
  const std::vector<LayerMetrics> metrics = layers_by_hand();
  const StepMetrics steps = steps_by_hand();
  const Layers layers = {metrics, {10}, &steps};
  const Summary all = summarize(layers);
  EXPECT_EQ(expected_figures().size(), kFigureCount);
  for (const Figure& figure : kFigures) {
    ASSERT_EQ(expected_figures().count(figure.name), 1u) << figure.name << " has no expected value";
    const Expected& expected = expected_figures().at(figure.name);
    expect_value(all.of(figure), expected.overall, figure.name);
    ASSERT_EQ(figure.of_layer == nullptr, expected.of_layers.empty()) << figure.name;
    for (std::size_t i = 0; i < expected.of_layers.size(); ++i) {
      expect_value(figure.of_layer(layers, i), expected.of_layers[i], figure.name);
    }
  }
}

TEST(Figures, AreUnknownWithoutWhatTheyNeed) {
  std::vector<LayerMetrics> layers = layers_by_hand();
  for (LayerMetrics& layer : layers) layer.moved_slots = -1;
  const Summary all = summarize({layers, {10}});
  for (const Figure& figure : kFigures) {
    if (!figure.is_overall()) continue;
    EXPECT_EQ(std::isnan(all.of(figure)), figure.needs != Needs::nothing) << figure.name;
  }
  const StepMetrics no_steps;
  EXPECT_EQ(all, summarize({layers, {10}, &no_steps}));
  EXPECT_FALSE(all == summarize({layers, {11}})) << "another number of the worst layer";
}

TEST(Figures, AsPeopleReadThem) {
  const auto text = [](FigureRow row, double value) { return figure_text(row.figure(), value); };
  EXPECT_EQ(text("balancedness", 0.93721), "0.9372");
  EXPECT_EQ(text("imbalance", 0.06881), "6.88\u00a0%");
  EXPECT_EQ(text("max_gpu_load", 12345.4), "12,345");
  EXPECT_EQ(text("same_gpu_copies", 16704), "16,704");
  EXPECT_EQ(text("worst_layer", 1024), "1024");
  EXPECT_EQ(text("us_per_layer", 24.13), "24.1\u00a0µs");
  EXPECT_EQ(text("moved_slots", kUnknown), "–");
}

// A result without a previous placement, and its figures.
struct Placed {
  Loads loads = skewed_loads(3, 24, 1);
  Shape shape = {3, 24, 32, 4, 2, 4};
  NamedRules strategy;
  Result result;
  Summary all;

  Placed() {
    loads.first_layer = 7;
    EXPECT_TRUE(resolve_strategy(Request(), Vocabulary::plain, strategy).ok());
    result = balance_on("cpu", loads, shape, strategy.rules);
    StepFigures figures(3);
    for (const double max : {2.0, 3.0, 4.0}) {
      for (const std::size_t layer : {0u, 1u, 2u}) figures.add(layer, {1.5, max});
      figures.end_step();
    }
    result.steps = figures.metrics();
    all = summarize(layers());
  }
  Layers layers() const { return {result.metrics, loads.numbers(), &result.steps}; }
  ResultOrigin origin() const { return {&strategy, "cpu", 0, loads.numbers()}; }
};

void expect_same(const json& cell, double value, std::string_view name) {
  if (std::isnan(value)) {
    EXPECT_TRUE(cell.is_null()) << name << ": " << cell;
  } else {
    EXPECT_EQ(cell.get<double>(), value) << name;
  }
}

TEST(Figures, OfJsonAreTheRows) {
  const Placed sample;
  const json object = json::parse(result_json(sample.origin(), sample.shape, sample.result));
  EXPECT_EQ(object.at("format"), 2);
  json metrics = object.at("metrics");
  const json layers = metrics.at("layers");
  metrics.erase("layers");
  std::vector<std::string> overall;
  std::vector<std::string> of_layer = {"layer"};
  for (const Figure& figure : kFigures) {
    if (figure.is_overall() && figure.is_metric()) {
      overall.emplace_back(figure.name);
      expect_same(metrics.at(overall.back()), sample.all.of(figure), figure.name);
    }
    if (figure.of_layer == nullptr) continue;
    of_layer.emplace_back(figure.name);
    for (std::size_t i = 0; i < layers.size(); ++i) {
      expect_same(layers[i].at(of_layer.back()), figure.of_layer(sample.layers(), i), figure.name);
    }
  }
  const auto keys = [](const json& from) {
    std::vector<std::string> names;
    for (const auto& item : from.items()) names.push_back(item.key());
    return names;
  };
  EXPECT_EQ(keys(metrics), overall);
  EXPECT_EQ(keys(layers.at(0)), of_layer);
  EXPECT_TRUE(layers.at(0).at("hottest_gpu").is_number_integer());
  EXPECT_EQ(layers.at(2).at("layer"), 9);
}

std::vector<std::string> split(const std::string& line) {
  std::vector<std::string> cells = {""};
  for (const char c : line) {
    if (c == ',') {
      cells.emplace_back();
    } else {
      cells.back().push_back(c);
    }
  }
  return cells;
}

TEST(Figures, OfCsvAreTheRows) {
  Placed sample;
  sample.all["us_per_layer"] = 12.5;
  const ComparedResult compared[] = {{&sample.strategy, &sample.result, 12.5}};
  const std::string csv = comparison_csv(sample.origin(), compared);
  const std::size_t end = csv.find('\n');
  const std::vector<std::string> heading = split(csv.substr(0, end));
  const std::vector<std::string> row = split(csv.substr(end + 1, csv.size() - end - 2));
  ASSERT_EQ(row.size(), heading.size());
  std::size_t at = 1;
  for (const Figure& figure : kFigures) {
    if (!figure.is_overall()) continue;
    ASSERT_LT(at, heading.size());
    EXPECT_EQ(heading[at], figure.name);
    const double value = sample.all.of(figure);
    EXPECT_EQ(row[at].empty(), std::isnan(value)) << figure.name;
    if (!row[at].empty()) {
      EXPECT_EQ(std::stod(row[at]), value) << figure.name;
    }
    ++at;
  }
  EXPECT_EQ(heading.front(), "strategy");
  EXPECT_EQ(heading[at], "hash");
  EXPECT_EQ(at + 1, heading.size());
}

TEST(Figures, OfTheReportAreTheRows) {
  const Placed sample;
  ReportInput input;
  input.loads = &sample.loads;
  input.shape = sample.shape;
  input.strategies = {
      {"one", &sample.result.placement, sample.result.metrics, 12.5, {}, &sample.result.steps}};
  const std::string html = report_html(input);
  const std::size_t table = html.find("<table class=\"strategies\">");
  const std::string first = html.substr(table, html.find("</table>", table) - table);
  for (const Figure& figure : kFigures) {
    const std::string label = report::escaped(capitalized(figure.label));
    EXPECT_NE(
        html.find("<dt>" + label + "</dt><dd><code>" + report::escaped(figure.formula) + "</code>"),
        std::string::npos)
        << figure.name;
    const bool in_table = (figure.tables & (kResult | kComparison)) != 0;
    const bool is_known = figure.needs != Needs::previous;
    const std::string name = "data-name=\"" + label + "\">";
    EXPECT_EQ(first.find(name) != std::string::npos, in_table && is_known) << figure.name;
    if (!in_table || !is_known || figure.needs == Needs::timing) continue;
    EXPECT_NE(first.find(name + figure_text(figure, sample.all.of(figure)) + "</td>"),
              std::string::npos)
        << figure.name;
  }
}

// ---- the tables of documents

std::string sentences(const Figure& figure) {
  return capitalized(figure.formula) + ". " + capitalized(figure.sentence) + ".";
}

std::string readme_table() {
  std::string text =
      "| figure | in JSON | what it is | over all layers | reported by |\n|---|---|---|---|---|\n";
  for (const Figure& figure : kFigures) {
    const std::string overall = figure.is_overall() ? std::string(figure.overall.words) : "–";
    text += "| " + std::string(figure.label) + " | `" + std::string(figure.name) + "` | " +
            sentences(figure) + " | " + overall + " | " + std::string(figure.engines) + " |\n";
  }
  return text;
}

// A member of an interface with its comment, in lines of at most 110 characters.
std::string member(const Figure& figure, const std::string& comment) {
  constexpr std::size_t kWidth = 110;
  const bool is_known = figure.needs == Needs::nothing;
  const std::string type = is_known ? "number" : "number | null";
  std::string text = "  /**";
  std::size_t width = text.size();
  for (std::size_t at = 0; at < comment.size();) {
    const std::size_t end = std::min(comment.find(' ', at), comment.size());
    const std::string word = " " + comment.substr(at, end - at);
    if (width + word.size() > kWidth) {
      text += "\n   *";
      width = 4;
    }
    text += word;
    width += word.size();
    at = end + 1;
  }
  return text + " */\n  " + std::string(figure.name) + ": " + type + ";\n";
}

std::string interface_members(bool overall) {
  std::string text;
  for (const Figure& figure : kFigures) {
    const std::string engines =
        figure.engines.empty() ? "" : " " + std::string(figure.engines) + ".";
    if (overall && figure.is_overall() && figure.is_metric()) {
      text += member(figure, sentences(figure) + " Here: " + std::string(figure.overall.words) +
                                 "." + engines);
    }
    if (!overall && figure.of_layer != nullptr) text += member(figure, sentences(figure) + engines);
  }
  return text;
}

struct Document {
  const char* path;
  std::string before;
  std::string after;
  std::string table;
};

TEST(Documents, HaveTheFigures) {
  const Document documents[] = {
      {"README.md", "<!-- figures, written by evenkeel_tests --rebase -->\n",
       "<!-- end of the figures -->", readme_table()},
      {"web/module/evenkeel.d.ts", "  // figures of a layer, written by evenkeel_tests --rebase\n",
       "  // end of the figures", interface_members(false)},
      {"web/module/evenkeel.d.ts",
       "  // figures of all layers, written by evenkeel_tests --rebase\n",
       "  // end of the figures", interface_members(true)}};
  for (const Document& document : documents) {
    const std::filesystem::path path = source_folder() / document.path;
    std::string text = read_file(path);
    std::size_t begin = text.find(document.before);
    ASSERT_NE(begin, std::string::npos) << document.path << " has no line " << document.before;
    begin += document.before.size();
    const std::size_t end = text.find(document.after, begin);
    ASSERT_NE(end, std::string::npos) << document.path << " has no line " << document.after;
    if (rebase_goldens) {
      text.replace(begin, end - begin, document.table);
      std::ofstream file(path, std::ios::binary | std::ios::trunc);
      ASSERT_TRUE((file << text).flush().good()) << "cannot write " << path;
    } else {
      EXPECT_EQ(text.substr(begin, end - begin), document.table)
          << document.path << " is not what figures.hpp says; run evenkeel_tests --rebase";
    }
  }
}

}  // namespace
}  // namespace evenkeel::test
