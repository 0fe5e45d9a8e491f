// What the plans of one layer are made from: sums of its steps so far. Memory does not grow with the number of steps.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace evenkeel {

// All steps, or every second one: plans from even and from odd steps of the same time differ only by chance.
enum class Part : std::uint8_t { all, even, odd };

// A sum of steps.
struct StepSum {
  std::vector<double> tokens;  // [E] tokens
  std::vector<double> shares;  // [E] tokens / tokens of the step and layer
  std::int64_t steps = 0;      // with tokens

  explicit StepSum(std::size_t experts = 0) : tokens(experts), shares(experts) {}
  void clear();
  // One step. total: the sum of its loads; a step without tokens is not counted.
  void add(std::span<const double> loads, double total);
  void add(const StepSum& other);
};

// The sum of the last steps, for plans that are `every` steps apart.
class LastSteps {
 public:
  LastSteps(std::int64_t steps, std::int64_t every, bool has_parts, std::size_t experts);
  void add(std::span<const double> loads, double total, bool is_odd);
  // Of the last `steps` steps, or of all if there are fewer. Call it where a plan is made.
  StepSum sum(Part part) const;

 private:
  std::int64_t chunk_steps_;  // a whole number of chunks is between two plans, and in the sum
  std::size_t chunks_;
  std::int64_t added_ = 0;
  std::vector<StepSum> sums_[3];  // of each Part, a ring of chunks; only the first without parts
};

// An exponential mean of all steps, but for a factor.
class ExponentialMean {
 public:
  // half_life: steps, at least 1.
  ExponentialMean(double half_life, bool has_parts, std::size_t experts);
  void add(std::span<const double> loads, bool is_odd);
  std::span<const double> loads(Part part) const { return sums_[static_cast<std::size_t>(part)]; }

 private:
  double keep_;
  std::vector<double> sums_[3];  // of each Part; only the first without parts
};

// The newest chunks of steps in a ring; each step has the same weight, however many tokens it has.
class ChunkRing {
 public:
  // `chunks` chunks of `steps` steps each.
  ChunkRing(std::int64_t steps, std::size_t chunks, bool has_parts, std::size_t experts);
  // The next step. loads: [E] tokens, of which `total` is the sum, may be 0.
  void add(std::span<const double> loads, double total, bool is_odd);

  std::size_t chunks() const { return chunks_; }
  // The chunks in the order of time, the newest last; those that do not exist yet have weight 0. tokens: [chunks, E] in
  // some unit that is the same within a chunk; weights: [chunks] by the steps and the age of a chunk.
  void copy(Part part, double half_life, std::span<std::uint32_t> tokens,
            std::span<std::uint32_t> weights) const;

 private:
  struct Half {
    std::vector<std::uint32_t> tokens;  // [chunks, E]
    std::vector<std::uint32_t> steps;   // [chunks] with tokens
  };

  std::int64_t steps_;
  std::size_t chunks_;
  std::size_t experts_;
  bool has_parts_;
  double unit_;             // of a step's sum: so that a chunk's fits 32 bits
  std::int64_t added_ = 0;  // steps
  Half halves_[2];          // even (or all), odd
};

}  // namespace evenkeel
