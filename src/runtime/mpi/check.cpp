#include "check.hpp"

#include <string>

#include "exmc/core/error.hpp"

namespace exmc::runtime::mpi {

CallResult check(int return_code, const char* call) {
  if (return_code == MPI_SUCCESS) return CallResult::ok;
  int error_class = MPI_ERR_UNKNOWN;
  MPI_Error_class(return_code, &error_class);
#ifdef EXMC_ULFM
  if (error_class == MPIX_ERR_PROC_FAILED) return CallResult::peer_failed;
  if (error_class == MPIX_ERR_PROC_FAILED_PENDING) return CallResult::pending;
  if (error_class == MPIX_ERR_REVOKED) return CallResult::revoked;
#endif
  char text[MPI_MAX_ERROR_STRING] = {};
  int length = 0;
  MPI_Error_string(return_code, text, &length);
  throw IoError(std::string("communication between the ranks failed: ") + call + ": " +
                std::string(text, static_cast<std::size_t>(length)));
}

}  // namespace exmc::runtime::mpi
