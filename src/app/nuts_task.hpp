#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "exmc/density/model_density.hpp"
#include "exmc/io/draw_file.hpp"
#include "exmc/runtime/chain_task.hpp"
#include "exmc/sampler/settings.hpp"

namespace exmc::app {

/// What the chains of a run have in common.
struct NutsPlan {
  std::shared_ptr<const density::Program> program;
  sampler::Settings settings;
  std::uint64_t seed = 0;
  bool save_warmup = false;
};

/// The statistics at the beginning of each row, as TransitionStats has them; the saved variables follow.
[[nodiscard]] const std::vector<io::Column>& statistics_columns();

/// Whether the chain settled, according to the state that goes with its blocks.
[[nodiscard]] bool settled_according_to(const std::string& state);

/// Makes chains of the No-U-Turn sampler over a compiled model.
class NutsFactory final : public runtime::ChainFactory {
 public:
  explicit NutsFactory(NutsPlan plan) : plan_(std::move(plan)) {}
  [[nodiscard]] std::unique_ptr<runtime::ChainTask> make(ChainId chain, const std::string& tuning,
                                                         const std::string& state) override;

 private:
  NutsPlan plan_;
};

}  // namespace exmc::app
