#include "crash_guard.hpp"

#include <unistd.h>

#include <algorithm>
#include <string_view>

#include "exmc/core/error.hpp"

namespace exmc::runtime::mpi {
namespace {

constexpr std::string_view kLine =
    "error: a rank died while the ranks met, and this rank's MPI crashed of it. Nothing was written: start the run "
    "again\n";
/// Ranks that end with an error in the same instant can leave the launcher hanging (decision 0002).
constexpr useconds_t kTurn = 100'000;
constexpr std::int32_t kMostTurns = 20;

volatile std::sig_atomic_t turns = 0;

/// Calls only what a signal handler may.
void end_with_a_line(int) {
  const auto written = write(STDERR_FILENO, kLine.data(), kLine.size());
  for (std::sig_atomic_t turn = 0; turn < turns; ++turn) usleep(kTurn);
  _exit(written < 0 ? static_cast<int>(ExitCode::defect) : static_cast<int>(ExitCode::io_failed));
}

}  // namespace

CrashGuard::CrashGuard(RankId rank) {
  turns = std::min(rank.value, kMostTurns);
  struct sigaction action {};
  action.sa_handler = end_with_a_line;
  sigaction(SIGSEGV, &action, &before_);
}

CrashGuard::~CrashGuard() { sigaction(SIGSEGV, &before_, nullptr); }

}  // namespace exmc::runtime::mpi
