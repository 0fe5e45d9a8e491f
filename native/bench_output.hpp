// What `bench` prints: tables for people, and a list of objects for scripts.
#pragma once

#include <nlohmann/json.hpp>
#include <span>
#include <string>

#include "core/evenkeel.hpp"
#include "core/model/strategies.hpp"
#include "native/table.hpp"

namespace evenkeel {

// "cpu, 2 threads"
std::string describe_execution(const Execution& execution);

class BenchOutput {
 public:
  // A table of strategies on one shape, with a heading above it. What is pointed at must last to end.
  void begin(const Execution& execution, const Shape& shape,
             std::span<const NamedRules> strategies);
  // The next strategy's microseconds a row, how much that is of the first one's, and what else its
  // object is to have.
  void add(double us, double ratio,
           const nlohmann::ordered_json& more = nlohmann::ordered_json::object());
  void end(const std::string& heading);

  std::string text() const;
  std::string json() const { return objects_.dump(2) + "\n"; }

 private:
  Execution execution_;
  Shape shape_;
  std::span<const NamedRules> strategies_;
  std::size_t next_ = 0;
  Table table_{{}};
  std::string text_;
  nlohmann::ordered_json objects_ = nlohmann::ordered_json::array();
};

}  // namespace evenkeel
