#include "exmc/runtime/run_rank.hpp"

#include <chrono>
#include <utility>

#include "exmc/core/fault_point.hpp"
#include "exmc/runtime/limits.hpp"
#include "rank_loop.hpp"

namespace exmc::runtime {
void send_to_others(Communicator& ranks, MessageKind kind, const std::string& bytes) {
  for (std::int32_t rank = 0; rank < ranks.size(); ++rank) {
    if (RankId{rank} != ranks.rank()) ranks.send(RankId{rank}, kind, bytes);
  }
}

void dismiss(Communicator& ranks, const Ending& ending) { send_to_others(ranks, MessageKind::finish, encode(ending)); }

Ending run_rank(Communicator& ranks, RankPart part) {
  if (!part.output) fault_point(FaultPhase::waiting);
  RankLoop loop(ranks, part);
  const Ending ending = loop.run();
  // Where an iteration is stuck, its thread cannot be joined, and the process ends at once.
  const bool stopped = loop.worker().asked_to_stop() || ending.code == ExitCode::stopped;
  const LeaveLimits& limits = stopped ? kLeavingStopped : kLeaving;
  if (!loop.worker().shut_down(limits.iteration)) ranks.leave(ending.code, false);
  return ending;
}

}  // namespace exmc::runtime
