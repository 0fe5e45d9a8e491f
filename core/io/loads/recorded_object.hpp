// What recorders save as Python objects: tensors and arrays, and dictionaries of SGLang and SGLang-JAX that hold them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/status.hpp"
#include "core/io/formats/pickle.hpp"
#include "core/io/loads/array_rows.hpp"
#include "core/io/loads/window_sum.hpp"

namespace evenkeel {

// The bytes of a torch storage by its key, which must hold `size` bytes; they stay where they are.
using FindStorage = std::function<Status(std::string_view key, std::uint64_t size,
                                         std::span<const std::byte>& out)>;

// Reads the tensors and arrays of a pickle.
class RecordedObject {
 public:
  // `swapped`: the storages have the other byte order than this machine.
  RecordedObject(std::string_view name, FindStorage find, bool swapped)
      : name_(name), find_(std::move(find)), swapped_(swapped) {}

  static bool is_tensor(const PickleValue& value);
  // A tensor or array of 1 to 3 dimensions, within its storage; valid until the next call. `what` names it in errors.
  Status tensor(const PickleValue& value, std::string_view what, Tensor& out) const;

 private:
  Status torch_tensor(const PickleValue& call, std::string_view what, Tensor& out) const;
  Status numpy_array(const PickleValue& call, std::string_view what, Tensor& out) const;

  std::string_view name_;
  FindStorage find_;
  bool swapped_;
  // The storages so far, the elements that they hold, and those that tensors have taken from them. Many more taken than
  // held is a small file that would be read for hours.
  mutable std::set<std::string> storages_;
  mutable std::uint64_t held_ = 0;
  mutable std::uint64_t taken_ = 0;
  mutable std::string decoded_;  // data that the pickle holds as text
};

// Adds the loads of a saved object to the window: a tensor [layers, experts] or [steps, layers, experts], a list of
// those, or a dictionary with "logical_count", or with "records" of counts by slot and the map of the slots.
Status add_object(std::string_view name, const PickleValue& root, const RecordedObject& object,
                  const ReadOptions& options, WindowSum& window, std::vector<std::string>& notes);

// The bytes of an element of a torch storage or type; 0: not known.
std::uint64_t torch_item_size(std::string_view name);

// The rank that the object says, or -1.
std::int64_t rank_of_object(const PickleValue& root);

}  // namespace evenkeel
