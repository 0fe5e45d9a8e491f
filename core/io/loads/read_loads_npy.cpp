// Loads from .npy: one tight loop per element type over the selected part of each step.
#include <algorithm>
#include <limits>
#include <type_traits>
#include <vector>

#include "core/base/text.hpp"
#include "core/batch/raw_steps.hpp"
#include "core/io/formats/npy.hpp"
#include "core/io/loads/array_rows.hpp"
#include "core/io/loads/loads_format.hpp"
#include "core/io/loads/read_loads.hpp"
#include "core/io/loads/window_sum.hpp"

namespace evenkeel {
namespace {

// With at most this many steps, sums of numbers of up to 4 bytes cannot overflow uint64.
constexpr std::int64_t kMaxSteps = std::numeric_limits<std::uint32_t>::max();

template <class Element, bool swapped>
class NpySum {
  using Bits = typename Element::Bits;
  using Sum = typename Element::Sum;
  using Partial = typename Element::Partial;

  // The number of steps that are added in one pass over the sums, which stay in registers between them. Where
  // overflow is possible, it is checked after each step.
  static constexpr std::int64_t kStepsAtOnce = Element::kCanOverflow ? 1 : 8;

 public:
  NpySum(const NpyArray& array, std::string_view name, const WindowShape& window)
      : name_(name),
        window_(window),
        layer_size_(static_cast<std::size_t>(window.experts) * sizeof(Bits)),
        step_size_(layer_size_ * static_cast<std::size_t>(array.shape[array.dimensions - 2])),
        data_(array.data.data()),
        sums_(window.cells()) {}

  Status read(std::size_t data_offset, const ReadOptions& options, WindowSum& out) {
    ReadProgress progress(name_, options);
    std::int64_t step = window_.steps.begin;
    while (step < window_.steps.end) {
      const bool full_pass = window_.steps.end - step >= kStepsAtOnce;
      const std::int64_t steps = full_pass ? kStepsAtOnce : 1;
      if (full_pass ? add<kStepsAtOnce>(step) : add<1>(step)) return find_fault(step, steps);
      step += steps;
      const std::size_t consumed = data_offset + static_cast<std::size_t>(step) * step_size_;
      if (Status status = progress.at(consumed); !status.ok()) return status;
    }
    look_for_wrapped(out);
    return out.add_sums(window_, std::span<const Sum>(sums_));
  }

 private:
  const std::byte* row(std::int64_t step) const {
    return data_ + static_cast<std::size_t>(step) * step_size_ +
           static_cast<std::size_t>(window_.layers.begin) * layer_size_;
  }

  // Adds kSteps steps; returns true if one of their elements is invalid. Floats are added to the sum one by
  // one, in the order of steps; integers are first added to each other, in a narrower type.
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

  // A sum that may hold a count just below 2^32 is rare, so its steps are looked at again.
  void look_for_wrapped(WindowSum& out) const {
    if constexpr (std::is_same_v<Sum, std::uint64_t> && sizeof(Bits) >= 4) {
      constexpr std::int64_t kMostLooked = 65536;
      const auto found = std::find_if(sums_.begin(), sums_.end(), WindowSum::may_be_wrapped);
      if (found == sums_.end() || window_.steps.end - window_.steps.begin > kMostLooked) return;
      const std::int64_t cell = found - sums_.begin();
      Place place;
      place.layer = window_.number(cell / window_.experts);
      for (place.step = window_.steps.begin; place.step < window_.steps.end; ++place.step) {
        const std::byte* const at = row(place.step) + static_cast<std::size_t>(cell) * sizeof(Bits);
        out.look_at(place, cell % window_.experts, load_bits<Bits, swapped>(at));
      }
    } else {
      static_cast<void>(out);
    }
  }

  // Reports the first invalid element of the steps just added.
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
        // The sums show the overflow of this step: types that can overflow are added one step at a time.
        if constexpr (Element::kCanOverflow) {
          if (sums_[i] < bits) return refuse_overflow(name_, place, expert);
        }
      }
    }
    // Reached only if the mapped file has changed in between.
    return refuse(name_, "a load is negative or not finite");
  }

  std::string_view name_;
  const WindowShape& window_;
  std::size_t layer_size_;
  std::size_t step_size_;
  const std::byte* data_;
  std::vector<Sum> sums_;
};

// Looks for load in the layers of which nobody has found any yet, one step after another.
template <class Element, bool swapped>
Status find_loaded_layers(const NpyArray& array, std::string_view name, const ReadOptions& options,
                          WindowSum& window) {
  ReadProgress progress(name, options);
  const bool has_steps = array.dimensions == 3;
  const auto layers = static_cast<std::size_t>(array.shape[array.dimensions - 2]);
  const auto experts = static_cast<std::size_t>(array.shape[array.dimensions - 1]);
  std::vector<std::size_t> unloaded;
  for (std::size_t layer = 0; layer < layers; ++layer) {
    if (!window.is_loaded(static_cast<std::int64_t>(layer))) unloaded.push_back(layer);
  }
  const auto has_load = [&](std::int64_t step, std::size_t layer) {
    const std::size_t row = static_cast<std::size_t>(step) * layers + layer;
    const std::byte* const first = array.data.data() + row * experts * array.item_size;
    for (std::size_t e = 0; e < experts; ++e) {
      const auto bits =
          load_bits<typename Element::Bits, swapped>(first + e * sizeof(typename Element::Bits));
      if (Element::real(bits) != 0) return true;
    }
    return false;
  };
  for (std::int64_t step = 0; step < (has_steps ? array.shape[0] : 1) && !unloaded.empty();
       ++step) {
    std::erase_if(unloaded, [&](std::size_t layer) {
      if (!has_load(step, layer)) return false;
      window.mark_loaded(static_cast<std::int64_t>(layer));
      return true;
    });
    if (Status s = progress.advance(layers * experts * array.item_size); !s.ok()) return s;
  }
  return {};
}

Status refuse_steps(std::string_view name, std::int64_t steps) {
  return refuse(name, steps, " steps, but at most ", kMaxSteps, " can be summed");
}

}  // namespace

Status find_steps(std::span<const std::byte> bytes, std::string_view name, RawSteps& out) {
  NpyArray array;
  const NpyWanted wanted = {3, 3, "[steps, layers, experts]"};
  if (Status status = parse_npy(bytes, name, wanted, array); !status.ok()) return status;
  if (array.shape[0] > kMaxSteps) return refuse_steps(name, array.shape[0]);
  WindowShape window;  // checks layers and experts
  if (Status status =
          resolve_window(name, {}, array.shape[0], array.shape[1], array.shape[2], window);
      !status.ok()) {
    return status;
  }
  out.data = array.data.data();
  out.kind = array.kind;
  out.item_size = static_cast<std::int32_t>(array.item_size);
  out.swapped = array.swapped;
  out.layers = static_cast<std::int32_t>(window.kept_layers());
  out.experts = window.experts;
  out.steps = array.shape[0];
  return {};
}

Status add_npy(const RecordedFile& file, const ReadOptions& options, WindowSum& window,
               std::vector<std::string>& notes) {
  if (std::span<const std::byte> pickled; is_pickled_npy(file.bytes, pickled)) {
    return add_pickled_npy({file.name, pickled}, options, window, notes);
  }
  NpyArray array;
  const NpyWanted wanted = {2, 3, "[layers, experts] or [steps, layers, experts]"};
  if (Status status = parse_npy(file.bytes, file.name, wanted, array); !status.ok()) {
    return status;
  }
  const std::int64_t steps = array.dimensions == 3 ? array.shape[0] : 1;
  if (steps > kMaxSteps) return refuse_steps(file.name, steps);
  if (window.folds() || options.row) {
    ReadProgress progress(file.name, options);
    return add_tensor(file.name, tensor_of(array), {}, window, progress);
  }
  WindowShape part;
  if (Status status = window.begin_array(steps, 0, array.shape[array.dimensions - 2],
                                         array.shape[array.dimensions - 1], part);
      !status.ok()) {
    return status;
  }
  const bool is_wanted = part.steps.begin < part.steps.end && part.layers.begin < part.layers.end;
  const std::size_t data_offset = file.bytes.size() - array.data.size();
  const auto read = [&]<class Element, bool swapped>(Element) {
    Status status;
    if (is_wanted) {
      NpySum<Element, swapped> sum(array, file.name, part);
      status = sum.read(data_offset, options, window);
    }
    if (!status.ok() || !options.find_dense_layers) return status;
    return find_loaded_layers<Element, swapped>(array, file.name, options, window);
  };
  return with_element(array.kind, array.item_size, [&]<class Element>(Element element) {
    return array.swapped ? read.template operator()<Element, true>(element)
                         : read.template operator()<Element, false>(element);
  });
}

}  // namespace evenkeel
