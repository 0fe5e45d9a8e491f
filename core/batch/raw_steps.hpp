// Recorded steps in the format of a file, and sums of windows: loads without a reader.
//
// The readers of core/io return one window and describe each error; this code gives the rows of many windows,
// on any executor, and only detects that a load is invalid. Sums have the same bits: integers in uint64,
// floats in binary64 in the order of steps, rounded to binary32 once.
#pragma once

#include <cstddef>
#include <cstdint>
#include <type_traits>

#include "core/lanes/lanes.hpp"
#include "core/lanes/select.hpp"
#include "core/lanes/sum.hpp"

namespace evenkeel {

// Programs that sum windows only with the readers, such as the page, leave this code out:
// EVENKEEL_NO_RAW_STEPS.
#ifdef EVENKEEL_NO_RAW_STEPS
inline constexpr bool kHasRawSteps = false;
#else
inline constexpr bool kHasRawSteps = true;
#endif

enum class ElementKind : std::uint8_t { unsigned_integer, signed_integer, real };

// [steps, layers, experts] in C order.
struct RawSteps {
  const std::byte* data = nullptr;
  ElementKind kind = ElementKind::unsigned_integer;
  std::int32_t item_size = 4;  // 1, 2, 4 or 8 bytes; a real has 2, 4 or 8
  bool swapped = false;        // the byte order differs from this machine's
  std::int32_t layers = 0;
  std::int32_t experts = 0;
  std::int64_t steps = 0;

  HD std::size_t layer_bytes() const {
    return static_cast<std::size_t>(experts) * static_cast<std::size_t>(item_size);
  }
  HD std::size_t step_bytes() const { return layer_bytes() * static_cast<std::size_t>(layers); }
};

// Steps begin .. end-1, at least one.
struct StepRange {
  std::int64_t begin = 0;
  std::int64_t end = 0;
};

// binary64 numbers from this one on round to infinity in binary32: half a unit above its largest value.
inline constexpr double kInfiniteBinary32 = 0x1.ffffffp127;

// Loads one element's bits from any address, as an unsigned integer of the same size.
template <class Bits, bool swapped>
HD Bits load_bits(const std::byte* at) {
  Bits bits;
  __builtin_memcpy(&bits, at, sizeof bits);
  if constexpr (swapped && sizeof bits > 1) {
    Bits turned = 0;
    for (unsigned i = 0; i < sizeof bits; ++i) {
      turned = static_cast<Bits>(turned << 8 | (bits >> (8 * i) & 0xff));
    }
    return turned;
  }
  return bits;
}

// How one element type is read, checked and added. A `Partial` can hold the sum of 8 elements.
template <class BitsOfElement, bool is_signed>
struct Integers {
  using Bits = BitsOfElement;
  using Sum = std::uint64_t;
  using Partial = std::conditional_t<(sizeof(Bits) < 4), std::uint32_t, std::uint64_t>;
  static constexpr bool kCanOverflow = sizeof(Bits) == 8;

  // Nonzero for a negative number; always zero for unsigned types.
  HD static Bits fault(Bits bits) {
    if constexpr (!is_signed) return 0;
    return static_cast<Bits>(bits & static_cast<Bits>(Bits{1} << (8 * sizeof(Bits) - 1)));
  }
  HD static Partial value(Bits bits) { return bits; }
  HD static double real(Bits bits) {
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

  // Nonzero for negative numbers, infinities and nan, but not for -0. It works on bits, so that the loop
  // can be vectorised.
  HD static Bits fault(Bits bits) {
    return static_cast<Bits>(bits >= kInfinity) & static_cast<Bits>(bits != kSign);
  }
  HD static double value(Bits bits) {
    if constexpr (sizeof(Bits) == 2) {
      // Exponent and mantissa of a binary16 number, shifted to their place in binary32, give the value
      // divided by 2^(127-15). The product is exact, also for subnormal numbers; invalid ones need no value.
      const std::uint32_t moved = static_cast<std::uint32_t>(bits & ~kSign) << (23 - kMantissa);
      return static_cast<double>(__builtin_bit_cast(float, moved) * 0x1p112f);
    } else {
      return static_cast<double>(
          __builtin_bit_cast(std::conditional_t<sizeof(Bits) == 4, float, double>, bits));
    }
  }
  HD static double real(Bits bits) {
    if constexpr (sizeof(Bits) == 2) {
      const double size = (bits & kInfinity) != kInfinity ? value(bits)
                          : (bits & ~kSign) == kInfinity  ? __builtin_huge_val()
                                                          : __builtin_nan("");
      return (bits & kSign) != 0 ? -size : size;
    } else {
      return value(bits);
    }
  }
};

// Calls `use` with the element type.
template <class Use>
HD auto with_element(ElementKind kind, std::size_t item_size, const Use& use) {
  const bool is_signed = kind == ElementKind::signed_integer;
  const bool is_real = kind == ElementKind::real;
  switch (item_size) {
    case 1:
      return is_signed ? use(Integers<std::uint8_t, true>()) : use(Integers<std::uint8_t, false>());
    case 2:
      return is_real     ? use(Reals<std::uint16_t>())
             : is_signed ? use(Integers<std::uint16_t, true>())
                         : use(Integers<std::uint16_t, false>());
    case 4:
      return is_real     ? use(Reals<std::uint32_t>())
             : is_signed ? use(Integers<std::uint32_t, true>())
                         : use(Integers<std::uint32_t, false>());
    default:
      return is_real     ? use(Reals<std::uint64_t>())
             : is_signed ? use(Integers<std::uint64_t, true>())
                         : use(Integers<std::uint64_t, false>());
  }
}

namespace detail {

// Sums `kCells` neighbouring elements, starting at `first`, over `steps` steps. False: an invalid load.
template <int kCells, class Element, bool swapped>
HD bool sum_cells(const std::byte* first, std::size_t step_bytes, std::int64_t steps, float* out) {
  using Bits = typename Element::Bits;
  using Sum = typename Element::Sum;
  Sum sums[kCells] = {};
  bool good = true;
  for (std::int64_t step = 0; step < steps; ++step, first += step_bytes) {
    Bits fault = 0;
    for (int i = 0; i < kCells; ++i) {
      const Bits bits = load_bits<Bits, swapped>(first + static_cast<std::size_t>(i) * sizeof bits);
      fault = static_cast<Bits>(fault | Element::fault(bits));
      sums[i] += Element::value(bits);
      if constexpr (Element::kCanOverflow) fault |= static_cast<Bits>(sums[i] < bits);
    }
    good &= fault == 0;
  }
  for (int i = 0; i < kCells; ++i) {
    if constexpr (std::is_same_v<Sum, double>) good &= sums[i] < kInfiniteBinary32;
    out[i] = static_cast<float>(sums[i]);
  }
  return good;
}

}  // namespace detail

// loads[0 .. E-1] = the sums over a window of one layer. Returns false, on every lane, if a load is negative
// or not finite, or if the total is too large for binary32. All lanes see the loads.
template <class Lanes>
HD bool sum_window(const Lanes& lanes, const RawSteps& raw, const StepRange& window,
                   std::int32_t layer, float* loads) {
  // One lane adds many neighbours at once, as vectors; several lanes read neighbours together.
  constexpr int kCells = Lanes::width == 1 ? 32 : 1;
  const std::byte* first = raw.data + static_cast<std::size_t>(window.begin) * raw.step_bytes() +
                           static_cast<std::size_t>(layer) * raw.layer_bytes();
  const std::int64_t steps = window.end - window.begin;
  const bool good = with_element(
      raw.kind, static_cast<std::size_t>(raw.item_size), [&]<class Element>(Element) -> bool {
        const auto cells = [&]<int count>(std::integral_constant<int, count>, int begin) {
          const std::byte* at = first + begin * raw.item_size;
          return raw.swapped ? detail::sum_cells<count, Element, true>(at, raw.step_bytes(), steps,
                                                                       loads + begin)
                             : detail::sum_cells<count, Element, false>(at, raw.step_bytes(), steps,
                                                                        loads + begin);
        };
        const int many = raw.experts / kCells;
        bool fine = true;
        for_each_index(lanes, many, [&](int i) {
          fine &= cells(std::integral_constant<int, kCells>(), i * kCells);
        });
        for_each_index(lanes, raw.experts - many * kCells, [&](int i) {
          fine &= cells(std::integral_constant<int, 1>(), many * kCells + i);
        });
        return fine;
      });
  lanes.sync();
  if (sum_of(lanes, good ? 0 : 1) > 0) return false;
  // The sum of 1024 loads below this limit is always finite.
  bool large = false;
  for_each_index(lanes, raw.experts, [&](int i) { large |= loads[i] >= 0x1p117f; });
  if (sum_of(lanes, large ? 1 : 0) == 0) return true;
  return static_cast<double>(specified_sum(loads, raw.experts)) < kInfiniteBinary32;
}

}  // namespace evenkeel
