// STUB until the planner lands.
#pragma once
#include <cstdint>
#include "core/base/status.hpp"
#include "core/batch/batch.hpp"
namespace evenkeel {
struct PlanRules { std::uint64_t seed = 0; std::int32_t kicks = 0; double price = 0; };
struct PlanHistory { std::int32_t chunks = 0; const std::uint32_t* tokens = nullptr; const std::uint32_t* weights = nullptr; };
struct PlanBatch { Shape shape; std::int64_t rows = 0; PlanHistory history; const std::int32_t* previous_phy2log = nullptr; RowPlacement<std::int32_t> placement; int threads = 0; StopQuestion stop; };
inline constexpr double kDefaultHalfLife = 400;
inline constexpr double kDefaultPrice = 0.004;
Status plan_mean_of_max(const PlanBatch& batch, const PlanRules& rules);
std::int64_t chunk_steps(const Shape& shape, double half_life);
}
