// The meaning of the figures.

#include "core/report/view.hpp"

namespace evenkeel::report {
namespace {

void write_definition(Markup& page, std::string_view term, std::string_view formula,
                      std::string_view meaning) {
  page.element("dt", {}, term).open("dd");
  page.element("code", {}, formula).text(" ").text(meaning).close();
}

// "1 is perfect. vLLM logs it. Overall: mean over layers."
std::string meaning_of(const Figure& figure) {
  std::string text = capitalized(figure.sentence) + ".";
  if (!figure.engines.empty()) text += " " + std::string(figure.engines) + ".";
  if (figure.is_overall()) text += " Overall: " + std::string(figure.overall.words) + ".";
  return text;
}

}  // namespace

void write_definitions(Markup& page) {
  page.open("section").element("h2", {}, "What the figures mean");
  page.open("dl", {{"class", "definitions"}});
  for (const Figure& figure : kFigures) {
    write_definition(page, capitalized(figure.label), figure.formula, meaning_of(figure));
  }
  write_definition(page, "Result hash", "FNV-1a, 64 bit, over the sizes and the whole placement",
                   "Equal hashes: every copy is placed alike.");
  page.close();
  page.element(
      "p", {{"class", "caution"}},
      "All figures are for the window of loads named at the top, which is at best the window on "
      "which the placement was planned. Traffic changes: to see how good a placement is "
      "later, score it on later steps.");
  page.close();
}

}  // namespace evenkeel::report
