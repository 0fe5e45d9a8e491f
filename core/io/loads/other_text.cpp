#include "core/io/loads/other_text.hpp"

#include <algorithm>
#include <string>

#include "core/base/text.hpp"

namespace evenkeel {
namespace {

// Logs have other lines first.
constexpr std::size_t kSearched = 16384;

bool contains(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

// `start` is in lower case.
bool opens_with(std::string_view text, std::string_view start) {
  if (text.size() < start.size()) return false;
  for (std::size_t i = 0; i < start.size(); ++i) {
    const char c = text[i] >= 'A' && text[i] <= 'Z' ? static_cast<char>(text[i] + 32) : text[i];
    if (c != start[i]) return false;
  }
  return true;
}

}  // namespace

Status refuse_other_text(std::string_view name, std::span<const std::byte> bytes) {
  std::string_view text(reinterpret_cast<const char*>(bytes.data()),
                        std::min(bytes.size(), kSearched));
  if (text.starts_with("\xff\xfe") || text.starts_with("\xfe\xff")) {
    return refuse(name, "text in UTF-16; save it as UTF-8");
  }
  if (text.starts_with("\xef\xbb\xbf")) text.remove_prefix(3);
  text.remove_prefix(std::min(text.find_first_not_of(" \t\r\n"), text.size()));
  if (opens_with(text, "<!doctype html") || opens_with(text, "<html")) {
    return refuse(name,
                  "a page of HTML, not recorded loads; download the file itself, not the page that "
                  "shows it");
  }
  if (contains(text, "EPLB step:") && contains(text, "balancedness=")) {
    return refuse(
        name,
        "a log of vLLM, which has only the mean and the maximum over GPUs; record the load of "
        "each expert instead, as an array [layers, experts] or rows layer,expert,count");
  }
  if (contains(text, "[dump activation]")) {
    return refuse(name,
                  "a log of OmniPlacement's dump; write its counts as rows layer,expert,count or "
                  "as an array [layers, experts] instead");
  }
  if (contains(text, "initial_global_assignments:")) {
    return refuse(name,
                  "a placement (TensorRT-LLM's YAML), not recorded loads; evenkeel score LOADS "
                  "PLACEMENT reads it");
  }
  return {};
}

}  // namespace evenkeel
