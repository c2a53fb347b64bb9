#pragma once

#include <csignal>

#include "exmc/core/ids.hpp"

namespace exmc::runtime::mpi {

/// While it lives, a segmentation fault of this process is said in one line and ends it with ExitCode::io_failed: for a
/// call in which the MPI crashes where another rank dies. Without it a launcher that is told to survive deaths ends a
/// job whose ranks all crashed with exit code 0. One at a time.
class CrashGuard {
 public:
  explicit CrashGuard(RankId rank);
  ~CrashGuard();
  CrashGuard(const CrashGuard&) = delete;
  CrashGuard& operator=(const CrashGuard&) = delete;

 private:
  struct sigaction before_ {};
};

}  // namespace exmc::runtime::mpi
