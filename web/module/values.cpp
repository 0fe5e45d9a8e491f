#include "web/module/values.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <optional>
#include <utility>

#include "core/base/text.hpp"
#include "core/evenkeel.hpp"
#include "core/io/loads/window_sum.hpp"
#include "core/io/placements/placement_io.hpp"
#include "core/model/layers.hpp"
#include "core/model/placement.hpp"

namespace evenkeel {
namespace {

std::int32_t narrowed(double number) { return static_cast<std::int32_t>(number); }

std::optional<std::int64_t> unless_missing(double number) {
  if (std::isnan(number)) return {};
  return static_cast<std::int64_t>(number);
}

}  // namespace

std::vector<double> numbers_in(const Given& object, const char* field) {
  return object[field].numbers<double>();
}

std::string text_in(const Given& object, const char* field) {
  return std::string(object[field].text());
}

Answer list_of(const Shape& shape) {
  return Answer::numbers(std::vector<std::int32_t>{shape.layers, shape.experts, shape.slots,
                                                   shape.gpus, shape.nodes, shape.groups});
}

Answer object_of(const Loads& loads) {
  Answer object = Answer::object();
  object.set("sizes",
             Answer::numbers(std::vector<double>{
                 static_cast<double>(loads.layers), static_cast<double>(loads.experts),
                 static_cast<double>(loads.first_layer), static_cast<double>(loads.steps)}));
  object.set("values", Answer::numbers(loads.values));
  object.set("source", Answer(loads.source));
  return object;
}

Answer object_of(const Placement& placement, std::int32_t most_copies) {
  Answer object = Answer::object();
  object.set("sizes", Answer::numbers(std::vector<std::int32_t>{
                          placement.layers, placement.experts, placement.slots, placement.gpus,
                          placement.nodes, placement.groups, placement.first_layer, most_copies}));
  object.set("phy2log", Answer::numbers_at(placement.phy2log));
  object.set("logcnt", Answer::numbers_at(placement.logcnt));
  return object;
}

std::int32_t pack_log2phy(Placement& placement) {
  std::int32_t most_copies = 0;
  std::int32_t* first = placement.log2phy.data();
  for (const std::int32_t copies : placement.logcnt) {
    *first += kNextExpert;
    first += copies;
    most_copies = std::max(most_copies, copies);
  }
  return most_copies;
}

Answer packed_object_of(const Placement& packed, std::int32_t gpus, const LayerNumbers& numbers) {
  Answer object = Answer::object();
  object.set("sizes",
             Answer::numbers(std::vector<std::int32_t>{packed.layers, packed.experts, packed.slots,
                                                       packed.gpus, gpus, numbers.first}));
  object.set("dense", Answer::numbers(
                          std::vector<std::int32_t>(numbers.dense.begin(), numbers.dense.end())));
  object.set("packed", Answer::numbers_at(packed.log2phy));
  return object;
}

void take_packed(const Given& object, Placement& out, std::int32_t& gpus,
                 std::vector<std::int32_t>& dense, LayerNumbers& numbers) {
  const auto sizes = object["sizes"].numbers<std::int32_t>();
  out.layers = sizes[0];
  out.experts = sizes[1];
  out.slots = sizes[2];
  out.gpus = sizes[3];
  gpus = sizes[4];
  dense = object["dense"].numbers<std::int32_t>();
  numbers = {sizes[5], {}, dense};
  out.log2phy = object["packed"].numbers<std::int32_t>();
  out.phy2log.resize(out.log2phy.size());
  out.logcnt.resize(static_cast<std::size_t>(out.layers) * static_cast<std::size_t>(out.experts));
  std::int32_t* phy2log = out.phy2log.data();
  std::int32_t* copies = out.logcnt.data() - 1;
  std::int32_t* slot = out.log2phy.data();
  for (std::int32_t layer = 0; layer < out.layers; ++layer, phy2log += out.slots) {
    std::int32_t expert = -1;
    for (std::int32_t i = 0; i < out.slots; ++i, ++slot) {
      if (*slot >= kNextExpert) {
        *slot -= kNextExpert;
        ++expert;
        ++copies;
      }
      ++*copies;
      phy2log[*slot] = expert;
    }
  }
}

Answer object_of(const Layers& layers) {
  const Summary summary = summarize(layers);
  std::vector<double> all;
  for (const Figure& figure : kFigures) {
    if (figure.is_overall() && figure.is_metric()) all.push_back(summary.of(figure));
  }
  std::vector<double> figures;
  figures.reserve(layers.metrics.size() * std::size(kFigures));
  for (std::size_t i = 0; i < layers.metrics.size(); ++i) {
    for (const Figure& figure : kFigures) {
      if (figure.of_layer != nullptr) figures.push_back(figure.of_layer(layers, i));
    }
  }
  Answer object = Answer::object();
  object.set("first_layer", Answer(static_cast<double>(layers.numbers.first)));
  object.set("layers", Answer::numbers(figures));
  object.set("all", Answer::numbers(all));
  return object;
}

Status take_shape(const Given& request, const Loads& loads, Request& out) {
  const std::vector<double> said = numbers_in(request, "shape");
  std::size_t at = 0;  // in the order of kRequestNumbers, then layers and experts
  for (const RequestNumber& number : kRequestNumbers) {
    out.*number.member = unless_missing(said[at++]);
  }
  const std::string name = loads.source.empty() ? "loads" : loads.source;
  const auto other = [&](double size, std::int32_t wanted, const char* what) {
    if (std::isnan(size) || size == wanted) return Status();
    return refuse(name, wanted, " ", what, ", but the shape says ",
                  static_cast<std::int64_t>(size));
  };
  Status status = other(said[at], loads.layers, "layers");
  return status.ok() ? other(said[at + 1], loads.experts, "experts") : status;
}

Status take_loads(const Given& request, Loads& out, std::vector<float>& steps) {
  const Given from = request["loads"];
  const std::vector<double> sizes = numbers_in(from, "sizes");
  out.layers = narrowed(sizes[0]);
  out.experts = narrowed(sizes[1]);
  out.first_layer = narrowed(sizes[2]);
  out.steps = static_cast<std::int64_t>(sizes[3]);
  out.source = shown_name(text_in(from, "source"));
  out.values = from["values"].numbers<float>();
  const auto cells = static_cast<std::size_t>(out.layers) * static_cast<std::size_t>(out.experts);
  if (out.steps > 1 && cells > 0 &&
      out.values.size() / cells == static_cast<std::size_t>(out.steps)) {
    steps = std::move(out.values);
    std::vector<double> sums(cells);
    for (std::size_t i = 0; i < steps.size(); ++i) {
      if (!(steps[i] >= 0) || std::isinf(steps[i])) {
        Place place;
        place.step = static_cast<std::int64_t>(i / cells);
        place.layer = out.first_layer + static_cast<std::int64_t>(i % cells) / out.experts;
        return refuse_load(out.source.empty() ? "loads" : out.source, place,
                           static_cast<std::int64_t>(i) % out.experts, steps[i]);
      }
      sums[i % cells] += static_cast<double>(steps[i]);
    }
    out.values.assign(sums.begin(), sums.end());
  }
  if (out.values.size() == cells) find_dense_layers(out);  // other sizes are refused later
  return {};
}

Status take_placement(const Given& request, const char* field, std::string_view name,
                      std::int32_t experts, Placement& out) {
  const Given from = request[field];
  const std::vector<double> sizes = numbers_in(from, "sizes");
  out.layers = narrowed(sizes[0]);
  out.experts = experts;
  out.slots = narrowed(sizes[2]);
  out.gpus = narrowed(sizes[3]);
  out.nodes = narrowed(sizes[4]);
  out.groups = narrowed(sizes[5]);
  out.first_layer = narrowed(sizes[6]);
  out.phy2log = from["phy2log"].numbers<std::int32_t>();
  // What the placement says of itself must be true.
  if (const std::int32_t said = narrowed(sizes[1]); said != 0 && said != experts) {
    return refuse(name, "experts is ", said, ", but the loads have ", experts);
  }
  if (Status status = complete_placement(name, out); !status.ok()) return status;
  const std::int32_t most = largest_count(out);
  if (const std::int32_t said = narrowed(sizes[7]); said != 0 && said != most) {
    return refuse(name, "most_copies is ", said, ", but phy2log has ", several(most, "copy"),
                  " of an expert at most");
  }
  if (!from["logcnt"].is_missing()) {
    const Status status = check_logcnt(name, from["logcnt"].numbers<std::int32_t>(), out);
    if (!status.ok()) return status;
  }
  if (from["log2phy"].is_missing()) return {};
  return adopt_log2phy(name, from["log2phy"].numbers<std::int32_t>(), out);
}

}  // namespace evenkeel
