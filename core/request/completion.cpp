#include "core/request/completion.hpp"

#include <algorithm>
#include <cstdlib>
#include <vector>

#include "core/model/check.hpp"

namespace evenkeel {

Completion::Completion(const Request& request, std::int32_t layers, std::int32_t experts,
                       Slots slots, Vocabulary words)
    : request_(request),
      usual_(usual_deployment(request, experts)),
      layers_(layers),
      experts_(experts),
      slots_(slots),
      words_(words) {}

Status Completion::complete(Resolved& out) const {
  if (request_.gpus) return complete_with(static_cast<std::int32_t>(*request_.gpus), out);
  Status usual = complete_with(usual_.gpus, out);
  const std::int32_t least = (usual_.gpus + 1) / 2;
  const std::int32_t most = std::min(2 * usual_.gpus, kMaxGpus);
  for (std::int32_t distance = 1; distance <= usual_.gpus && !usual.ok(); ++distance) {
    for (const std::int32_t gpus : {usual_.gpus - distance, usual_.gpus + distance}) {
      Resolved other;
      if (gpus < least || gpus > most || !wrong_with(gpus, other).empty()) continue;
      out.shape = other.shape;
      out.replaced = other.replaced;
      return {};
    }
  }
  return usual;
}

bool Completion::has_slots() const {
  return request_.slots || request_.redundant || slots_ == Slots::least;
}

std::int32_t Completion::slots_with(std::int32_t gpus) const {
  const std::int32_t least = (experts_ + gpus - 1) / gpus * gpus;
  if (slots_ == Slots::least) return least;
  if (request_.slots) return static_cast<std::int32_t>(*request_.slots);
  if (request_.redundant) return experts_ + static_cast<std::int32_t>(*request_.redundant);
  if (usual_.name.empty()) return (experts_ / gpus + 1) * gpus;
  const std::int32_t below = std::max(least, usual_.slots / gpus * gpus);
  const std::int32_t above = below + gpus;
  return above <= kMaxSlots && above - usual_.slots <= usual_.slots - below ? above : below;
}

// The usual nodes, or the nearest number that suits GPUs and groups; the lower one of two equally near.
std::int32_t Completion::nodes_with(std::int32_t gpus, std::int32_t groups) const {
  if (request_.nodes) return static_cast<std::int32_t>(*request_.nodes);
  if (gpus != usual_.gpus) return 1;
  std::int32_t nearest = 1;
  for (std::int32_t nodes = 1; nodes <= std::min(gpus, groups); ++nodes) {
    if (groups % nodes != 0 || gpus % nodes != 0) continue;
    if (std::abs(nodes - usual_.nodes) < std::abs(nearest - usual_.nodes)) nearest = nodes;
  }
  return nearest;
}

std::string Completion::wrong_with(std::int32_t gpus, Resolved& out) const {
  const bool has_groups = gpus == usual_.gpus || request_.nodes;
  const auto groups =
      static_cast<std::int32_t>(request_.groups.value_or(has_groups ? usual_.groups : 1));
  out.shape = {layers_, experts_, slots_with(gpus), gpus, nodes_with(gpus, groups), groups};
  std::string wrong = resolve_policy(request_.policy, out.shape, out.replaced, words_).sentence();
  if (wrong.empty() && !fits(out.shape)) wrong = what_is_wrong(out.shape);
  return wrong;
}

Status Completion::complete_with(std::int32_t gpus, Resolved& out) const {
  const std::string wrong = wrong_with(gpus, out);
  if (wrong.empty()) return {};
  const std::string nearest = nearest_text(out.shape);
  return nearest.empty() ? check(out.shape) : Status::error(wrong + "; nearest valid: " + nearest);
}

std::string Completion::assumed(const Resolved& resolved) const {
  const Shape& shape = resolved.shape;
  const bool has_nodes = request_.policy != Policy::global && resolved.replaced.empty();
  std::vector<std::string> parts;
  std::string options;
  bool as_usual = true;
  const auto add = [&](std::string_view name, std::int32_t value, std::int32_t usual) {
    parts.push_back(word_for(Vocabulary::plain, name, std::to_string(value)));
    options += (options.empty() ? "" : " and ") + word_for(words_, name);
    as_usual = as_usual && value == usual;
  };
  if (!request_.gpus) add("gpus", shape.gpus, usual_.gpus);
  if (!has_slots()) add("slots", shape.slots, usual_.slots);
  if (has_nodes && !request_.nodes && (shape.nodes > 1 || usual_.nodes > 1)) {
    add("nodes", shape.nodes, usual_.nodes);
  }
  if (has_nodes && !request_.groups && (shape.groups > 1 || usual_.groups > 1)) {
    add("groups", shape.groups, usual_.groups);
  }
  if (parts.empty()) return "";
  std::string text = "assumed " + parts.front();
  for (std::size_t i = 1; i < parts.size(); ++i) {
    text += (i + 1 < parts.size() ? ", " : " and ") + parts[i];
  }
  if (usual_.name.empty()) return text + "; give " + options + " to choose";
  const std::string name(usual_.name);
  if (as_usual) return text + ", as " + name + " is usually deployed";
  text += ", nearest to how " + name + " is usually deployed (" + std::to_string(usual_.slots) +
          " slots on " + std::to_string(usual_.gpus) + " GPUs";
  if (usual_.nodes > 1) text += ", " + std::to_string(usual_.nodes) + " nodes";
  if (usual_.groups > 1) text += ", " + std::to_string(usual_.groups) + " groups";
  return text + ")";
}

// A number as it was requested: slots may have been given as redundant experts.
std::string Completion::value_text(const ShapeChange& change) const {
  const bool is_redundant = change.number == ShapeNumber::slots && request_.redundant;
  return std::to_string(is_redundant ? change.value - experts_ : change.value);
}

std::string Completion::way_text(const ShapeChange& change, const std::string& values) const {
  constexpr std::string_view kNames[] = {"gpus", "slots", "nodes", "groups"};
  const bool is_redundant = change.number == ShapeNumber::slots && request_.redundant;
  return word_for(
      words_, is_redundant ? "redundant" : kNames[static_cast<std::size_t>(change.number)], values);
}

// "--slots 288 or 320, --gpus 30"; "" if no deployment can fix it.
std::string Completion::nearest_text(const Shape& refused) const {
  std::string text;
  const std::vector<NearestShape> all = nearest_shapes(refused);
  for (std::size_t i = 0; i < all.size(); ++i) {
    const std::vector<ShapeChange>& changes = all[i].changes;
    std::string way;
    if (changes.size() == 1) {  // the two values of one number are combined
      std::string values = value_text(changes[0]);
      const bool has_other = i + 1 < all.size() && all[i + 1].changes.size() == 1 &&
                             all[i + 1].changes[0].number == changes[0].number;
      if (has_other) values += " or " + value_text(all[++i].changes[0]);
      way = way_text(changes[0], values);
    } else if (changes.size() == 2 && changes[0].number == ShapeNumber::nodes &&
               changes[0].value == 1 && changes[1].value == 1) {
      way = word_for(words_, "policy", "global");
    } else {
      for (const ShapeChange& change : changes) {
        way += (way.empty() ? "" : " with ") + way_text(change, value_text(change));
      }
    }
    text += (text.empty() ? "" : ", ") + way;
  }
  return text;
}

}  // namespace evenkeel
