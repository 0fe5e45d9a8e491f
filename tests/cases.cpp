#include "tests/cases.hpp"

#include <algorithm>
#include <cstdio>

#include "core/lanes/random.hpp"
#include "core/model/stage_names.hpp"
#include "core/traffic/example.hpp"
#include "tests/hostile_cases.hpp"

namespace evenkeel::test {
namespace {

// The index of the kind in case_kinds() followed by hostile_kinds(); kNoKind if it is in neither. It is the
// number of the kind's random stream.
constexpr std::uint32_t kNoKind = 0xffffffff;
std::uint32_t index_of_kind(const std::string& kind) {
  std::uint32_t index = 0;
  for (const auto* kinds : {&case_kinds(), &hostile_kinds()}) {
    for (const std::string& known : *kinds) {
      if (known == kind) return index;
      ++index;
    }
  }
  return kNoKind;
}

void fill_row(const std::string& kind, Random& random, float* row, std::uint32_t experts) {
  if (index_of_kind(kind) >= case_kinds().size()) {
    return fill_hostile_row(kind, random, row, experts);
  }
  const std::uint32_t hot = random.below(experts);
  for (std::uint32_t x = 0; x < experts; ++x) {
    const std::uint32_t draw = random.below(1u << 20);
    if (kind == "ties") row[x] = static_cast<float>(draw % 3 * 10);
    if (kind == "zero") row[x] = 0;
    if (kind == "onehot") row[x] = x == hot ? 1000.0f : 0.0f;
    if (kind == "equal") row[x] = 7;
    if (kind == "counts") row[x] = static_cast<float>(draw);
    if (kind == "sparse") row[x] = draw % 8 == 0 ? static_cast<float>(draw % 1000) : 0.0f;
    if (kind == "fraction") row[x] = static_cast<float>(draw) / 4099.0f;
    if (kind == "near") row[x] = 1.0f + static_cast<float>(draw % 4) / 8388608.0f;
  }
}

Case make(const char* kind, Shape shape, std::uint64_t seed) { return {kind, shape, seed}; }

}  // namespace

const std::vector<std::string>& case_kinds() {
  static const std::vector<std::string> kinds = {"ties",   "zero", "onehot",   "equal", "counts",
                                                 "sparse", "tail", "fraction", "near"};
  return kinds;
}

std::string Case::name() const {
  const auto field = [](const char* key, std::int64_t value) {
    return std::string(key) + "=" + std::to_string(value);
  };
  return kind + ":" + field("layers", shape.layers) + "," + field("experts", shape.experts) + "," +
         field("slots", shape.slots) + "," + field("gpus", shape.gpus) + "," +
         field("nodes", shape.nodes) + "," + field("groups", shape.groups) + "," +
         field("seed", static_cast<std::int64_t>(seed));
}

bool parse_case(const std::string& text, Case& out) {
  const std::size_t colon = text.find(':');
  if (colon == std::string::npos) return false;
  out.kind = text.substr(0, colon);
  unsigned long long seed = 0;
  Shape& s = out.shape;
  int end = 0;
  const std::string fields = text.substr(colon + 1);
  const int read = std::sscanf(
      fields.c_str(), "layers=%d,experts=%d,slots=%d,gpus=%d,nodes=%d,groups=%d,seed=%llu%n",
      &s.layers, &s.experts, &s.slots, &s.gpus, &s.nodes, &s.groups, &seed, &end);
  out.seed = seed;
  return read == 7 && end == static_cast<int>(fields.size()) && s.layers > 0 && s.experts > 0 &&
         index_of_kind(out.kind) != kNoKind;
}

Loads Case::loads() const {
  if (kind == "tail") return skewed_loads(shape.layers, shape.experts, seed);
  Loads loads;
  loads.layers = shape.layers;
  loads.experts = shape.experts;
  const auto experts = static_cast<std::size_t>(shape.experts);
  loads.values.resize(static_cast<std::size_t>(shape.layers) * experts);
  Random random(seed, index_of_kind(kind));
  for (std::size_t layer = 0; layer < static_cast<std::size_t>(shape.layers); ++layer) {
    fill_row(kind, random, loads.values.data() + layer * experts,
             static_cast<std::uint32_t>(experts));
  }
  return loads;
}

std::string Case::command(std::string_view strategy, bool apart) const {
  const auto option = [](const char* key, int value) {
    return " --" + std::string(key) + " " + std::to_string(value);
  };
  return "evenkeel_case " + name() + " | evenkeel balance -" + option("gpus", shape.gpus) +
         option("slots", shape.slots) + option("nodes", shape.nodes) +
         option("groups", shape.groups) + " --strategy " + std::string(strategy) +
         (apart ? " --apart" : "") + " --json";
}

std::vector<Case> golden_cases() {
  // layers, experts, slots, gpus, nodes, groups
  const Shape small[] = {{2, 12, 16, 8, 2, 4},   {3, 10, 24, 8, 2, 2},    {2, 5, 8, 1, 1, 1},
                         {1, 1, 6, 3, 1, 1},     {2, 16, 16, 4, 1, 1},    {2, 16, 32, 32, 1, 1},
                         {2, 24, 40, 8, 4, 8},   {2, 24, 36, 6, 1, 6},    {1, 72, 80, 4, 2, 8},
                         {2, 32, 40, 8, 3, 2},   {1, 7, 91, 13, 1, 7},    {2, 36, 54, 9, 3, 9},
                         {1, 96, 128, 16, 2, 2}, {1, 120, 144, 12, 4, 12}};
  const Shape production[] = {
      {4, 256, 288, 32, 1, 1},   {4, 256, 288, 32, 4, 8},     {2, 256, 320, 64, 8, 8},
      {2, 384, 448, 64, 1, 1},   {2, 896, 960, 64, 1, 1},     {4, 128, 160, 32, 1, 1},
      {4, 32, 40, 8, 1, 1},      {1, 1024, 4096, 1024, 1, 1}, {1, 1024, 4096, 8, 2, 2},
      {1, 480, 640, 40, 20, 40}, {1, 256, 288, 144, 18, 8}};
  std::vector<Case> cases;
  std::uint64_t seed = 1;
  for (const Shape& shape : small) {
    for (const std::string& kind : case_kinds()) cases.push_back(make(kind.c_str(), shape, seed++));
  }
  for (const Shape& shape : production) {
    for (const char* kind : {"tail", "ties"}) cases.push_back(make(kind, shape, seed++));
  }
  // Every choice of a GPU is a tie.
  cases.push_back(make("equal", {1, 16, 4096, 1024, 1, 1}, seed++));
  return cases;
}

Case random_case(std::uint64_t seed, int most_experts) {
  Random random(seed, 1000);
  const auto up_to = [&](int most) {
    return 1 + static_cast<int>(random.below(static_cast<std::uint32_t>(std::max(most, 1))));
  };
  Shape s;
  s.layers = up_to(3);
  s.nodes = up_to(4);
  s.groups = s.nodes * up_to(4);
  s.experts = s.groups * up_to(most_experts / s.groups);
  s.gpus = s.nodes * up_to(6);
  const int least = (s.experts + s.gpus - 1) / s.gpus;  // slots of a GPU
  s.slots = s.gpus * (least + static_cast<int>(random.below(4)));
  const auto& kinds = case_kinds();
  return {kinds[random.below(static_cast<std::uint32_t>(kinds.size()))], s, seed};
}

Rules random_rules(std::uint64_t seed) {
  Random random(seed, 2000);
  Rules rules;
  do {
    for (const Stage& stage : stages()) {
      const auto count = static_cast<std::uint32_t>(stage.rules.size());
      (void)set_rule(stage.name, stage.rules[random.below(count)].name, rules).ok();
    }
  } while (!check_rules(rules).ok());
  rules.seed = seed;
  return rules;
}

}  // namespace evenkeel::test
