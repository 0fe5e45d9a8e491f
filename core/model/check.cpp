#include "core/model/check.hpp"

#include <cmath>
#include <initializer_list>
#include <string_view>

#include "core/base/text.hpp"
#include "core/base/vocabulary.hpp"
#include "core/lanes/sum.hpp"
#include "core/model/gpu_slots.hpp"

namespace evenkeel {
namespace {

std::string number(std::int64_t value) { return std::to_string(value); }

struct Limited {
  const char* what;
  std::int32_t value;
  std::int32_t limit;
};

// Advice with the multiples of `unit` next to `value`: "use 280 or 288".
std::string nearest_multiples(std::int32_t value, std::int32_t unit, std::int32_t least,
                              std::int32_t most) {
  const std::int32_t below = value / unit * unit;
  const std::int32_t above = below + unit;
  const bool has_below = below >= least && below > 0;
  const bool has_above = above <= most;
  if (has_below && has_above) return "use " + number(below) + " or " + number(above);
  if (has_below) return "use " + number(below);
  if (has_above) return "use " + number(above);
  return "no number of slots within the limits is";
}

struct Fault {
  std::string wrong;  // empty if nothing is wrong
  std::string right;  // what is valid
};

Fault fault_of(const Shape& shape) {
  for (const Limited& size :
       {Limited{"layers", shape.layers, kMaxLayers}, Limited{"experts", shape.experts, kMaxExperts},
        Limited{"GPUs", shape.gpus, kMaxGpus}, Limited{"nodes", shape.nodes, kMaxGpus},
        Limited{"groups", shape.groups, kMaxExperts}, Limited{"slots", shape.slots, kMaxSlots}}) {
    if (size.value < 1 || size.value > size.limit) {
      return {number(size.value) + " " + size.what, "expected 1 to " + number(size.limit)};
    }
  }
  const auto does_not_divide = [](std::int32_t divisor, const std::string& what, std::int32_t whole,
                                  const std::string& of) -> Fault {
    return {number(divisor) + " " + what + " do not divide " + number(whole) + " " + of,
            "use a number of " + what + " that divides " + number(whole)};
  };
  if (shape.slots < shape.experts) {
    return {number(shape.slots) + " slots cannot hold " + number(shape.experts) + " experts",
            "expected at least as many slots as experts"};
  }
  if (!can_share_slots(shape.slots, shape.gpus)) {
    return {
        number(shape.slots) + " slots cannot be shared equally by " + number(shape.gpus) + " GPUs",
        nearest_multiples(shape.slots, shape.gpus, shape.experts, kMaxSlots) + " slots"};
  }
  if (shape.experts % shape.groups != 0) {
    return does_not_divide(shape.groups, "groups", shape.experts, "experts");
  }
  if (shape.groups % shape.nodes != 0) {
    return does_not_divide(shape.nodes, "nodes", shape.groups, "groups");
  }
  if (shape.gpus % shape.nodes != 0) {
    return does_not_divide(shape.nodes, "nodes", shape.gpus, "GPUs");
  }
  return {};
}

}  // namespace

Status resolve_policy(Policy policy, Shape& shape, std::string& note, Vocabulary words) {
  note.clear();
  if (policy == Policy::global) {
    shape.nodes = 1;
    shape.groups = 1;
    return {};
  }
  if (shape.nodes < 1 || shape.groups < 1) return {};  // check() reports these
  if (shape.groups % shape.nodes == 0) return {};
  const std::string mismatch = number(shape.groups) + (shape.groups == 1 ? " group" : " groups") +
                               " cannot be shared equally by " + number(shape.nodes) + " nodes";
  if (policy == Policy::hierarchical) {
    return Status::error(mismatch + "; " + word_for(words, "policy", "hierarchical") +
                         " needs a number of groups that is a multiple of the nodes");
  }
  note =
      mismatch + ": nodes and groups are ignored, as with " + word_for(words, "policy", "global");
  shape.nodes = 1;
  shape.groups = 1;
  return {};
}

Status check(const Shape& shape) {
  const Fault fault = fault_of(shape);
  return fault.wrong.empty() ? Status() : Status::error(fault.wrong + "; " + fault.right);
}

bool fits(const Shape& shape) {
  const auto within = [](std::int32_t value, std::int32_t limit) {
    return value >= 1 && value <= limit;
  };
  return within(shape.layers, kMaxLayers) && within(shape.experts, kMaxExperts) &&
         within(shape.gpus, kMaxGpus) && within(shape.nodes, kMaxGpus) &&
         within(shape.groups, kMaxExperts) && within(shape.slots, kMaxSlots) &&
         shape.slots >= shape.experts && shape.slots % shape.gpus == 0 &&
         shape.experts % shape.groups == 0 && shape.groups % shape.nodes == 0 &&
         shape.gpus % shape.nodes == 0;
}

std::string what_is_wrong(const Shape& shape) { return fault_of(shape).wrong; }

Shape without_redundancy(const Shape& shape) {
  Shape plain = shape;
  plain.slots = shape.experts;
  while (!can_share_slots(plain.slots, plain.gpus)) ++plain.slots;
  if (fits(plain)) return plain;
  plain.nodes = 1;
  plain.groups = 1;
  return plain;
}

Status check_loads(const Loads& loads, const Shape& shape) {
  const std::string_view name = loads.source.empty() ? "loads" : std::string_view(loads.source);
  const auto experts = static_cast<std::size_t>(shape.experts);
  if (loads.layers != shape.layers || loads.experts != shape.experts ||
      loads.values.size() != static_cast<std::size_t>(shape.layers) * experts) {
    return refuse(name, loads.values.size(), " loads for ", loads.layers, " layers of ",
                  loads.experts, " experts; the shape has ", shape.layers, " layers of ",
                  shape.experts);
  }
  for (std::int32_t layer = 0; layer < shape.layers; ++layer) {
    const float* row = loads.values.data() + static_cast<std::size_t>(layer) * experts;
    const std::int32_t number = loads.numbers()[static_cast<std::size_t>(layer)];
    for (std::int32_t x = 0; x < shape.experts; ++x) {
      if (!std::isfinite(row[x]) || row[x] < 0) {
        return refuse(name, "layer ", number, ", expert ", x, ": load ",
                      static_cast<double>(row[x]), "; loads must be finite and at least 0");
      }
    }
    if (!std::isfinite(specified_sum(row, shape.experts))) {
      double sum = 0;
      for (std::int32_t x = 0; x < shape.experts; ++x) sum += static_cast<double>(row[x]);
      return refuse(name, "layer ", number, ": the sum of the loads is ", sum,
                    ", above the largest binary32 number, 3.40282347e+38; divide all loads by a ",
                    "power of two");
    }
  }
  return {};
}

}  // namespace evenkeel
