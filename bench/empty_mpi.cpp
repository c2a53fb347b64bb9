// An MPI program that does nothing: what the launcher and MPI cost before and after any program's own work. Rank 0
// says when MPI_Init is over, so that a program's way to its first iteration can be compared with it.
#include <mpi.h>

#include <cstdio>

int main(int argc, char** argv) {
  MPI_Init(&argc, &argv);
  int rank = 0;
  MPI_Comm_rank(MPI_COMM_WORLD, &rank);
  if (rank == 0) {
    std::puts("initialised");
    std::fflush(stdout);
  }
  MPI_Finalize();
}
