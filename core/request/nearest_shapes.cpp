#include "core/request/nearest_shapes.hpp"

#include <algorithm>
#include <functional>
#include <utility>

#include "core/model/check.hpp"
#include "core/model/gpu_slots.hpp"

namespace evenkeel {
namespace {

struct Number {
  ShapeNumber which;
  std::int32_t Shape::*member;
  std::int32_t most;
};

// In the order of ShapeNumber.
constexpr Number kNumbers[] = {{ShapeNumber::gpus, &Shape::gpus, kMaxGpus},
                               {ShapeNumber::slots, &Shape::slots, kMaxSlots},
                               {ShapeNumber::nodes, &Shape::nodes, kMaxGpus},
                               {ShapeNumber::groups, &Shape::groups, kMaxExperts}};

NearestShape changed(const Shape& from, const Shape& to) {
  NearestShape found;
  for (const Number& number : kNumbers) {
    if (from.*number.member != to.*number.member) {
      found.changes.push_back({number.which, to.*number.member});
    }
  }
  found.shape = to;
  return found;
}

// No template: the JavaScript module must stay small.
using Suits = std::function<bool(std::int32_t)>;

// The number nearest to `from` in 1..most, in one direction, for which `suits` is true; 0 if there is none.
std::int32_t next_that(std::int32_t from, std::int32_t step, std::int32_t most,
                       const Suits& suits) {
  const std::int64_t begin = std::clamp<std::int64_t>(std::int64_t{from} + step, 1, most);
  const bool leads_there = step < 0 ? begin < from : begin > from;  // must not cross `from`
  if (!leads_there) return 0;
  for (std::int64_t value = begin; value >= 1 && value <= most; value += step) {
    if (suits(static_cast<std::int32_t>(value))) return static_cast<std::int32_t>(value);
  }
  return 0;
}

// The nearest number that suits, including `from`; the lower one of two equally near. There must be one.
std::int32_t nearest_that(std::int32_t from, std::int32_t most, const Suits& suits) {
  if (from >= 1 && from <= most && suits(from)) return from;
  const std::int32_t below = next_that(from, -1, most, suits);
  const std::int32_t above = next_that(from, 1, most, suits);
  if (below == 0 || above == 0) return below + above;
  return std::int64_t{from} - below <= std::int64_t{above} - from ? below : above;
}

// Shapes that differ in one number: the next one below and above, the nearer one first.
void add_single_changes(const Shape& shape, const Number& number, std::vector<NearestShape>& out) {
  const auto with = [&](std::int32_t value) {
    Shape other = shape;
    other.*number.member = value;
    return other;
  };
  const auto suits = [&](std::int32_t value) { return fits(with(value)); };
  const std::int32_t from = shape.*number.member;
  std::int32_t values[] = {next_that(from, -1, number.most, suits),
                           next_that(from, 1, number.most, suits)};
  const bool second_is_nearer =
      values[1] != 0 &&
      (values[0] == 0 || std::int64_t{values[1]} - from < std::int64_t{from} - values[0]);
  if (second_is_nearer) std::swap(values[0], values[1]);
  for (const std::int32_t value : values) {
    if (value != 0) out.push_back(changed(shape, with(value)));
  }
}

// Changes each number in turn to the nearest that suits the numbers before it. GPUs come first because users
// cannot change them easily.
Shape mended(Shape shape) {
  shape.gpus = std::clamp(shape.gpus, 1, kMaxGpus);
  shape.groups = nearest_that(shape.groups, kMaxExperts,
                              [&](std::int32_t groups) { return shape.experts % groups == 0; });
  shape.nodes = nearest_that(shape.nodes, kMaxGpus, [&](std::int32_t nodes) {
    return shape.groups % nodes == 0 && shape.gpus % nodes == 0;
  });
  shape.slots = nearest_that(shape.slots, kMaxSlots, [&](std::int32_t slots) {
    return slots >= shape.experts && can_share_slots(slots, shape.gpus);
  });
  return shape;
}

}  // namespace

std::vector<NearestShape> nearest_shapes(const Shape& shape) {
  std::vector<NearestShape> found;
  const bool has_model = shape.layers >= 1 && shape.layers <= kMaxLayers && shape.experts >= 1 &&
                         shape.experts <= kMaxExperts;
  if (!has_model || check(shape).ok()) return found;
  for (const std::size_t i : {1, 0, 2, 3}) add_single_changes(shape, kNumbers[i], found);
  if (found.empty()) found.push_back(changed(shape, mended(shape)));
  Shape global = shape;
  global.nodes = 1;
  global.groups = 1;
  // Only if it helps and is not one of the single changes above.
  if (check(global).ok() && shape.nodes != 1 && shape.groups != 1) {
    found.push_back(changed(shape, global));
  }
  return found;
}

}  // namespace evenkeel
