// Python pickles as plain data. Nothing is executed: a class or function is only a name, and one that neither tensors
// nor arrays nor plain data need is refused by that name.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/base/status.hpp"

namespace evenkeel {

enum class PickleKind : std::uint8_t {
  none,
  boolean,
  integer,
  large_integer,  // does not fit in 64 bits
  real,
  text,
  bytes,
  list,  // and sets
  tuple,
  dict,
  name,        // of a class or function: "torch.IntStorage"
  call,        // of a name with arguments: what it would have returned
  persistent,  // stands for data outside the pickle
};

class Pickle;

// A value of a pickle, which must exist longer. A container may contain itself.
class PickleValue {
 public:
  PickleValue(const Pickle& pickle, std::uint32_t index) : pickle_(&pickle), index_(index) {}

  PickleKind kind() const;
  bool is(PickleKind wanted) const { return kind() == wanted; }
  bool is_call(std::string_view name) const;  // of this name
  std::int64_t integer() const;               // an integer, or a boolean as 0 or 1
  std::string_view text() const;              // text, bytes or a name
  // The values of a list or tuple; key, value, key, value... of a dict; of a call its name, its arguments as a tuple
  // and, where it was given one, its state; of a persistent value what identifies it.
  std::size_t size() const;
  PickleValue operator[](std::size_t i) const;
  // The value of a dict under a key of text; the last one, as in Python.
  std::optional<PickleValue> find(std::string_view key) const;

 private:
  const Pickle* pickle_;
  std::uint32_t index_;
};

class Pickle {
 public:
  // Reads one pickle from the beginning of `bytes`, which must exist longer; `size` is where it ends.
  Status read(std::span<const std::byte> bytes, std::string_view name, std::size_t& size);
  PickleValue root() const { return {*this, root_}; }

  // Calls `use` with each value of a kind, also those that the root does not hold.
  template <class Use>
  void each(PickleKind kind, const Use& use) const {
    for (std::size_t i = 0; i < values_.size(); ++i) {
      if (values_[i].kind == kind) use(PickleValue(*this, static_cast<std::uint32_t>(i)));
    }
  }

 private:
  friend class PickleMachine;
  friend class PickleValue;

  struct Value {
    PickleKind kind = PickleKind::none;
    std::uint32_t size = 0;  // of text and bytes
    std::uint64_t bits = 0;  // a number; where text and bytes begin; of a container its index
  };

  std::string_view source_;
  std::vector<Value> values_;
  std::vector<std::vector<std::uint32_t>> containers_;
  std::vector<std::string> names_;
  std::uint32_t root_ = 0;
  // Of large dictionaries: where find() has found a key's value, by container and key; 0: there is none.
  mutable std::map<std::pair<std::uint64_t, std::string>, std::size_t> found_;
};

}  // namespace evenkeel
