// Preloaded into ranks: appends what MPI_Bcast gave or took on MPI_COMM_WORLD, all calls together, to the file named by
// HEARD_BROADCASTS and the rank's number, and a line for each, "bytes root main-thread", to one that ends in ".calls".
// On the rank in SLOW_RANK, where that is set, each takes 0.1 s longer.
#include <mpi.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <fstream>
#include <string>
#include <thread>

extern "C" int MPI_Bcast(void* buffer, int count, MPI_Datatype type, int root, MPI_Comm comm) {
  const int code = PMPI_Bcast(buffer, count, type, root, comm);
  if (code != MPI_SUCCESS || comm != MPI_COMM_WORLD || type != MPI_BYTE) return code;
  int rank = 0;
  PMPI_Comm_rank(comm, &rank);
  const char* slow = std::getenv("SLOW_RANK");
  if (slow && std::stoi(slow) == rank) std::this_thread::sleep_for(std::chrono::milliseconds(100));
  const std::string name = std::getenv("HEARD_BROADCASTS") + std::to_string(rank);
  std::ofstream(name, std::ios::app | std::ios::binary).write(static_cast<const char*>(buffer), count);
  std::ofstream(name + ".calls", std::ios::app)
      << count << ' ' << root << ' ' << (syscall(SYS_gettid) == getpid()) << '\n';
  return code;
}
