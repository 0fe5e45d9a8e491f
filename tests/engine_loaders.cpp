#include "tests/engine_loaders.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdlib>
#include <cstring>
#include <nlohmann/json.hpp>
#include <set>
#include <sstream>

namespace evenkeel::test {
namespace {

using Slots = std::vector<std::int32_t>;
using EngineJson = nlohmann::json;

std::size_t at(std::int32_t index) { return static_cast<std::size_t>(index); }

// What most engines make of the list of a layer: all copies of an expert get its tokens.
LoadedLayer layer_of(const Slots& phy2log, std::int32_t experts) {
  LoadedLayer layer = {phy2log, std::vector<Slots>(at(experts))};
  for (std::size_t slot = 0; slot < phy2log.size(); ++slot) {
    layer.log2phy[at(phy2log[slot])].push_back(static_cast<std::int32_t>(slot));
  }
  return layer;
}

// The list of a layer must have one expert per slot, and each expert.
std::string problem_of(const Slots& list, const EngineSetup& setup) {
  if (list.size() != at(setup.slots())) return "a list of other length than the slots";
  const std::set<std::int32_t> experts(list.begin(), list.end());
  if (experts.size() != at(setup.experts) || *experts.begin() != 0 ||
      *experts.rbegin() != setup.experts - 1) {
    return "an expert is missing, or does not exist";
  }
  return "";
}

void add_layer(LoadedModel& model, std::int32_t number, const Slots& list,
               const EngineSetup& setup) {
  if (model.problem.empty()) model.problem = problem_of(list, setup);
  if (model.problem.empty()) model.layers[number] = layer_of(list, setup.experts);
}

// The layers that the engine has, by number; it begins to count those of multi-token prediction after the last one.
Slots with_mtp(const EngineSetup& setup) {
  Slots numbers = setup.moe_layers;
  for (std::int32_t i = 0; i < setup.mtp; ++i) numbers.push_back(setup.layers + i);
  return numbers;
}

// Rows for all layers of the model, which the engine finds by number.
LoadedModel from_rows(const std::vector<Slots>& rows, const EngineSetup& setup) {
  LoadedModel model;
  if (rows.size() != at(setup.layers)) return {"other layers than the model", {}};
  for (const std::int32_t number : setup.moe_layers)
    add_layer(model, number, rows[at(number)], setup);
  return model;
}

struct Npy {
  std::vector<std::size_t> shape;
  std::vector<std::int32_t> values;
};

// What np.load makes of a file of int64, in C order.
bool read_npy(const std::string& file, Npy& out) {
  if (file.size() < 10 || file.compare(0, 8, std::string("\x93NUMPY\x01\x00", 8)) != 0)
    return false;
  const std::size_t size =
      static_cast<unsigned char>(file[8]) + 256u * static_cast<unsigned char>(file[9]);
  const std::string header = file.substr(10, size);
  if (header.find("'descr': '<i8'") == std::string::npos) return false;
  if (header.find("'fortran_order': False") == std::string::npos) return false;
  std::size_t count = 1;
  for (std::size_t i = header.find('(') + 1; header[i] != ')'; ++i) {
    if (std::isdigit(static_cast<unsigned char>(header[i])) == 0) continue;
    char* end = nullptr;
    out.shape.push_back(std::strtoul(header.c_str() + i, &end, 10));
    count *= out.shape.back();
    i = static_cast<std::size_t>(end - header.c_str()) - 1;
  }
  if (file.size() != 10 + size + 8 * count) return false;
  for (std::size_t i = 0; i < count; ++i) {
    std::int64_t value = 0;
    std::memcpy(&value, file.data() + 10 + size + 8 * i, 8);
    out.values.push_back(static_cast<std::int32_t>(value));
  }
  return true;
}

}  // namespace

std::int32_t LoadedLayer::wrong_routes() const {
  std::int32_t wrong = 0;
  for (std::size_t expert = 0; expert < log2phy.size(); ++expert) {
    for (const std::int32_t slot : log2phy[expert]) {
      const bool exists = slot >= 0 && at(slot) < phy2log.size();
      wrong += !exists || phy2log[at(slot)] != static_cast<std::int32_t>(expert);
    }
  }
  return wrong;
}

// Any other key is an argument that the engine's function does not have.
LoadedModel load_sglang(const std::string& file, const EngineSetup& setup) {
  const EngineJson plan = EngineJson::parse(file, nullptr, false);
  if (!plan.is_object() || plan.size() != 1 || !plan.contains("physical_to_logical_map")) {
    return {"not exactly physical_to_logical_map", {}};
  }
  return from_rows(plan["physical_to_logical_map"].get<std::vector<Slots>>(), setup);
}

LoadedModel load_sglang_jax(const std::string& file, const EngineSetup& setup) {
  Npy array;
  if (!read_npy(file, array) || array.shape.size() != 2) return {"not an array of rows", {}};
  std::vector<Slots> rows;
  for (std::size_t row = 0; row < array.shape[0]; ++row) {
    const auto begin = array.values.begin() + static_cast<std::ptrdiff_t>(row * array.shape[1]);
    rows.emplace_back(begin, begin + static_cast<std::ptrdiff_t>(array.shape[1]));
  }
  return from_rows(rows, setup);
}

// The engine asks for each of its layers by number.
LoadedModel load_tensorrt_llm(const std::string& file, const EngineSetup& setup) {
  std::istringstream lines(file);
  std::string line;
  std::map<std::int32_t, Slots> assignments;
  std::int32_t slots = 0;
  while (std::getline(lines, line)) {
    if (line.rfind("num_slots: ", 0) == 0) slots = std::atoi(line.c_str() + 11);
    if (line.rfind("  ", 0) != 0) continue;
    const std::size_t colon = line.find(": [");
    if (colon == std::string::npos) return {"not a line of assignments: " + line, {}};
    const EngineJson list = EngineJson::parse(line.substr(colon + 2), nullptr, false);
    if (!list.is_array()) return {"not a list: " + line, {}};
    assignments[std::atoi(line.c_str())] = list.get<Slots>();
  }
  if (slots != setup.slots() || slots % setup.ranks != 0) return {"num_slots", {}};
  LoadedModel model;
  for (const std::int32_t number : with_mtp(setup)) {
    if (!assignments.contains(number)) return {"KeyError: " + std::to_string(number), {}};
    add_layer(model, number, assignments[number], setup);
  }
  return model;
}

// A map of each device: the place of each expert among the slots of the device. The number of slots of a device is
// that of the experts on device 0; no list may say another.
LoadedModel load_vllm_ascend(const std::string& file, const EngineSetup& setup) {
  const EngineJson plan = EngineJson::parse(file, nullptr, false);
  LoadedModel model;
  for (std::size_t index = 0; index < setup.moe_layers.size(); ++index) {
    if (index >= plan["moe_layer_count"].get<std::size_t>()) return {"Invalid EPLB Table", {}};
    std::vector<Slots> maps;
    LoadedLayer layer = {{}, std::vector<Slots>(at(setup.experts))};
    for (const EngineJson& device : plan["layer_list"][index]["device_list"]) {
      const Slots own = device["device_expert"].get<Slots>();
      layer.phy2log.insert(layer.phy2log.end(), own.begin(), own.end());
      maps.emplace_back(at(setup.experts), -1);
      for (std::size_t place = 0; place < own.size(); ++place) {
        maps.back()[at(own[place])] = static_cast<std::int32_t>(place);
      }
    }
    if (maps.size() != at(setup.ranks)) return {"other devices than ranks", {}};
    const auto missing = std::count(maps[0].begin(), maps[0].end(), -1);
    const std::int32_t counted = setup.experts - static_cast<std::int32_t>(missing);
    for (std::size_t rank = 0; rank < maps.size(); ++rank) {
      for (std::size_t expert = 0; expert < maps[rank].size(); ++expert) {
        const std::int32_t place = maps[rank][expert];
        if (place < 0) continue;
        layer.log2phy[expert].push_back(static_cast<std::int32_t>(rank) * counted + place);
      }
    }
    model.layers[setup.moe_layers[index]] = layer;
  }
  return model;
}

LoadedModel load_vllm(const std::string& file, const EngineSetup& setup) {
  const EngineJson plan = EngineJson::parse(file, nullptr, false);
  if (!plan.is_array() || plan.size() != setup.moe_layers.size()) return {"other layers", {}};
  LoadedModel model;
  for (std::size_t index = 0; index < plan.size(); ++index) {
    add_layer(model, setup.moe_layers[index], plan[index].get<Slots>(), setup);
  }
  return model;
}

LoadedModel load_vllm_assignments(const std::string& file, const EngineSetup& setup) {
  const EngineJson plan = EngineJson::parse(file, nullptr, false);
  LoadedModel model;
  for (const std::int32_t number : setup.moe_layers) {
    const std::string key = std::to_string(number);
    if (!plan["initial_global_assignments"].contains(key)) return {"no layer " + key, {}};
    add_layer(model, number, plan["initial_global_assignments"][key].get<Slots>(), setup);
  }
  return model;
}

// [device, MoE layer, expert]. A device has its experts in ascending order.
LoadedModel load_omni(const std::string& file, const EngineSetup& setup) {
  Npy array;
  const std::vector<std::size_t> wanted = {at(setup.ranks), setup.moe_layers.size(),
                                           at(setup.experts)};
  if (!read_npy(file, array) || array.shape != wanted) return {"another shape", {}};
  LoadedModel model;
  for (std::size_t index = 0; index < wanted[1]; ++index) {
    Slots list;
    for (std::size_t device = 0; device < wanted[0]; ++device) {
      for (std::size_t expert = 0; expert < wanted[2]; ++expert) {
        if (array.values[(device * wanted[1] + index) * wanted[2] + expert] == 0) continue;
        list.push_back(static_cast<std::int32_t>(expert));
      }
    }
    add_layer(model, setup.moe_layers[index], list, setup);
  }
  return model;
}

}  // namespace evenkeel::test
