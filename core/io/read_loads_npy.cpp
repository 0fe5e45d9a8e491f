// Loads from .npy: one tight loop per element type over the wanted part of each step.
#include <algorithm>
#include <cmath>
#include <limits>
#include <type_traits>
#include <vector>

#include "core/io/npy.hpp"
#include "core/io/read_loads.hpp"
#include "core/io/window_sum.hpp"
#include "core/text.hpp"

namespace evenkeel {
namespace {

// Sums of numbers of up to 4 bytes cannot overflow uint64 within so many steps.
constexpr std::int64_t kMaxSteps = std::numeric_limits<std::uint32_t>::max();

// How one element type is read, judged and added. A `Partial` holds the sum of 8 elements.
template <class BitsOfElement, bool is_signed>
struct Integers {
  using Bits = BitsOfElement;
  using Sum = std::uint64_t;
  using Partial = std::conditional_t<(sizeof(Bits) < 4), std::uint32_t, std::uint64_t>;
  static constexpr bool kCanOverflow = sizeof(Bits) == 8;

  // Nonzero for a negative number. Unsigned types have nothing to be judged.
  static Bits fault(Bits bits) {
    if constexpr (!is_signed) return 0;
    return static_cast<Bits>(bits & static_cast<Bits>(Bits{1} << (8 * sizeof(Bits) - 1)));
  }
  static Partial value(Bits bits) { return bits; }
  static double real(Bits bits) {
    if constexpr (is_signed)
      return static_cast<double>(static_cast<std::make_signed_t<Bits>>(bits));
    return static_cast<double>(bits);
  }
};

template <class BitsOfElement>
struct Reals {
  using Bits = BitsOfElement;
  using Sum = double;
  using Partial = double;
  static constexpr bool kCanOverflow = false;
  static constexpr int kMantissa = sizeof(Bits) == 2 ? 10 : sizeof(Bits) == 4 ? 23 : 52;
  static constexpr Bits kSign = static_cast<Bits>(Bits{1} << (8 * sizeof(Bits) - 1));
  static constexpr Bits kInfinity =
      static_cast<Bits>(static_cast<Bits>(kSign - 1) >> kMantissa << kMantissa);

  // Nonzero for negative numbers, infinities and nan, but not for -0. On bits, so that it does not
  // keep the loop from being vectorised.
  static Bits fault(Bits bits) {
    return static_cast<Bits>(bits >= kInfinity) & static_cast<Bits>(bits != kSign);
  }
  static double value(Bits bits) {
    if constexpr (sizeof(Bits) == 2) {
      // A half's exponent and mantissa, moved to where binary32 has them, are short by 2^(127-15).
      // The product is exact, also for subnormal halves; faults need no value.
      const std::uint32_t moved = static_cast<std::uint32_t>(bits & ~kSign) << (23 - kMantissa);
      return __builtin_bit_cast(float, moved) * 0x1p112f;
    } else {
      return static_cast<double>(
          __builtin_bit_cast(std::conditional_t<sizeof(Bits) == 4, float, double>, bits));
    }
  }
  static double real(Bits bits) {
    if constexpr (sizeof(Bits) == 2) {
      const double size = (bits & kInfinity) != kInfinity ? value(bits)
                          : (bits & ~kSign) == kInfinity  ? HUGE_VAL
                                                          : std::nan("");
      return (bits & kSign) != 0 ? -size : size;
    } else {
      return value(bits);
    }
  }
};

template <class Element, bool swapped>
class NpySum {
  using Bits = typename Element::Bits;
  using Sum = typename Element::Sum;
  using Partial = typename Element::Partial;

  // Steps added in one pass over the sums, which then stay in registers between them. Overflow is
  // looked for step by step.
  static constexpr std::int64_t kStepsAtOnce = Element::kCanOverflow ? 1 : 8;

 public:
  NpySum(const NpyArray& array, std::string_view name, const WindowShape& window)
      : name_(name),
        window_(window),
        layer_size_(static_cast<std::size_t>(window.experts) * sizeof(Bits)),
        step_size_(layer_size_ * static_cast<std::size_t>(array.shape[array.dimensions - 2])),
        data_(array.data.data()),
        sums_(window.cells()) {}

  Status read(std::size_t data_offset, const ReadOptions& options, Loads& out) {
    Progress progress(name_, options);
    std::int64_t step = window_.steps.begin;
    while (step < window_.steps.end) {
      const bool full_pass = window_.steps.end - step >= kStepsAtOnce;
      const std::int64_t steps = full_pass ? kStepsAtOnce : 1;
      if (full_pass ? add<kStepsAtOnce>(step) : add<1>(step)) return find_fault(step, steps);
      step += steps;
      const std::size_t consumed = data_offset + static_cast<std::size_t>(step) * step_size_;
      if (Status status = progress.at(consumed); !status.ok()) return status;
    }
    return round_window(name_, window_, std::span<const Sum>(sums_), out);
  }

 private:
  const std::byte* row(std::int64_t step) const {
    return data_ + static_cast<std::size_t>(step) * step_size_ +
           static_cast<std::size_t>(window_.layers.begin) * layer_size_;
  }

  // Adds kSteps steps; true if one of their elements is at fault. Reals are added to the sum one
  // by one, in step order; integers first to each other, in a narrower type.
  template <std::int64_t kSteps>
  bool add(std::int64_t step) {
    const std::byte* const first = row(step);
    const std::size_t step_size = step_size_;
    const std::size_t cells = sums_.size();
    Sum* const sums = sums_.data();
    Bits fault = 0;
    for (std::size_t i = 0; i < cells; ++i) {
      Partial partial = 0;
      if constexpr (std::is_same_v<Sum, double>) partial = sums[i];
      for (std::size_t k = 0; k < std::size_t{kSteps}; ++k) {
        const Bits bits = load_bits<Bits, swapped>(first + k * step_size + i * sizeof(Bits));
        fault = static_cast<Bits>(fault | Element::fault(bits));
        partial += Element::value(bits);
      }
      if constexpr (std::is_same_v<Sum, double>) {
        sums[i] = partial;
      } else {
        sums[i] += partial;
        if constexpr (Element::kCanOverflow) fault |= static_cast<Bits>(sums[i] < partial);
      }
    }
    return fault != 0;
  }

  // Names the first fault of the steps just added.
  Status find_fault(std::int64_t first_step, std::int64_t steps) const {
    for (std::int64_t step = first_step; step < first_step + steps; ++step) {
      for (std::size_t i = 0; i < sums_.size(); ++i) {
        const Bits bits = load_bits<Bits, swapped>(row(step) + i * sizeof(Bits));
        const auto cell = static_cast<std::int64_t>(i);
        const std::int64_t expert = cell % window_.experts;
        Place place;
        place.step = step;
        place.layer = window_.layers.begin + cell / window_.experts;
        if (Element::fault(bits) != 0) {
          return refuse_load(name_, place, expert, Element::real(bits));
        }
        // The sums hold this one step's overflow: types that can overflow are added singly.
        if constexpr (Element::kCanOverflow) {
          if (sums_[i] < bits) return refuse_overflow(name_, place, expert);
        }
      }
    }
    // Only if the mapped file was changed meanwhile.
    return refuse(name_, "a load is negative or not finite");
  }

  std::string_view name_;
  const WindowShape& window_;
  std::size_t layer_size_;
  std::size_t step_size_;
  const std::byte* data_;
  std::vector<Sum> sums_;
};

// Calls `read` with the element type of the array.
template <class Read>
Status with_element(const NpyArray& array, const Read& read) {
  const bool is_signed = array.kind == NpyKind::signed_integer;
  const auto either_sign = [&]<class Bits>(Bits) {
    return is_signed ? read(Integers<Bits, true>()) : read(Integers<Bits, false>());
  };
  const bool is_real = array.kind == NpyKind::real;
  switch (array.item_size) {
    case 1:
      return either_sign(std::uint8_t{});
    case 2:
      return is_real ? read(Reals<std::uint16_t>()) : either_sign(std::uint16_t{});
    case 4:
      return is_real ? read(Reals<std::uint32_t>()) : either_sign(std::uint32_t{});
    default:
      return is_real ? read(Reals<std::uint64_t>()) : either_sign(std::uint64_t{});
  }
}

}  // namespace

Status read_loads_npy(std::span<const std::byte> bytes, std::string_view name,
                      const ReadOptions& options, Loads& out) {
  NpyArray array;
  const NpyWanted wanted = {2, 3, "[layers, experts] or [steps, layers, experts]"};
  if (Status status = parse_npy(bytes, name, wanted, array); !status.ok()) {
    return status;
  }
  const std::int64_t steps = array.dimensions == 3 ? array.shape[0] : 1;
  if (steps > kMaxSteps) {
    return refuse(name, steps, " steps, but at most ", kMaxSteps, " can be summed");
  }
  WindowShape window;
  if (Status status = resolve_window(name, options, steps, array.shape[array.dimensions - 2],
                                     array.shape[array.dimensions - 1], window);
      !status.ok()) {
    return status;
  }
  const std::size_t data_offset = bytes.size() - array.data.size();
  return with_element(array, [&]<class Element>(Element) {
    return array.swapped
               ? NpySum<Element, true>(array, name, window).read(data_offset, options, out)
               : NpySum<Element, false>(array, name, window).read(data_offset, options, out);
  });
}

}  // namespace evenkeel
