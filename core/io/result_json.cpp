#include "core/io/result_json.hpp"

#include <cmath>
#include <cstddef>
#include <nlohmann/json.hpp>
#include <numeric>
#include <span>

#include "core/model/figures.hpp"
#include "core/model/hash.hpp"
#include "core/model/placement.hpp"
#include "core/model/stage_names.hpp"

namespace evenkeel {
namespace {

using json = nlohmann::ordered_json;

json shape_object(const Shape& shape) {
  return {{"layers", shape.layers}, {"experts", shape.experts}, {"slots", shape.slots},
          {"gpus", shape.gpus},     {"nodes", shape.nodes},     {"groups", shape.groups}};
}

// The rule of each stage, with the names of the options; null without a strategy, and for one without stages.
json stages_object(const NamedRules* strategy) {
  if (strategy == nullptr || !strategy->rules.has_stages()) return {};
  json object = json::object();
  for (const Stage& stage : stages()) {
    object[std::string(stage.name)] = rule_name(stage, strategy->rules);
  }
  return object;
}

json value_of(const Figure& figure, double value) {
  if (std::isnan(value)) return {};
  const bool whole =
      figure.unit == Unit::count || figure.unit == Unit::gpu || figure.unit == Unit::layer;
  return whole ? json(static_cast<std::int64_t>(value)) : json(value);
}

json metrics_object(const Layers& layers) {
  const Summary all = summarize(layers);
  json object = json::object();
  for (const Figure& figure : kFigures) {
    if (!figure.is_overall() || !figure.is_metric()) continue;
    object[std::string(figure.name)] = value_of(figure, all.of(figure));
  }
  json rows = json::array();
  for (std::size_t i = 0; i < layers.metrics.size(); ++i) {
    json row = {{"layer", layers.numbers[i]}};
    for (const Figure& figure : kFigures) {
      if (figure.of_layer == nullptr) continue;
      row[std::string(figure.name)] = value_of(figure, figure.of_layer(layers, i));
    }
    rows.push_back(std::move(row));
  }
  object["layers"] = std::move(rows);
  return object;
}

json result_object(const ResultOrigin& origin, const Shape& shape, const Result& result) {
  json object = {{"format", kResultFormat},
                 {"shape", shape_object(shape)},
                 {"first_layer", origin.layers.first},
                 {"strategy", origin.strategy == nullptr ? json() : json(origin.strategy->name)},
                 {"stages", stages_object(origin.strategy)},
                 {"seed", origin.strategy == nullptr ? json() : json(origin.seed)},
                 {"backend", origin.backend},
                 {"hash", hash_text(result.placement)},
                 {"map_hash", map_hash_text(result.placement, shape.gpus, origin.layers)},
                 {"metrics", metrics_object({result.metrics, origin.layers, &result.steps})}};
  if (!origin.layers.listed.empty()) object["layer_numbers"] = origin.layers.listed;
  return object;
}

// [rows][width], one row per line.
template <class T>
std::string rows_text(std::span<const T> values, std::size_t width) {
  std::string text = "[";
  for (std::size_t at = 0; at < values.size(); at += width) {
    text += at == 0 ? "\n    " : ",\n    ";
    text += json(std::vector<T>(values.begin() + static_cast<std::ptrdiff_t>(at),
                                values.begin() + static_cast<std::ptrdiff_t>(at + width)))
                .dump();
  }
  return text + "\n  ]";
}

// [L][E][width], one layer per line.
std::string log2phy_text(const Placement& placement) {
  const auto width = static_cast<std::size_t>(largest_count(placement));
  const std::vector<std::int64_t> dense = unpack_log2phy(placement, largest_count(placement));
  const auto experts = static_cast<std::size_t>(placement.experts);
  std::string text = "[";
  for (std::size_t layer = 0; layer < static_cast<std::size_t>(placement.layers); ++layer) {
    json row = json::array();
    for (std::size_t x = layer * experts; x < (layer + 1) * experts; ++x) {
      const auto begin = dense.begin() + static_cast<std::ptrdiff_t>(x * width);
      row.push_back(std::vector<std::int64_t>(begin, begin + static_cast<std::ptrdiff_t>(width)));
    }
    text += (layer == 0 ? "\n    " : ",\n    ") + row.dump();
  }
  return text + "\n  ]";
}

// A sweep has no previous placement, and takes no time of a single one.
bool is_swept(const Figure& figure) {
  return figure.is_overall() && (figure.needs == Needs::nothing || figure.needs == Needs::steps);
}

Layers layers_of(const ComparedResult& compared, const ResultOrigin& origin) {
  return {compared.result->metrics, origin.layers, &compared.result->steps};
}

std::string cell(const Figure& figure, double value) {
  const json object = value_of(figure, value);
  return "," + (object.is_null() ? std::string() : object.dump());
}

// A layer of a placement with the experts of each GPU, and the copies of each expert, in ascending order.
struct MapLayer {
  MapLayer(std::size_t slots, std::size_t gpus)
      : phy2log(slots), log2phy(slots), gpu_of_copy(slots), next_on(gpus) {}

  // from: phy2log of the layer, [P]; logcnt: [E], its counts.
  void set(const std::int32_t* from, std::span<const std::int32_t> logcnt) {
    next_of.assign(logcnt.size(), 0);
    for (std::size_t x = 1; x < logcnt.size(); ++x) next_of[x] = next_of[x - 1] + logcnt[x - 1];
    const std::size_t per_gpu = phy2log.size() / next_on.size();
    for (std::size_t gpu = 0; gpu < next_on.size(); ++gpu) {
      next_on[gpu] = static_cast<std::int32_t>(gpu * per_gpu);
      for (std::size_t i = 0; i < per_gpu; ++i) {
        const auto x = static_cast<std::size_t>(*from++);
        gpu_of_copy[static_cast<std::size_t>(next_of[x]++)] = static_cast<std::uint32_t>(gpu);
      }
    }
    std::size_t copy = 0;
    for (std::size_t x = 0; x < logcnt.size(); ++x) {
      for (; copy < static_cast<std::size_t>(next_of[x]); ++copy) {
        const std::int32_t slot = next_on[gpu_of_copy[copy]]++;
        phy2log[static_cast<std::size_t>(slot)] = static_cast<std::int32_t>(x);
        log2phy[copy] = slot;
      }
    }
  }

  std::vector<std::int32_t> phy2log;
  std::vector<std::int32_t> log2phy;
  std::vector<std::uint32_t> gpu_of_copy;  // by expert
  std::vector<std::int32_t> next_of;       // of each expert, its next copy
  std::vector<std::int32_t> next_on;       // of each GPU, its next slot
};

}  // namespace

std::string hex_text(std::uint64_t hash) {
  constexpr char kDigits[] = "0123456789abcdef";
  std::string text;
  for (int shift = 60; shift >= 0; shift -= 4) text += kDigits[hash >> shift & 15];
  return text;
}

std::string hash_text(const Placement& placement) { return hex_text(result_hash(placement)); }

std::string map_hash_text(const Placement& placement, std::int32_t gpus,
                          const LayerNumbers& numbers) {
  const auto slots = static_cast<std::size_t>(placement.slots);
  const auto experts = static_cast<std::size_t>(placement.experts);
  std::vector<std::size_t> layers;
  for (std::size_t layer = 0; layer < static_cast<std::size_t>(placement.layers); ++layer) {
    if (!numbers.is_dense(layer)) layers.push_back(layer);
  }
  if (layers.empty()) {  // all are dense
    layers.resize(static_cast<std::size_t>(placement.layers));
    std::iota(layers.begin(), layers.end(), std::size_t{0});
  }
  PlacementHash hash(placement, static_cast<std::int32_t>(layers.size()));
  MapLayer map(slots, static_cast<std::size_t>(gpus));
  for (const std::size_t layer : layers) {
    const std::int32_t* logcnt = placement.logcnt.data() + layer * experts;
    map.set(placement.phy2log.data() + layer * slots, {logcnt, experts});
    hash.add_layer(map.phy2log.data(), logcnt, map.log2phy.data());
  }
  return hex_text(hash.value());
}

std::string result_json(const ResultOrigin& origin, const Shape& shape, const Result& result) {
  return result_object(origin, shape, result).dump(2) + "\n";
}

std::string placement_json(const ResultOrigin& origin, const Shape& shape, const Result& result) {
  json object = result_object(origin, shape, result);
  if (!origin.numbered) object["numbering"] = "rows";
  const Placement& placement = result.placement;
  // The arrays are written by hand, because dump with an indent would put every number on its own line.
  std::string text = object.dump(2);
  text.resize(text.size() - 2);  // the newline and brace at its end
  text += ",\n  \"phy2log\": " +
          rows_text<std::int32_t>(placement.phy2log, static_cast<std::size_t>(placement.slots));
  text += ",\n  \"logcnt\": " +
          rows_text<std::int32_t>(placement.logcnt, static_cast<std::size_t>(placement.experts));
  text += ",\n  \"log2phy\": " + log2phy_text(placement);
  return text + "\n}\n";
}

std::string comparison_json(const ResultOrigin& origin, const Shape& shape,
                            std::span<const ComparedResult> results) {
  json strategies = json::array();
  for (const ComparedResult& compared : results) {
    strategies.push_back({{"strategy", compared.strategy->name},
                          {"stages", stages_object(compared.strategy)},
                          {"hash", hash_text(compared.result->placement)},
                          {"us_per_layer", compared.us_per_layer},
                          {"metrics", metrics_object(layers_of(compared, origin))}});
  }
  return json{{"format", kResultFormat},
              {"shape", shape_object(shape)},
              {"seed", origin.seed},
              {"backend", origin.backend},
              {"strategies", std::move(strategies)}}
             .dump(2) +
         "\n";
}

std::string comparison_csv(const ResultOrigin& origin, std::span<const ComparedResult> results) {
  std::string text = "strategy";
  for (const Figure& figure : kFigures) {
    if (figure.is_overall()) text += "," + std::string(figure.name);
  }
  text += ",hash\n";
  for (const ComparedResult& compared : results) {
    Summary all = summarize(layers_of(compared, origin));
    all["us_per_layer"] = compared.us_per_layer;
    text += compared.strategy->name;
    for (const Figure& figure : kFigures) {
      if (figure.is_overall()) text += cell(figure, all.of(figure));
    }
    text += "," + hash_text(compared.result->placement) + "\n";
  }
  return text;
}

std::string sweep_json(const ResultOrigin& origin, const Shape& shape,
                       std::span<const SweepPoint> points) {
  json object = {{"format", kResultFormat}};
  object.update(shape_object(shape));
  object.erase("slots");
  object.update(json{{"strategy", origin.strategy->name},
                     {"stages", stages_object(origin.strategy)},
                     {"seed", origin.seed},
                     {"backend", origin.backend},
                     {"points", json::array()}});
  for (const SweepPoint& point : points) {
    json row = {{"redundant", point.redundant}, {"slots", point.slots}};
    for (const Figure& figure : kFigures) {
      if (!is_swept(figure)) continue;
      row[std::string(figure.name)] = value_of(figure, point.summary.of(figure));
    }
    object["points"].push_back(std::move(row));
  }
  return object.dump(2) + "\n";
}

std::string sweep_csv(std::span<const SweepPoint> points) {
  std::string text = "redundant,slots";
  for (const Figure& figure : kFigures) {
    if (is_swept(figure)) text += "," + std::string(figure.name);
  }
  text += "\n";
  for (const SweepPoint& point : points) {
    text += std::to_string(point.redundant) + "," + std::to_string(point.slots);
    for (const Figure& figure : kFigures) {
      if (is_swept(figure)) text += cell(figure, point.summary.of(figure));
    }
    text += "\n";
  }
  return text;
}

}  // namespace evenkeel
