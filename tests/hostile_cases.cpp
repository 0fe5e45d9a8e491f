#include "tests/hostile_cases.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "core/model/types.hpp"

namespace evenkeel::test {
namespace {

// A random power 10^first .. 10^last, computed by multiplication because pow differs between platforms.
double power_of_ten(Random& random, int first, int last) {
  int exponent =
      first + static_cast<int>(random.below(static_cast<std::uint32_t>(last - first) + 1));
  double value = 1;
  for (; exponent < 0; ++exponent) value /= 10;
  for (; exponent > 0; --exponent) value *= 10;
  return value;
}

// Changes the value by up to this many units in the last place, up or down.
float nudged(Random& random, float value, std::uint32_t bits) {
  const std::uint32_t steps = random.below(2 * bits + 1);
  for (std::uint32_t i = bits; i < steps; ++i) {
    value = std::nextafter(value, std::numeric_limits<float>::max());
  }
  for (std::uint32_t i = steps; i < bits; ++i) value = std::nextafter(value, 0.0f);
  return value;
}

// j, 2j - 1 or sqrt(j (j + 1)): loads with equal quotients at different numbers of copies.
double quotient_step(Random& random) {
  const double j = 1 + random.below(9);
  const std::uint32_t form = random.below(3);
  return form == 0 ? j : form == 1 ? 2 * j - 1 : std::sqrt(j * (j + 1));
}

}  // namespace

const std::vector<std::string>& hostile_kinds() {
  static const std::vector<std::string> kinds = {"tiny",   "subnormal", "huge",     "magnitudes",
                                                 "powers", "digits",    "palette",  "quotients",
                                                 "drift",  "hot",       "constants"};
  return kinds;
}

void fill_hostile_row(const std::string& kind, Random& random, float* row, std::uint32_t experts) {
  const std::uint32_t hot = random.below(experts);
  const std::uint32_t least = random.below(2);
  const bool coarse = random.below(2) == 0;
  const double scale = kind == "tiny" ? power_of_ten(random, -14, -5) : power_of_ten(random, -3, 4);
  const double base = scale * (1.0 + random.below(1u << 20) / 1048576.0);
  const double share = 1.0 / (4.0 * experts);  // small enough for a finite sum of a row
  float palette[3];
  for (float& value : palette) {
    value = static_cast<float>(base * (1 + random.below(8)));
  }
  for (std::uint32_t x = 0; x < experts; ++x) {
    const double draw = random.below(1u << 20);
    const double few = least + random.below(6);
    const double most = static_cast<double>(std::numeric_limits<float>::max());
    double value = 0;
    if (kind == "tiny") value = coarse ? scale * few : base * (1 + draw / 1e6);
    if (kind == "subnormal")
      value = few * static_cast<double>(std::numeric_limits<float>::denorm_min());
    if (kind == "huge") value = x == hot ? most * 0.7 : most * share * (draw / 1048576.0);
    if (kind == "magnitudes") value = (1 + few) * power_of_ten(random, -20, 20);
    if (kind == "powers") value = std::ldexp(1.0, static_cast<int>(random.below(16)) - 4);
    if (kind == "digits") value = few;
    if (kind == "drift") value = base * (1 + 4e-7 * random.below(12));
    if (kind == "hot") value = x == hot ? 1000.0 * experts * (1 + few) : few;
    if (kind == "constants") {
      // Nearly equal loads whose last bit is about half of the constant, or multiples of a quarter.
      const double bit = std::ldexp(1.0, coarse ? -31 : -41);
      const double quarter = coarse ? 2.5e-10 : 2.5e-13;
      value = least == 0 ? bit * (8388608 + random.below(8))
                         : quarter * few * (random.below(4) == 0 ? 5 : 1);
    }
    if (kind == "quotients") value = base * quotient_step(random);
    row[x] = static_cast<float>(value);
    if (kind == "palette") row[x] = palette[random.below(3)];
    if (kind == "palette" || kind == "quotients") row[x] = nudged(random, row[x], coarse ? 0 : 2);
  }
}

Case hostile_case(std::uint64_t seed, int most_experts) {
  Random random(seed, 1001);
  const auto up_to = [&](int most) {
    return 1 + static_cast<int>(random.below(static_cast<std::uint32_t>(std::max(most, 1))));
  };
  enum Form {
    any,
    hundreds_of_copies,
    one_gpu_a_node,
    one_slot_a_gpu,
    small_groups,
    global,
    forms
  };
  const auto form = static_cast<Form>(random.below(forms));
  Shape s;
  s.layers = up_to(3);
  s.nodes = form == global ? 1 : up_to(4);
  s.groups = s.nodes * (form == small_groups ? 1 + up_to(7) : up_to(4));
  const int most_in_group = form == hundreds_of_copies ? 2
                            : form == small_groups     ? 4
                                                       : most_experts / s.groups;
  s.experts = s.groups * up_to(most_in_group);
  s.gpus = s.nodes * (form == one_gpu_a_node ? 1 : up_to(form == hundreds_of_copies ? 3 : 8));
  const int least = (s.experts + s.gpus - 1) / s.gpus;  // slots of a GPU
  s.slots = s.gpus * (least + static_cast<int>(random.below(form == hundreds_of_copies ? 100u
                                                            : form == any              ? 12u
                                                                                       : 4u)));
  if (form == one_slot_a_gpu) {
    s.gpus = s.nodes * ((s.experts + s.nodes - 1) / s.nodes + up_to(12) - 1);
    s.slots = s.gpus;
  }
  if (form == global && s.groups > 1) s.nodes = s.groups + 1;  // the policy sets both to 1
  std::vector<std::string> kinds = hostile_kinds();
  kinds.insert(kinds.end(), {"near", "ties", "fraction", "tail"});
  return {kinds[random.below(static_cast<std::uint32_t>(kinds.size()))], s, seed};
}

}  // namespace evenkeel::test
