#pragma once

#include <mpi.h>

#if __has_include(<mpi-ext.h>)
#include <mpi-ext.h>
#endif
#if defined(OMPI_HAVE_MPI_EXT_FTMPI) || defined(MPICH_HAS_ULFM)
#define EXMC_ULFM 1
#endif

namespace exmc::runtime::mpi {

/// What a call's return code means to the protocol.
enum class CallResult {
  ok,
  peer_failed,  ///< a rank the call needs is dead
  pending,      ///< a wildcard receive may never complete: some rank is dead
  revoked,      ///< the communicator was given up by some rank
};

/// The one place where return codes are looked at.
/// @throws IoError for every class but those above.
CallResult check(int return_code, const char* call);

}  // namespace exmc::runtime::mpi
