// Loads from .safetensors: TensorRT-LLM's statistics, with a tensor of counts for each iteration and layer, or one
// tensor with all.
#include <algorithm>
#include <limits>

#include "core/base/text.hpp"
#include "core/io/formats/safetensors.hpp"
#include "core/io/loads/array_rows.hpp"
#include "core/io/loads/loads_format.hpp"

namespace evenkeel {
namespace {

constexpr std::uint64_t kLargestTensorLayer = 65535;
constexpr auto kLargestTensorIteration =
    static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());

// A tensor "{iteration}_{layer}".
struct Counts {
  std::uint64_t iteration;
  std::uint64_t layer;
  const NpyArray* array;
};

// One number has one text: without zeros before it.
bool parse_part(std::string_view text, std::uint64_t most, std::uint64_t& out) {
  return parse_whole(text, out) && (text.size() == 1 || text.front() != '0') && out <= most;
}

bool parse_key(std::string_view key, Counts& out) {
  const std::size_t line = key.find('_');
  return line != std::string_view::npos &&
         parse_part(key.substr(0, line), kLargestTensorIteration, out.iteration) &&
         parse_part(key.substr(line + 1), kLargestTensorLayer, out.layer);
}

Tensor with_type(const NpyArray& array) {
  Tensor tensor = tensor_of(array);
  tensor.brain = array.dtype == "BF16";
  return tensor;
}

Status add_iterations(std::string_view name, std::vector<Counts>& counts,
                      const ReadOptions& options, WindowSum& window) {
  std::sort(counts.begin(), counts.end(), [](const Counts& a, const Counts& b) {
    return a.iteration != b.iteration ? a.iteration < b.iteration : a.layer < b.layer;
  });
  ReadProgress progress(name, options);
  std::vector<Number> row;
  for (std::size_t i = 0; i < counts.size(); ++i) {
    if (i > 0 && counts[i].iteration == counts[i - 1].iteration &&
        counts[i].layer == counts[i - 1].layer) {
      return refuse(name, "two tensors of iteration ", counts[i].iteration, ", layer ",
                    counts[i].layer);
    }
    Place place;
    place.step = window.steps();
    place.layer = static_cast<std::int64_t>(counts[i].layer);
    place.recorded_step = static_cast<std::int64_t>(counts[i].iteration);
    read_row(with_type(*counts[i].array), 0, 0, row);
    if (Status status = window.add_row(place, row); !status.ok()) return status;
    const bool last = i + 1 == counts.size() || counts[i + 1].iteration != counts[i].iteration;
    if (last) {
      if (Status status = window.end_step(); !status.ok()) return status;
    }
    if (Status s = progress.advance(counts[i].array->data.size()); !s.ok()) return s;
  }
  return {};
}

}  // namespace

Status add_safetensors(const RecordedFile& file, const ReadOptions& options, WindowSum& window,
                       std::vector<std::string>&) {
  std::vector<NamedTensor> tensors;
  if (Status status = read_safetensors(file.bytes, file.name, tensors); !status.ok()) return status;
  std::vector<Counts> counts;
  std::string names;
  std::string wrong_name;
  for (const NamedTensor& tensor : tensors) {
    Counts parsed = {0, 0, &tensor.array};
    if (tensor.array.dimensions == 1) {
      if (parse_key(tensor.name, parsed)) {
        counts.push_back(parsed);
      } else if (wrong_name.empty()) {
        wrong_name = tensor.name;
      }
    }
    if (names.size() < 200) names += (names.empty() ? "" : ", ") + in_quotes(tensor.name);
  }
  if (!counts.empty() && counts.size() == tensors.size()) {
    return add_iterations(file.name, counts, options, window);
  }
  if (!counts.empty() && !wrong_name.empty()) {
    return refuse(file.name, "tensor ", in_quotes(wrong_name), " beside ", std::ssize(counts),
                  " named \"ITERATION_LAYER\"; expected numbers without zeros before "
                  "them, an iteration up to ",
                  kLargestTensorIteration, " and a layer up to ", kLargestTensorLayer);
  }
  if (tensors.size() == 1 && tensors[0].array.dimensions >= 2) {
    ReadProgress progress(file.name, options);
    return add_tensor(file.name, with_type(tensors[0].array), {}, window, progress);
  }
  return refuse(
      file.name, "a safetensors file with ", several(std::ssize(tensors), "tensor"),
      names.empty() ? "" : ": " + names,
      "; expected tensors \"ITERATION_LAYER\" of counts, as TensorRT-LLM writes them, or one "
      "tensor [layers, experts] or [steps, layers, experts]");
}

}  // namespace evenkeel
