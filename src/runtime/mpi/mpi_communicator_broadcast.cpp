#include <algorithm>
#include <chrono>
#include <thread>

#include "exmc/core/fault_point.hpp"
#include "exmc/runtime/beating.hpp"
#include "exmc/runtime/message.hpp"
#include "exmc/runtime/watchdog.hpp"
#include "mpi_communicator.hpp"

namespace exmc::runtime::mpi {
namespace {

constexpr std::chrono::seconds kStep{1};

}  // namespace

bool MpiCommunicator::broadcast(RankId root, std::string& bytes) {
  look_for_dead();
  if (!dead_.empty()) return false;
  BeatClock beats(guard_.limit.count());
  for (std::size_t next = 0; next < bytes.size(); next += kPieceBytes) {
    fault_point(FaultPhase::broadcast_piece);
    if (beats.due(steady_seconds())) beat(root);
    const int count = static_cast<int>(std::min(kPieceBytes, bytes.size() - next));
    if (broadcast_piece(root, bytes.data() + next, count)) continue;
    lost_broadcasts_.emplace_back(bytes).swap(bytes);  // the caller goes on with a copy
    return false;
  }
  return true;
}

/// Where the broadcast takes long, some are through with it long before others.
void MpiCommunicator::beat(RankId root) {
  if (root == rank_) {
    beat_to_all(*this);
  } else {
    send(root, MessageKind::alive, encode(Heartbeat{}));
  }
}

bool MpiCommunicator::broadcast_piece(RankId root, char* piece, int count) const {
  std::atomic<bool> over = false;
  const Watchdog guard(guard_.limit / 2, [&] { end_broadcast_that_hangs(over); });
  const int return_code = MPI_Bcast(piece, count, MPI_BYTE, root.value, MPI_COMM_WORLD);
  over = true;
  return check(return_code, "MPI_Bcast") == CallResult::ok;
}

/// While this rank is in MPI_Bcast it neither beats nor watches. One that was stopped keeps others in it: it is
/// killed, in time before they are taken to hang themselves. What else keeps it is waited for as long as `guard_` says.
void MpiCommunicator::end_broadcast_that_hangs(const std::atomic<bool>& over) const {
  if (survives_deaths_) end_stopped_ranks();
  for (std::chrono::duration<double> waited{0}; waited < guard_.limit; waited += kStep) {
    std::this_thread::sleep_for(kStep);  // and not until a time, which passes while the job is suspended
    if (over) return;
  }
  guard_.expired();
}

}  // namespace exmc::runtime::mpi
