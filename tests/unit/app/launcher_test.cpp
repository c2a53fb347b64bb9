#include "launcher.hpp"

#include <gtest/gtest.h>

#include <map>
#include <string>

#include "exmc/core/error.hpp"

namespace exmc::app {
namespace {

using Variables = std::map<std::string, std::string>;

std::optional<Launcher> detect(const Variables& variables) {
  return detect_launcher([&](const char* name) -> const char* {
    const auto found = variables.find(name);
    return found == variables.end() ? nullptr : found->second.c_str();
  });
}

TEST(Launcher, NoneWithoutItsVariables) {
  EXPECT_FALSE(detect({}));
  EXPECT_FALSE(detect({{"SLURM_NTASKS", "8"}})) << "a batch script is no step";
  EXPECT_FALSE(detect({{"SLURM_NTASKS", "8"}, {"SLURM_STEP_ID", "4294967291"}})) << "Slurm's number for the script";
  EXPECT_FALSE(detect({{"SLURM_NTASKS", "8"}, {"SLURM_STEP_ID", "4294967290"}})) << "an interactive shell";
}

TEST(Launcher, EachIsKnownByItsOwn) {
  const Variables open_mpi = {{"OMPI_COMM_WORLD_SIZE", "5"}, {"OMPI_COMM_WORLD_RANK", "3"}};
  EXPECT_EQ(detect(open_mpi)->size, 5);
  EXPECT_EQ(detect(open_mpi)->rank, 3);
  EXPECT_EQ(detect({{"PMI_SIZE", "4"}, {"PMI_RANK", "1"}})->size_variable, "PMI_SIZE");
  const Variables slurm = {{"SLURM_STEP_ID", "0"}, {"SLURM_NTASKS", "8"}, {"SLURM_PROCID", "7"}};
  EXPECT_EQ(detect(slurm)->size, 8);
  EXPECT_EQ(detect(slurm)->rank, 7);
  EXPECT_FALSE(detect({{"PMIX_RANK", "2"}})->size);
}

TEST(Launcher, TheInnermostCounts) {
  // mpirun within a Slurm job starts its daemons as a step of one task per host.
  const Variables both = {{"SLURM_STEP_ID", "0"}, {"SLURM_NTASKS", "2"}, {"OMPI_COMM_WORLD_SIZE", "16"}};
  EXPECT_EQ(detect(both)->size, 16);
}

TEST(Launcher, AnotherMpisIsRefusedByBothNumbers) {
  const Launcher five{"OMPI_COMM_WORLD_SIZE", 5, 0};
  EXPECT_NO_THROW(check_world_size(five, 5, "Open MPI"));
  EXPECT_NO_THROW(check_world_size({"", std::nullopt, 0}, 1, "Open MPI"));
  try {
    check_world_size(five, 1, "Open MPI v5.0.11");
    FAIL();
  } catch (const InputError& error) {
    const std::string text = error.what();
    for (const char* part : {"5 ranks", "OMPI_COMM_WORLD_SIZE", "sees 1", "v5.0.11"}) {
      EXPECT_NE(text.find(part), std::string::npos) << text;
    }
  }
}

}  // namespace
}  // namespace exmc::app
