#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "draw_row.hpp"
#include "exmc/density/model_density.hpp"
#include "exmc/io/draw_file.hpp"
#include "exmc/runtime/chain_task.hpp"
#include "exmc/sampler/settings.hpp"

namespace exmc::app {

/// What the chains of a run have in common.
struct NutsPlan {
  std::shared_ptr<const density::Program> program;
  DrawRow row;  ///< what is saved of a draw
  sampler::Settings settings;
  std::uint64_t seed = 0;
  bool save_warmup = false;
  std::uint64_t thin = 1;                          ///< iterations of which one is a draw
  std::vector<std::string> nodes{};                ///< names of the model's nodes, in the order of its text
  std::function<sampler::Start(ChainId)> start{};  ///< where a chain begins; absent: as settings.start says
};

/// The statistics at the beginning of each row, as TransitionStats has them; the saved variables follow.
[[nodiscard]] const std::vector<io::Column>& statistics_columns();

/// What the state that goes with a chain's blocks says of it.
struct StateFacts {
  std::uint64_t iterations = 0;  ///< done in the chain's whole life
  bool own_warmup = false;       ///< it is still in a warm-up of its own, and has no tuning yet
  bool settled = true;
  bool complete = false;       ///< as of the draws asked for now
  bool begun = true;           ///< false: it is to begin anew, or failed
  std::uint64_t failures = 0;  ///< of the chain so far
  std::string failure{};       ///< not empty: why it cannot go on
  runtime::ChainProgress progress;
};
[[nodiscard]] StateFacts facts_of(const std::string& state, const std::string& tuning,
                                  const sampler::Settings& settings);

/// From the state of a chain that failed that of one that begins anew, from other starts than before.
[[nodiscard]] std::string begun_anew(const std::string& failed);

/// Bytes of the longest encoded state and tuning of a run's chains.
struct StateSizes {
  std::uint64_t state = 0;         ///< of a chain that is out of its own warm-up
  std::uint64_t warmup_state = 0;  ///< of one that is not
  std::uint64_t tuning = 0;
};
[[nodiscard]] StateSizes state_sizes(const density::ModelDensity& density, const sampler::Settings& settings);

/// Makes chains of the No-U-Turn sampler over a compiled model.
class NutsFactory final : public runtime::ChainFactory {
 public:
  explicit NutsFactory(NutsPlan plan) : plan_(std::move(plan)) {}
  [[nodiscard]] std::unique_ptr<runtime::ChainTask> make(ChainId chain, const std::string& tuning,
                                                         const std::string& state, runtime::Pulse& pulse) override;

 private:
  NutsPlan plan_;
};

}  // namespace exmc::app
