#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "exmc/density/model_density.hpp"
#include "exmc/io/quantity_file.hpp"
#include "exmc/runtime/chain_task.hpp"

namespace exmc::app {

/// What the chains of --predict have in common.
struct PredictPlan {
  std::string file;  ///< from which each rank reads the draws
  std::shared_ptr<const density::Program> quantities;
  std::vector<std::string> columns;  ///< what their parameters are called in the file
  std::uint64_t seed = 0;
  std::uint64_t thin = 1;
};

/// The state of a chain that has these rows of so many.
[[nodiscard]] runtime::RecoveredChain predicted_chain(std::uint64_t rows, std::uint64_t draws);

/// Makes tasks that compute quantities of a chain's draws, one after the other.
class PredictFactory final : public runtime::ChainFactory {
 public:
  explicit PredictFactory(PredictPlan plan) : plan_(std::move(plan)) {}
  [[nodiscard]] std::unique_ptr<runtime::ChainTask> make(ChainId chain, const std::string& tuning,
                                                         const std::string& state, runtime::Pulse& pulse) override;

 private:
  PredictPlan plan_;
};

}  // namespace exmc::app
