// Placements from hostile JSON, YAML, .npy and .npz files, and numbers of copies from hostile .npy files; a placement
// that can be read must be the same after writing and reading it.
#include <vector>

#include "core/io/formats/npy.hpp"
#include "core/io/placements/placement_io.hpp"
#include "core/model/placement.hpp"
#include "tests/fuzz_support.hpp"

namespace evenkeel::test {
namespace {

void require_good(const Placement& placement) {
  const auto layers = static_cast<std::size_t>(placement.layers);
  const auto experts = static_cast<std::size_t>(placement.experts);
  const auto slots = static_cast<std::size_t>(placement.slots);
  require(placement.layers >= 1 && placement.layers <= kMaxLayers);
  require(placement.slots >= placement.experts && placement.slots <= kMaxSlots);
  require(placement.gpus >= 0 && placement.gpus <= kMaxGpus);
  require(placement.gpus == 0 || placement.slots % placement.gpus == 0);
  require(placement.first_layer >= -1 && placement.first_layer <= 0x7fffffff - kMaxLayers);
  require((placement.order == LayerOrder::numbered) == (placement.first_layer >= 0));
  require(placement.order != LayerOrder::same || placement.layers == 1);
  if (!placement.layer_numbers.empty()) {
    require(std::ssize(placement.layer_numbers) == placement.layers);
    require(placement.layer_numbers.front() == placement.first_layer);
    for (std::size_t i = 1; i < layers; ++i) {
      require(placement.layer_numbers[i - 1] < placement.layer_numbers[i]);
    }
  }
  for (const std::string& note : placement.notes) {
    require(!note.empty() && note.size() < 500 && printable(note) == note);
  }
  require(placement.phy2log.size() == layers * slots);
  require(placement.log2phy.size() == layers * slots);
  require(placement.logcnt.size() == layers * experts);

  // log2phy is the inverse of phy2log: every slot occurs once, at its expert.
  std::vector<bool> used(layers * slots);
  std::size_t at = 0;
  for (std::size_t row = 0; row < layers * experts; ++row) {
    require(placement.logcnt[row] >= 1);
    for (std::int32_t copy = 0; copy < placement.logcnt[row]; ++copy) {
      const std::int32_t slot = placement.log2phy[at++];
      require(slot >= 0 && slot < placement.slots);
      const std::size_t cell = row / experts * slots + static_cast<std::size_t>(slot);
      require(placement.phy2log[cell] == static_cast<std::int32_t>(row % experts));
      require(!used[cell]);
      used[cell] = true;
    }
  }
  require(at == layers * slots);
}

void require_round_trip(const Placement& placement) {
  const std::vector<std::int64_t> values(placement.phy2log.begin(), placement.phy2log.end());
  const std::vector<std::int64_t> shape = {placement.layers, placement.slots};
  const std::string file = npy_int64(values, shape);
  Placement again;
  const auto bytes = std::as_bytes(std::span(file.data(), file.size()));
  require(read_placement(bytes, "again", placement.experts, again).ok());
  require(again.phy2log == placement.phy2log && again.logcnt == placement.logcnt);
}

// Numbers of copies for the placement of the seeds.
void fuzz_log2phy(std::span<const std::uint8_t> input) {
  Placement placement = {2, 3, 4, 2, {0, 1, 2, 1, 2, 2, 0, 1}, {}, {}};
  require(complete_placement("fuzz", placement).ok());
  const std::vector<std::int32_t> ascending = placement.log2phy;
  const FuzzFile file(input);
  const Status status = read_log2phy_npy(file.bytes(), "fuzz", placement);
  if (!status.ok()) {
    require(placement.log2phy == ascending);
    require_sentence(status);
  }
  require_good(placement);
}

void fuzz_placement(std::span<const std::uint8_t> input) {
  // No key of a placement begins with a c or a digit. So a leading c means that numbers of copies follow, and a digit
  // is the number of experts.
  if (!input.empty() && input[0] == 'c') return fuzz_log2phy(input.subspan(1));
  std::int32_t experts = 3;
  if (!input.empty() && input[0] >= '0' && input[0] <= '9') {
    experts = input[0] - '0';
    input = input.subspan(1);
  }
  const FuzzFile file(input);
  Placement placement;
  const Status status = read_placement(file.bytes(), "fuzz", experts, placement, inflate_zeros);
  if (!status.ok()) {
    require(placement.phy2log.empty());
    require_sentence(status);
    return;
  }
  require_good(placement);
  require_round_trip(placement);
}

}  // namespace
}  // namespace evenkeel::test

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  evenkeel::test::fuzz_placement({data, size});
  return 0;
}
