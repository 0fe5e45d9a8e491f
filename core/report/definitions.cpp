// What the figures mean.

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
     "in tokens; a copy of an expert carries its load divided by the number of copies"},
    {"Balancedness", "mean GPU load / max GPU load",
     "1 is perfect; 0.8 means that GPUs idle 20 % of an expert layer that waits for the hottest. "
     "vLLM and SGLang report it"},
    {"Imbalance", "(max − mean) / mean", "0 is perfect; TensorRT-LLM reports it"},
    {"Lower bound", "max of: mean GPU load; largest copy; heaviest node / its GPUs",
     "no placement of this shape has a hottest GPU below it. The largest copy is that under the "
     "best replication, the heaviest node that under the best assignment of whole groups to nodes. "
     "The bound may be out of reach: a gap is room that may exist, no gap proves that none does"},
    {"Above bound", "max GPU load / lower bound − 1",
     "the most that any other strategy could still gain"},
    {"Best possible", "mean GPU load / lower bound", "the balancedness at the lower bound"},
    {"Copies wasted", "slots − distinct experts, summed over GPUs",
     "same-expert copies on one GPU: memory spent on copies that do not spread load"},
    {"Moved slots", "slots whose expert was not on that GPU before",
     "weights to transfer; known when the previous placement is"},
    {"Time", "µs to compute the placement of one layer",
     "on one thread; known when it was measured"},
    {"Result hash", "FNV-1a, 64 bit, over the sizes and the whole placement",
     "equal hashes: every copy is placed alike"},
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
  page.open("p").text("Each figure is of one layer; overall figures are means over ");
  page.text(view.layers() == 1 ? "layers, here one."
                               : "layers, and the worst layer stands beside them.");
  page.close();
  page.element("p", {{"class", "caution"}},
               "All figures are for the window of loads named at the top, at best the very window "
               "that the placement was made for. Traffic changes: to see what a placement is worth "
               "later, score it on later steps.");
  page.close();
}

}  // namespace evenkeel::report
