// The output of `bench`: tables, or a JSON list of objects.
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
  // Starts a table of strategies on one shape. The arguments must outlive the call of end(), which adds the
  // heading.
  void begin(const Execution& execution, const Shape& shape,
             std::span<const NamedRules> strategies);
  // Adds the next strategy: microseconds per row, the ratio to the first strategy, and further members of its
  // JSON object.
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
