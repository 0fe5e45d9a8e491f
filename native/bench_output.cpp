#include "native/bench_output.hpp"

#include "core/base/parallel.hpp"
#include "native/report_text.hpp"

namespace evenkeel {
namespace {

int threads_of(const Execution& execution) {
  return execution.backend->threaded ? thread_count(execution.threads) : 1;
}

}  // namespace

std::string describe_execution(const Execution& execution) {
  const int threads = threads_of(execution);
  return std::string(execution.backend->name) + ", " + std::to_string(threads) + " thread" +
         plural(threads);
}

void BenchOutput::begin(const Execution& execution, const Shape& shape,
                        std::span<const NamedRules> strategies) {
  execution_ = execution;
  shape_ = shape;
  strategies_ = strategies;
  next_ = 0;
  table_ = Table({"strategy", "us/row", "rows/s", "x " + strategies.front().label});
}

void BenchOutput::add(double us, double ratio, const nlohmann::ordered_json& more) {
  const NamedRules& strategy = strategies_[next_++];
  table_.add({strategy.label, amount(us), amount(1e6 / us), fixed(ratio, 2)});
  objects_.push_back({{"strategy", strategy.name},
                      {"backend", execution_.backend->name},
                      {"layers", shape_.layers},
                      {"experts", shape_.experts},
                      {"slots", shape_.slots},
                      {"gpus", shape_.gpus},
                      {"nodes", shape_.nodes},
                      {"groups", shape_.groups},
                      {"threads", threads_of(execution_)},
                      {"us_per_row", us},
                      {"rows_per_s", 1e6 / us},
                      {"ratio", ratio},
                      {"ratio_to", strategies_.front().name}});
  objects_.back().update(more);
}

std::string BenchOutput::text() const {
  return text_ +
         "\nx NAME: time relative to strategy NAME in the same round, median of all rounds\n";
}

void BenchOutput::end(const std::string& heading) {
  text_ += (text_.empty() ? "" : "\n") + heading + "\n\n" + table_.text();
  std::string parts;
  for (const NamedRules& strategy : strategies_) {
    if (strategy.label.ends_with('*')) parts += parts_text(strategy);
  }
  if (!parts.empty()) text_ += "\n" + parts;
}

}  // namespace evenkeel
