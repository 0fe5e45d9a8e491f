// The meaning of the figures.

#include "core/report/view.hpp"

namespace evenkeel::report {
namespace {

struct Definition {
  const char* figure;
  const char* formula;
  const char* meaning;
};

constexpr Definition kDefinitions[] = {
    {"GPU load", "sum over its slots of load(expert) / copies(expert)",
     "in tokens; the load of a copy is the expert's load divided by the number of copies"},
    {"Balancedness", "mean GPU load / max GPU load",
     "1 is perfect; 0.8 means that in an expert layer GPUs are idle for 20 % of the time. "
     "vLLM and SGLang report it"},
    {"Imbalance", "(max − mean) / mean", "0 is perfect; TensorRT-LLM reports it"},
    {"Lower bound", "max of: mean GPU load; largest copy; heaviest node / its GPUs",
     "no placement of this shape has a lower maximum. Largest copy: under the best replication. "
     "Heaviest node: under the best assignment of whole groups to nodes. It may be impossible to "
     "reach the bound; a placement at the bound cannot be improved"},
    {"Above bound", "max GPU load / lower bound − 1",
     "the most that any other strategy could gain"},
    {"Best possible", "mean GPU load / lower bound", "the balancedness at the lower bound"},
    {"Copies wasted", "slots − distinct experts, summed over GPUs",
     "same-expert copies on one GPU: memory spent on copies that do not spread load"},
    {"Moved slots", "slots whose expert was not on that GPU before",
     "weights to transfer; needs the previous placement"},
    {"Time", "µs to compute the placement of one layer", "on one thread, if measured"},
    {"Result hash", "FNV-1a, 64 bit, over the sizes and the whole placement",
     "equal hashes: every copy is in the same slot"},
};

}  // namespace

void write_definitions(const View& view, Markup& page) {
  page.open("section").element("h2", {}, "What the figures mean");
  page.open("dl", {{"class", "definitions"}});
  for (const Definition& definition : kDefinitions) {
    page.element("dt", {}, definition.figure).open("dd");
    page.element("code", {}, definition.formula)
        .text(" ")
        .text(definition.meaning)
        .text(".")
        .close();
  }
  page.close();
  page.open("p").text("Each figure is defined for one layer; overall figures are means over ");
  page.text(view.layers() == 1 ? "layers, here one." : "layers, shown with the worst layer.");
  page.close();
  page.element(
      "p", {{"class", "caution"}},
      "All figures are for the window of loads named at the top, which is at best the window on "
      "which the placement was planned. Traffic changes: to see how good a placement is "
      "later, score it on later steps.");
  page.close();
}

}  // namespace evenkeel::report
