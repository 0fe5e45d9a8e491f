// What the playground shows and knows: the state, as in a link, and the engine's latest answers. Panels
// change the state and read the answers; nothing is computed while drawing.
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

// One number a person can read: max/mean of the GPU loads, a mean over layers.
struct Headline {
  double without = 1;   // no balancer
  double strategy = 1;  // the chosen one
  double bound = 1;     // no placement of this shape is below
};

class Model {
 public:
  explicit Model(EngineClient& engine) : engine_(engine) {}

  LinkState state;
  bool wants_sweep = false;
  bool wants_series = false;

  // Starts with the state that a link says; what is wrong with it is in problems().
  void restore(std::string_view link);
  // Goes over to the state that a link says, if nothing is wrong with it; else the sentences, and nothing
  // changes. Loads that are open already stay open. If others cannot be opened, nothing has changed either:
  // refused() says why.
  std::vector<std::string> change(std::string_view link);
  // Opens synth:... or example:...; the deployment goes back to the usual one. refused(): as for change().
  void open(const std::string& loads);
  // A strategy of the table as it is, without stages in place of its own.
  void choose_strategy(std::string_view name);
  // The engine has been given a file of this name: the state follows once it could be read.
  void file_given(const std::string& name) { request(name, false, {}); }
  // Takes the engine's answers and asks what has changed; call before each frame. True if there is
  // anything new to draw.
  bool update();

  // Loads. opened().sentence says why there are none.
  const Opened& opened() const { return opened_; }
  bool has_loads() const { return !window_.loads.values.empty(); }
  bool has_result() const { return has_loads() && !window_.result.metrics.empty(); }
  // An answer to the present question is still to come.
  bool waiting() const { return asked_.number != window_.number || opening(); }
  bool opening() const { return phase_ == Phase::opening; }
  // The comparison is not, or not all, about what window() shows.
  bool comparing() const {
    return has_result() && (compared_.number != window_.number ||
                            compared_.rows.size() != static_cast<std::size_t>(compared_.total));
  }
  const Busy& busy() const { return busy_; }
  const WindowAnswer& window() const { return window_; }
  const Question& answered() const { return answered_; }
  const Compared& compared() const { return compared_; }
  const Swept& swept() const { return swept_; }
  const Series& series() const { return series_; }
  const std::vector<std::string>& problems() const { return problems_; }
  void drop_problems() { problems_.clear(); }
  // Why the loads that were asked for last could not be opened; empty: they were, or are still awaited.
  const std::string& refused() const { return refused_; }
  // What the address says: the state; while a link's file is awaited, still that link.
  std::string link() const;
  // The sentences that a person should read, a line each; empty: all is well.
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
  // The window's steps within the loads.
  Range steps() const;
  std::int64_t series_steps() const;

  Headline headline() const;
  const std::string& strategy_label() const { return resolution().result.strategy.label; }
  // The command line that gives the same result.
  std::string command() const { return command_line(state); }
  std::string hash() const;  // the result's; empty: no result
  // The layer that is shown, from 0 within the loads.
  std::int32_t layer_index() const;

  // The steps that placed the shown layer, and the state after state.step of them.
  const RowSteps& row_steps();
  const RowState& row_state();

 private:
  // How far the loads are, and the state with them.
  enum class Phase : std::uint8_t {
    none,     // no loads are open, none are awaited
    opening,  // the engine was asked for loads: requests_ is not empty
    unchecked,  // loads are open; the state is a link's, whose layer and step were not compared with them yet
    settled,  // loads are open, and the state fits them
  };
  // The state, and how it came to be.
  struct View {
    LinkState state;
    bool is_linked = false;            // it is a link's, and was not compared with its loads yet
    std::optional<LinkState> awaited;  // of a link whose file somebody must open first
  };
  // Loads that the engine was asked for.
  struct LoadsRequest {
    std::string name;
    bool is_linked;              // the state is a link's
    std::optional<View> before;  // what returns if they are refused; none: nothing has changed
  };

  // Of links and loads (model_loads.cpp).
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
  std::vector<LoadsRequest> requests_;  // without an answer, the latest last
  std::string refused_;
  std::optional<LinkState> awaited_;  // of a link to a file that is not open yet
  std::vector<std::string> problems_;
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

  std::int32_t steps_number_ = -1;  // of the answer that row_steps_ is about
  std::int32_t steps_layer_ = -1;
  RowSteps row_steps_;
  std::size_t row_state_at_ = 0;
  RowState row_state_;
};

}  // namespace evenkeel
