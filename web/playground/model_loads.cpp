// How the model goes from one set of loads to another: links, files, presets, and what returns where the engine
// cannot open them.

#include <algorithm>
#include <utility>

#include "core/request/file_names.hpp"
#include "core/traffic/example.hpp"
#include "core/traffic/synth.hpp"
#include "web/playground/model.hpp"

namespace evenkeel {
namespace {

bool is_file(std::string_view loads) { return !is_synth(loads) && loads != kExampleName; }

// The state with the looks of another: panel, theme, frame.
LinkState with_looks_of(const LinkState& looks, LinkState state) {
  state.panel = looks.panel;
  state.theme = looks.theme;
  state.embed = looks.embed;
  return state;
}

// A link's file is awaited until somebody changes more than how things look.
bool is_untouched(const LinkState& state) { return state == with_looks_of(state, {}); }

}  // namespace

// ---- a link that was printed when deepseek was the default

std::string_view Model::old_default() const {
  return is_from_before_keel_
             ? "This link was made when deepseek was the default strategy. Now it is keel."
             : "";
}

void Model::restore_old_default() {
  is_from_before_keel_ = false;
  LinkState& linked = awaited_ && is_untouched(state) ? *awaited_ : state;
  linked.strategy = "deepseek";
  linked.step = std::nullopt;
}

// ---- requests for loads

void Model::request(const std::string& loads, bool is_linked, std::optional<View> before) {
  phase_ = Phase::opening;
  requests_.push_back({loads, is_linked, std::move(before)});
  refused_.clear();
}

Model::View Model::view() const {
  const bool is_linked = opening() ? requests_.back().is_linked : phase_ == Phase::unchecked;
  return {state, is_linked, awaited_};
}

void Model::restore(std::string_view link) {
  View before = view();
  problems_.clear();
  state = parse_link(link, problems_);
  is_from_before_keel_ = is_from_before_keel(link) && !state.embed;
  for (std::string& problem : problems_) problem = "link: " + problem;
  awaited_.reset();
  if (!state.file.empty()) {
    const bool is_one = names_in(state.file).size() == 1;
    problems_.push_back((is_one ? "This link is about the file " : "This link is about ") +
                        title_of_files(state.file) +
                        (is_one ? ", which is not part of the link: open your copy to see the same"
                                : ", which are not part of the link: open your copies together to "
                                  "see the same"));
    awaited_ = std::exchange(state, {});
    state = with_looks_of(*awaited_, {});
  }
  request(state.loads, true, std::move(before));
  engine_.send(to_bytes(OpenLoads{state.loads}));
}

std::vector<std::string> Model::change(std::string_view link) {
  std::vector<std::string> problems;
  LinkState next = parse_link(link, problems);
  if (next.file == linked_names(state.file)) next.file = state.file;
  if (problems.empty() && next.file != state.file && !next.file.empty()) {
    problems.push_back("\"file\": a file name needs the file's bytes");
  }
  if (!problems.empty()) return problems;
  const bool reopen = next.file.empty() && (!state.file.empty() || next.loads != state.loads);
  View before = view();
  state = std::move(next);
  problems_.clear();
  refused_.clear();
  // A printed link leaves the usual loads out. A link that names loads no longer waits for a file.
  if (link.starts_with("loads=") || link.find("&loads=") != std::string_view::npos) {
    awaited_.reset();
  }
  if (reopen) {
    request(state.loads, true, std::move(before));
    engine_.send(to_bytes(OpenLoads{state.loads}));
  } else if (opening()) {
    requests_.back().is_linked = true;
  } else if (phase_ != Phase::none) {
    phase_ = Phase::unchecked;
    check_linked_steps();
  }
  return {};
}

void Model::open(const std::string& loads) {
  View before = view();
  LinkState fresh = state;  // strategy, seed, panel and theme stay
  fresh.loads = loads;
  fresh.file.clear();
  fresh.steps = {};
  fresh.moe_layers.reset();
  fresh.gpus = fresh.slots = fresh.redundant = fresh.nodes = fresh.groups = std::nullopt;
  fresh.policy = Policy::automatic;
  fresh.layer = 0;
  fresh.step = std::nullopt;
  fresh.replay = {0, 0, -1, fresh.replay.policies};
  state = fresh;
  awaited_.reset();
  request(loads, false, std::move(before));
  engine_.send(to_bytes(OpenLoads{loads}));
}

// ---- the engine's answers to them

void Model::loads_opened(const Opened& opened) {
  const auto asked = std::find_if(requests_.rbegin(), requests_.rend(),
                                  [&](const LoadsRequest& r) { return r.name == opened.name; });
  if (asked == requests_.rend()) return;
  const auto at = static_cast<std::size_t>(requests_.rend() - asked) - 1;
  is_stale_ = true;
  if (!opened.sentence.empty()) return loads_refused(at, opened);
  window_.number = asked_.number;  // what was asked about other loads is not answered any more
  opened_ = opened;
  const bool is_latest = at + 1 == requests_.size();
  View latest = {state, requests_[at].is_linked, awaited_};
  // Where others were asked for in the meantime: what returns if those are refused.
  View* view = is_latest                  ? &latest
               : requests_[at + 1].before ? &*requests_[at + 1].before
                                          : nullptr;
  if (is_file(opened.name) && view != nullptr) adopt_file(*view);
  requests_.erase(requests_.begin(), requests_.begin() + static_cast<std::ptrdiff_t>(at) + 1);
  if (!is_latest) return;
  if (is_file(opened.name)) problems_.clear();
  state = std::move(latest.state);
  awaited_ = std::move(latest.awaited);
  phase_ = latest.is_linked ? Phase::unchecked : Phase::settled;
  check_linked_steps();
}

void Model::loads_refused(std::size_t at, const Opened& refused) {
  std::optional<View> before = std::move(requests_[at].before);
  const bool is_latest = at + 1 == requests_.size();
  requests_.erase(requests_.begin() + static_cast<std::ptrdiff_t>(at));
  if (!is_latest) {  // the next ones return to what was there before both
    if (before && requests_[at].before) requests_[at].before = std::move(before);
    return;
  }
  problems_ = {refused.sentence};
  refused_ = refused.sentence;
  const bool has_others = opened_.steps > 0;  // they stay, with all that was theirs
  if (!has_others) opened_ = refused;
  if (before && (has_others || !requests_.empty())) {
    state = std::move(before->state);
    awaited_ = std::move(before->awaited);
  }
  const bool is_linked = before && before->is_linked;
  phase_ = !requests_.empty() ? Phase::opening
           : !has_others      ? Phase::none
           : is_linked        ? Phase::unchecked
                              : Phase::settled;
}

// The state of a recording that is open now: its link's where one awaits it, else a fresh one with the strategy.
void Model::adopt_file(View& view) const {
  LinkState& fresh = view.state;
  const std::string name = without_folders(opened_.name);
  view.is_linked = view.awaited && view.awaited->file == linked_names(name) && is_untouched(fresh);
  if (view.is_linked) {
    fresh = with_looks_of(fresh, std::move(*view.awaited));
  } else {
    fresh.steps = {};
    fresh.moe_layers.reset();
    fresh.gpus = fresh.slots = fresh.redundant = fresh.nodes = fresh.groups = std::nullopt;
    fresh.policy = Policy::automatic;
    fresh.layer = 0;
    fresh.step = std::nullopt;
    fresh.replay = {0, 0, -1, fresh.replay.policies};
  }
  fresh.file = name;
  view.awaited.reset();
}

// ---- a link's state against its loads

void Model::check_linked_steps() {
  const Range steps = state.steps;
  const std::int64_t end = steps.end == Range().end ? opened_.steps : steps.end;
  if (phase_ != Phase::unchecked || (steps.begin < end && end <= opened_.steps)) return;
  problems_.push_back("\"steps\": " + range_text(steps) + " is not within the steps 0:" +
                      std::to_string(opened_.steps) + " of these loads; all steps are used");
  state.steps = {};
}

// Once the window is about the state. True if there is something new to say.
bool Model::check_linked_layer() {
  if (phase_ != Phase::unchecked || !has_loads()) return false;
  const std::size_t said = problems_.size();
  const LayerNumbers numbers = window_.loads.numbers();
  const std::int32_t first = numbers.first;
  const std::int32_t last = numbers[static_cast<std::size_t>(window_.loads.layers) - 1];
  const auto shown = static_cast<std::size_t>(window_.loads.nearest_layer(state.layer));
  // 0 is also what a link has that names none: the first is shown.
  if (state.layer != 0 && numbers[shown] != state.layer) {
    problems_.push_back("\"layer\": there is no layer " + std::to_string(state.layer) +
                        "; these loads have layers " + std::to_string(first) + " to " +
                        std::to_string(last) + "; the first is shown");
    state.layer = 0;
    state.step = std::nullopt;
  }
  if (!has_result()) return problems_.size() > said;  // steps are counted once there is a placement
  phase_ = Phase::settled;
  const std::size_t count = state.step ? row_steps().steps().size() : 0;
  if (state.step && static_cast<std::size_t>(*state.step) > count) {
    problems_.push_back("\"step\": there is no step " + std::to_string(*state.step) +
                        "; this layer has " + std::to_string(count) + " steps; the last is shown");
    state.step = std::nullopt;
  }
  return problems_.size() > said;
}

std::string Model::link() const {
  if (!awaited_ || !is_untouched(state)) return print_link(state);
  return print_link(with_looks_of(state, *awaited_));
}

}  // namespace evenkeel
