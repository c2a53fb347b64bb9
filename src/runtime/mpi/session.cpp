#include "exmc/runtime/mpi/session.hpp"

#include <csignal>
#include <cstdlib>
#include <utility>

#include "check.hpp"
#include "mpi_communicator.hpp"

namespace exmc::runtime::mpi {

std::string library_version() {
  char text[MPI_MAX_LIBRARY_VERSION_STRING] = {};
  int length = 0;
  check(MPI_Get_library_version(text, &length), "MPI_Get_library_version");
  const std::string version(text, static_cast<std::size_t>(length));
  return version.substr(0, version.find_first_of(",\n"));
}

bool built_fault_tolerant() {
#ifdef EXMC_ULFM
  return true;
#else
  return false;
#endif
}

bool fault_tolerance_active() {
#if defined(EXMC_ULFM) && defined(MPIX_FT)
  int* active = nullptr;
  int found = 0;
  check(MPI_Comm_get_attr(MPI_COMM_WORLD, MPIX_FT, &active, &found), "MPI_Comm_get_attr");
  return found && *active;
#else
  return built_fault_tolerant();
#endif
}

std::unique_ptr<Communicator> start(BroadcastGuard guard) {
  // Open MPI's collectives for several hosts make communicators within the first call, which a rank must not die in.
  setenv("OMPI_MCA_coll_han_priority", "0", 0);
  // Open MPI's TCP transport writes to the connection of a rank that has just died: that is an error, not our end.
  std::signal(SIGPIPE, SIG_IGN);
  int provided = MPI_THREAD_SINGLE;
  check(MPI_Init_thread(nullptr, nullptr, MPI_THREAD_FUNNELED, &provided), "MPI_Init_thread");
  if (provided < MPI_THREAD_FUNNELED) {
    throw IoError("this MPI (" + library_version() + ") does not let a thread run beside the one that communicates");
  }
  check(MPI_Comm_set_errhandler(MPI_COMM_WORLD, MPI_ERRORS_RETURN), "MPI_Comm_set_errhandler");
  return std::make_unique<MpiCommunicator>(std::move(guard));
}

}  // namespace exmc::runtime::mpi
