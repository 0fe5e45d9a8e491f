#include "core/io/loads/json_keys.hpp"

#include <iterator>

#include "core/base/text.hpp"

namespace evenkeel {
namespace {

constexpr LoadsKey kLoadsKeys[] = {
    // vLLM-derived logs, the public EPLB benchmark
    {"load_history", KeyRole::records, "logical_expert_load"},
    {"logical_expert_load", KeyRole::logical_loads},
    // SGLang
    {"logical_count", KeyRole::logical_loads},
    // FastDeploy
    {"tokens_per_expert_stats_list", KeyRole::logical_loads},
    // vLLM
    {"snapshots", KeyRole::records, "window_expert_load"},
    {"window_expert_load", KeyRole::slot_counts},
    {"expert_load", KeyRole::slot_counts},
    {"latest_expert_load", KeyRole::latest_counts},
    {"physical_to_logical_map", KeyRole::map},  // also SGLang's placement
    {"p2l_map", KeyRole::map},
    {"step", KeyRole::step},
    {"rank", KeyRole::rank},
    {"num_logical_experts", KeyRole::logical_experts},
    {"window_size", KeyRole::window_size},
    {"record_type", KeyRole::record_type},
    // ours, vllm-ascend, TensorRT-LLM and a proposal for vLLM
    {"phy2log", KeyRole::placement},
    {"layer_list", KeyRole::placement},
    {"initial_global_assignments", KeyRole::placement},
    {"moe_layer_count", KeyRole::placement},
};

// Both limit the length of an error.
constexpr std::int64_t kMostShownKeys = 8;
constexpr std::size_t kLongestShownKeys = 110;

}  // namespace

bool are_counts(const LoadsKey& key) {
  return key.role == KeyRole::slot_counts || key.role == KeyRole::latest_counts;
}

bool is_list(const LoadsKey& key) { return key.role <= KeyRole::map; }

const LoadsKey* find_loads_key(std::string_view name) {
  for (const LoadsKey& key : kLoadsKeys) {
    if (key.name == name) return &key;
  }
  return nullptr;
}

int order_of(const LoadsKey& key) { return static_cast<int>(&key - std::begin(kLoadsKeys)); }

std::string expected_loads_keys(bool with_records) {
  std::string text;
  for (const LoadsKey& key : kLoadsKeys) {
    if (key.role > KeyRole::latest_counts) continue;
    if (key.role == KeyRole::records && !with_records) continue;
    text += text.empty() ? "one of " : ", ";
    text += in_quotes(key.name);
  }
  return text;
}

void KeysFound::add(std::string_view key) {
  ++count_;
  if (shown_count_ == kMostShownKeys || shown_.size() > kLongestShownKeys) return;
  ++shown_count_;
  if (!shown_.empty()) shown_ += ", ";
  shown_ += in_quotes(key);
}

std::string KeysFound::text() const {
  if (count_ == 0) return "no keys";
  std::string text = (count_ == 1 ? "only the key " : "the keys ") + shown_;
  if (count_ > shown_count_) text += " and " + std::to_string(count_ - shown_count_) + " more";
  return text;
}

}  // namespace evenkeel
