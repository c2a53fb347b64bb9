#pragma once

#include <unistd.h>

#include <cstdlib>
#include <cstring>
#include <initializer_list>

namespace exmc::app {

/// False for all ranks of a host but one, so that five ranks do not say the same thing five times. For what is said
/// before MPI is there.
inline bool speaks_for_host() {
  for (const char* name : {"OMPI_COMM_WORLD_LOCAL_RANK", "MPI_LOCALRANKID", "SLURM_LOCALID"}) {
    if (const char* rank = std::getenv(name)) return std::strcmp(rank, "0") == 0;
  }
  return true;
}

/// For ranks that leave with an error which another one tells: a launcher may end, or end the rest, as soon as others
/// have left.
inline void await_speaker() { usleep(200'000); }

}  // namespace exmc::app
