#pragma once

#include <cstdint>
#include <string_view>

#include "exmc/core/ids.hpp"

namespace exmc {

/// Where a rank can be made to fail, for tests of what survives it; docs/fault-plan.md says what each means.
enum class FaultPhase : std::uint8_t {
  places,
  init,
  job,
  laid_out,
  named,
  waiting,
  broadcast,
  broadcast_piece,
  warmup,
  settling,
  sampling,
  sent,
  idle,
  before_append,
  after_append,
  before_fsync,
  between_fsyncs,
  after_fsync,
  takeover,
  closed,
  leaving,
};

/// Reads what is to fail on this rank from a fault plan, such as "rank=1 phase=sampling iteration=200 signal=KILL".
/// Call it before other threads start. @throws InputError for a plan that cannot be meant.
void arm_fault_points(std::string_view plan, RankId rank);
/// The same with the plan in the environment's EXMC_FAULT_PLAN, where there is one.
void arm_fault_points(RankId rank);

namespace fault {
extern bool armed;  // written before threads start
void reach(FaultPhase phase, std::uint64_t iteration);
void reach_again(FaultPhase phase);
}  // namespace fault

/// This rank's chain is about to run iteration `iteration` of the phase.
inline void fault_point(FaultPhase phase, std::uint64_t iteration) {
  if (fault::armed) [[unlikely]]
    fault::reach(phase, iteration);
}
/// This rank is there; a plan's iterations count such visits, from 0.
inline void fault_point(FaultPhase phase) {
  if (fault::armed) [[unlikely]]
    fault::reach_again(phase);
}

}  // namespace exmc
