#include "core/io/result_json.hpp"

#include <cstddef>
#include <nlohmann/json.hpp>
#include <span>

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

// The rule of each stage, with the names of the options; null without a strategy.
json stages_object(const NamedRules* strategy) {
  if (strategy == nullptr) return {};
  json object = json::object();
  for (const Stage& stage : stages()) {
    object[std::string(stage.name)] = rule_name(stage, strategy->rules);
  }
  return object;
}

json moved_or_null(std::int64_t moved) { return moved < 0 ? json() : json(moved); }

json metrics_object(std::int32_t first_layer, std::span<const LayerMetrics> layers) {
  const Summary all = summarize(layers);
  const LayerMetrics& worst = layers[static_cast<std::size_t>(all.worst_layer)];
  json object = {
      {"balancedness", all.balancedness},
      {"imbalance", all.imbalance},
      {"gap_to_bound", all.gap},
      {"worst_layer",
       {{"layer", first_layer + all.worst_layer}, {"balancedness", worst.balancedness()}}},
      {"same_gpu_copies", all.same_gpu_copies},
      {"moved_slots", moved_or_null(all.moved_slots)},
      {"empty_layers", all.empty_layers},
      {"layers", json::array()}};
  for (std::size_t i = 0; i < layers.size(); ++i) {
    const LayerMetrics& layer = layers[i];
    object["layers"].push_back({{"layer", first_layer + static_cast<std::int32_t>(i)},
                                {"balancedness", layer.balancedness()},
                                {"imbalance", layer.imbalance()},
                                {"mean_gpu_load", layer.mean_load},
                                {"max_gpu_load", layer.max_load},
                                {"lower_bound", layer.lower_bound},
                                {"hottest_gpu", layer.hottest_gpu},
                                {"same_gpu_copies", layer.same_gpu_copies},
                                {"moved_slots", moved_or_null(layer.moved_slots)}});
  }
  return object;
}

json result_object(const ResultOrigin& origin, const Shape& shape, const Result& result) {
  return {{"shape", shape_object(shape)},
          {"first_layer", origin.first_layer},
          {"strategy", origin.strategy == nullptr ? json() : json(origin.strategy->name)},
          {"stages", stages_object(origin.strategy)},
          {"seed", origin.strategy == nullptr ? json() : json(origin.seed)},
          {"backend", origin.backend},
          {"hash", hash_text(result.placement)},
          {"metrics", metrics_object(origin.first_layer, result.metrics)}};
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

json point_object(const SweepPoint& point) {
  return {{"redundant", point.redundant},
          {"slots", point.slots},
          {"balancedness", point.summary.balancedness},
          {"best_balancedness", point.best_balancedness},
          {"worst_balancedness", point.worst_balancedness},
          {"imbalance", point.summary.imbalance},
          {"gap_to_bound", point.summary.gap},
          {"same_gpu_copies", point.summary.same_gpu_copies}};
}

}  // namespace

std::string hash_text(const Placement& placement) {
  constexpr char kDigits[] = "0123456789abcdef";
  const std::uint64_t hash = result_hash(placement);
  std::string text;
  for (int shift = 60; shift >= 0; shift -= 4) text += kDigits[hash >> shift & 15];
  return text;
}

std::string result_json(const ResultOrigin& origin, const Shape& shape, const Result& result) {
  return result_object(origin, shape, result).dump(2) + "\n";
}

std::string placement_json(const ResultOrigin& origin, const Shape& shape, const Result& result) {
  json object = result_object(origin, shape, result);
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
    strategies.push_back(
        {{"strategy", compared.strategy->name},
         {"stages", stages_object(compared.strategy)},
         {"hash", hash_text(compared.result->placement)},
         {"us_per_layer", compared.us_per_layer},
         {"metrics", metrics_object(origin.first_layer, compared.result->metrics)}});
  }
  return json{{"shape", shape_object(shape)},
              {"seed", origin.seed},
              {"backend", origin.backend},
              {"strategies", std::move(strategies)}}
             .dump(2) +
         "\n";
}

std::string comparison_csv(const ResultOrigin& origin, std::span<const ComparedResult> results) {
  std::string text =
      "strategy,balancedness,worst_layer,worst_balancedness,imbalance,gap_to_bound,"
      "same_gpu_copies,moved_slots,us_per_layer,hash\n";
  for (const ComparedResult& compared : results) {
    const Summary all = summarize(compared.result->metrics);
    const auto worst = static_cast<std::size_t>(all.worst_layer);
    const json cells[] = {all.balancedness,
                          origin.first_layer + all.worst_layer,
                          compared.result->metrics[worst].balancedness(),
                          all.imbalance,
                          all.gap,
                          all.same_gpu_copies,
                          moved_or_null(all.moved_slots),
                          compared.us_per_layer};
    text += compared.strategy->name;
    for (const json& cell : cells) text += "," + (cell.is_null() ? std::string() : cell.dump());
    text += "," + hash_text(compared.result->placement) + "\n";
  }
  return text;
}

std::string sweep_json(const ResultOrigin& origin, const Shape& shape,
                       std::span<const SweepPoint> points) {
  json object = shape_object(shape);
  object.erase("slots");
  object.update(json{{"strategy", origin.strategy->name},
                     {"stages", stages_object(origin.strategy)},
                     {"seed", origin.seed},
                     {"backend", origin.backend},
                     {"points", json::array()}});
  for (const SweepPoint& point : points) object["points"].push_back(point_object(point));
  return object.dump(2) + "\n";
}

std::string sweep_csv(std::span<const SweepPoint> points) {
  std::string text;
  const json heading = point_object({});
  for (const auto& cell : heading.items()) text += (text.empty() ? "" : ",") + cell.key();
  text += "\n";
  for (const SweepPoint& point : points) {
    std::string line;
    for (const json& value : point_object(point)) line += (line.empty() ? "" : ",") + value.dump();
    text += line + "\n";
  }
  return text;
}

}  // namespace evenkeel
