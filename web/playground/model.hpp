// The model of the playground: the state, as in a link, and the engine's latest answers. Panels change the
// state and read the answers; drawing computes nothing.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/model/types.hpp"
#include "core/request/request.hpp"
#include "core/request/request_options.hpp"
#include "core/row/steps.hpp"
#include "web/playground/engine/client.hpp"
#include "web/playground/engine/messages.hpp"
#include "web/state/link.hpp"

namespace evenkeel {

// The headline: max/mean of GPU loads, mean over layers.
struct Headline {
  double without = 1;   // no balancer
  double strategy = 1;  // the chosen one
  double bound = 1;     // no placement of this shape is lower
};

class Model {
 public:
  explicit Model(EngineClient& engine) : engine_(engine) {}

  LinkState state;
  bool wants_sweep = false;
  bool wants_series = false;
  bool wants_replay = false;

  // Starts with the state of a link; problems() has its errors.
  void restore(std::string_view link);
  // Changes to the state of a link if it is valid; otherwise returns the problems, and nothing changes.
  // Loads that are open stay open. If other loads cannot be opened, nothing changes either: refused() says
  // why.
  std::vector<std::string> change(std::string_view link);
  // Opens synth:... or example:...; resets the deployment to the usual one. refused(): as for change().
  void open(const std::string& loads);
  // Chooses a strategy of the table and resets the stages.
  void choose_strategy(std::string_view name);
  // What has changed since a link was made that names no strategy; empty once the user has decided.
  std::string_view old_default() const;
  void restore_old_default();
  void keep_default() { is_from_before_keel_ = false; }
  // The engine has received files, whose paths are the lines of `names`: the state follows when they have been read.
  void files_given(const std::string& names) { request(names, false, {}); }
  // Takes the engine's answers and sends new questions; call before each frame. True if there is anything
  // new to draw.
  bool update();

  // The loads. opened().sentence says why there are none.
  const Opened& opened() const { return opened_; }
  bool has_loads() const { return !window_.loads.values.empty(); }
  bool has_result() const { return has_loads() && !window_.result.metrics.empty(); }
  // Whether an answer to the current question is pending.
  bool waiting() const { return asked_.number != window_.number || opening(); }
  bool opening() const { return phase_ == Phase::opening; }
  // Whether strong bounds or figures by step of window() are pending; then its figures will change.
  bool certifying() const { return window_.is_certified_later; }
  // Whether the comparison does not yet, or not completely, belong to window().
  bool comparing() const {
    return has_result() && (compared_.number != window_.number || compared_.csv.empty());
  }
  const Busy& busy() const { return busy_; }
  const WindowAnswer& window() const { return window_; }
  const Question& answered() const { return answered_; }
  const Compared& compared() const { return compared_; }
  const Swept& swept() const { return swept_; }
  const Series& series() const { return series_; }
  const Replayed& replayed() const { return replayed_; }
  // The replay of the state; its answer is replayed(), whose question is the same.
  ReplayQuestion replay_question() const;
  const std::vector<std::string>& problems() const { return problems_; }
  void drop_problems() { problems_.clear(); }
  // Why the last requested loads could not be opened; empty if they could, or if they are pending.
  const std::string& refused() const { return refused_; }
  // The address: the state or, while a link's file is expected, that link.
  std::string link() const;
  // Problems for the user, one per line; empty if there are none.
  std::string trouble() const;

  // What the state comes to for the loads, and what is wrong with it: by the same function as in the command.
  struct Resolution {
    Status status;
    Resolved result;
  };
  const Resolution& resolution() const;
  // Why there is no placement; empty: there is one, or it is awaited.
  const std::string& refusal() const;
  // The deployment that is asked for, before the policy: the state's numbers and what stands in for others.
  const Shape& wanted_shape() const { return resolution().result.asked; }
  // Puts these numbers into the state, none where they stand in anyway.
  void want(const Shape& shape);
  // The steps of the window.
  Range steps() const;
  std::int64_t series_steps() const;

  Headline headline() const;
  const std::string& strategy_label() const { return resolution().result.strategy.label; }
  // The command line that gives the same result.
  std::string command() const { return command_line(state); }
  std::string hash() const;  // empty: no result
  // The shown layer, counted from 0 within the loads.
  std::int32_t layer_index() const;

  // The steps of placing the shown layer, and the state after state.step of them.
  const RowSteps& row_steps();
  const RowState& row_state();

 private:
  // The phase of opening loads.
  enum class Phase : std::uint8_t {
    none,       // no loads are open or expected
    opening,    // loads have been requested from the engine: requests_ is not empty
    unchecked,  // loads are open; layer and step of a link have not been compared with them yet
    settled,    // loads are open, and the state matches them
  };
  // The state and its origin.
  struct View {
    LinkState state;
    bool is_linked = false;  // it comes from a link and has not been compared with its loads yet
    std::optional<LinkState> awaited;  // of a link whose file has not been opened yet
  };
  // Loads that were requested from the engine.
  struct LoadsRequest {
    std::string name;
    bool is_linked;  // the state comes from a link
    std::optional<View>
        before;  // the state to restore if they are refused; empty: nothing has changed
  };

  // Links and loads (model_loads.cpp).
  void request(const std::string& loads, bool is_linked, std::optional<View> before);
  View view() const;
  void loads_opened(const Opened& opened);
  void loads_refused(std::size_t at, const Opened& refused);
  void adopt_file(View& view) const;
  void check_linked_steps();
  bool check_linked_layer();

  struct Sizes {
    std::int32_t layers;
    std::int32_t experts;
    friend bool operator==(const Sizes&, const Sizes&) = default;
  };
  Sizes sizes() const;
  Question question() const;
  Resolution resolve_state(const Sizes& sizes) const;
  void take(std::span<const std::byte> answer);

  EngineClient& engine_;
  Phase phase_ = Phase::none;
  Opened opened_;
  std::vector<LoadsRequest> requests_;  // unanswered, the latest last
  std::string refused_;
  std::optional<LinkState> awaited_;  // of a link to a file that is not open yet
  std::vector<std::string> problems_;
  bool is_from_before_keel_ = false;  // the link, and nobody has chosen a strategy since
  mutable Request resolved_request_;  // resolution_ is of this request, and of loads of these sizes
  mutable Sizes resolved_sizes_ = {-1, -1};
  mutable Resolution resolution_;
  Busy busy_;
  Question asked_;
  bool is_stale_ = false;  // asked_ was about other loads
  Question answered_;      // by window_
  WindowAnswer window_;
  Compared compared_;
  Swept swept_;
  Series series_;
  Replayed replayed_;

  std::int32_t steps_number_ = -1;  // of the answer that row_steps_ is about
  std::int32_t steps_layer_ = -1;
  RowSteps row_steps_;
  std::size_t row_state_at_ = 0;
  RowState row_state_;
};

}  // namespace evenkeel
