// The steps of completing one request: the parts of resolve (request.hpp).
#pragma once

#include <cstdint>
#include <string>

#include "core/request/nearest_shapes.hpp"
#include "core/request/request.hpp"
#include "core/request/usual.hpp"

namespace evenkeel {

// The slots of a shape: as in the request, or the smallest valid number whatever the request has.
enum class Slots : std::uint8_t { as_requested, least };

// For loads of given sizes. Given numbers must be within their ranges.
class Completion {
 public:
  Completion(const Request& request, std::int32_t layers, std::int32_t experts, Slots slots,
             Vocabulary words);

  // Sets out.shape and out.replaced. Where GPUs were not said: the usual ones, else the nearest number, from
  // half to twice as many, with which everything is valid.
  Status complete(Resolved& out) const;

  // What was left out of the request and stands in what complete() made, as a sentence; "": nothing. One node
  // and one group are said only where usually there are more.
  std::string assumed(const Resolved& resolved) const;

 private:
  bool has_slots() const;
  std::int32_t slots_with(std::int32_t gpus) const;
  std::int32_t nodes_with(std::int32_t gpus, std::int32_t groups) const;
  // What is wrong with so many GPUs; empty: nothing.
  std::string complete_with(std::int32_t gpus, Resolved& out) const;
  std::string value_text(const ShapeChange& change) const;
  std::string way_text(const ShapeChange& change, const std::string& values) const;
  std::string nearest_text(const Shape& refused) const;

  const Request& request_;
  Usual usual_;
  std::int32_t layers_;
  std::int32_t experts_;
  Slots slots_;
  Vocabulary words_;
};

}  // namespace evenkeel
