#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "exmc/density/model_density.hpp"
#include "exmc/runtime/communicator.hpp"
#include "exmc/runtime/message.hpp"
#include "job.hpp"
#include "rank_card.hpp"

namespace exmc::app {

/// The job as one rank has it after the broadcast.
struct SharedJob {
  Job job;
  std::shared_ptr<const density::Program> program;
  std::optional<runtime::Ending> failure;      ///< why nobody can begin, the same on every rank
  std::optional<runtime::Ending> own_failure;  ///< why this rank cannot take part
};

/// Rank 0 reads config, model and data and broadcasts them, or why they cannot be used; each rank compiles the model
/// from the bytes.
[[nodiscard]] SharedJob share_job(runtime::Communicator& ranks, const Options& options);

/// The cards of all ranks at rank 0, in order; nothing elsewhere.
[[nodiscard]] std::vector<RankCard> gather_cards(runtime::Communicator& ranks, const SharedJob& shared);

}  // namespace exmc::app
