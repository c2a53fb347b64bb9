#include <algorithm>
#include <chrono>
#include <thread>

#include "exmc/core/fault_point.hpp"
#include "exmc/core/long_work.hpp"
#include "exmc/runtime/beating.hpp"
#include "exmc/runtime/message.hpp"
#include "exmc/runtime/watchdog.hpp"
#include "mpi_communicator.hpp"

namespace exmc::runtime::mpi {
namespace {

constexpr std::chrono::seconds kStep{1};

struct Over {
  std::atomic<bool>& flag;
  ~Over() { flag = true; }
};

}  // namespace

bool MpiCommunicator::broadcast(RankId root, std::string& bytes) {
  look_for_dead();
  if (!dead_.empty()) return false;
  std::atomic<std::size_t> next = 0;
  std::atomic<bool> over = false;
  const Watchdog guard(guard_.limit / 2, [&] { watch_broadcast(next, over); });
  const Over at_the_end{over};
  BeatClock beats(guard_.limit.count());
  for (; next < bytes.size(); next += kPieceBytes) {
    fault_point(FaultPhase::broadcast_piece);
    if (beats.due(steady_seconds())) beat(root);
    const int count = static_cast<int>(std::min(kPieceBytes, bytes.size() - next));
    const int return_code = MPI_Bcast(bytes.data() + next, count, MPI_BYTE, root.value, MPI_COMM_WORLD);
    if (check(return_code, "MPI_Bcast") == CallResult::ok) {
      tell_of_work(next, bytes.size());
      continue;
    }
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

/// While this rank is in MPI_Bcast it neither beats nor watches. One that was stopped keeps others in it: it is
/// killed, in time before they are taken to hang themselves. What else keeps it is waited for as long as `guard_` says.
/// Begins at half the limit. It counts steps, as a time passes while the job is suspended.
void MpiCommunicator::watch_broadcast(const std::atomic<std::size_t>& next, const std::atomic<bool>& over) const {
  std::size_t seen = next;
  for (std::chrono::duration<double> stuck = guard_.limit / 2; stuck < 1.5 * guard_.limit; stuck += kStep) {
    if (survives_deaths_ && stuck >= guard_.limit / 2) end_stopped_ranks();
    std::this_thread::sleep_for(kStep);
    if (over) return;
    if (next != seen) stuck = std::chrono::seconds{0};
    seen = next;
  }
  guard_.expired();
}

}  // namespace exmc::runtime::mpi
