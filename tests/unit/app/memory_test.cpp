#include "memory.hpp"

#include <gtest/gtest.h>

#include <map>
#include <string>

#include "exmc/core/memory.hpp"

namespace exmc::app {
namespace {

constexpr std::uint64_t kGibibyte = std::uint64_t{1} << 30U;

class MemoryTest : public ::testing::Test {
 protected:
  HostMemory host() const {
    return host_memory(
        [this](const std::string& path) {
          const auto found = files_.find(path);
          return found == files_.end() ? std::string() : found->second;
        },
        [this](const char* name) -> const char* {
          const auto found = environment_.find(name);
          return found == environment_.end() ? nullptr : found->second;
        });
  }

  std::map<std::string, std::string> files_{{"/proc/meminfo", "MemTotal:       16777216 kB\nMemFree:  1 kB\n"}};
  std::map<std::string, const char*> environment_;
};

TEST_F(MemoryTest, IsTheMachinesWhereNothingLimitsIt) {
  EXPECT_EQ(host().bytes, 16 * kGibibyte);
  EXPECT_EQ(host().ranks, 1U);
  files_["/proc/self/cgroup"] = "0::/user.slice\n";
  files_["/sys/fs/cgroup/user.slice/memory.max"] = "max\n";
  EXPECT_EQ(host().bytes, 16 * kGibibyte);
}

TEST_F(MemoryTest, IsTheSmallestLimitOfTheGroupsThatTheProcessIsIn) {
  files_["/proc/self/cgroup"] = "0::/slurm/job_7/step_0\n";
  files_["/sys/fs/cgroup/slurm/job_7/step_0/memory.max"] = "max\n";
  files_["/sys/fs/cgroup/slurm/job_7/memory.max"] = std::to_string(2 * kGibibyte) + "\n";
  files_["/sys/fs/cgroup/slurm/memory.max"] = std::to_string(8 * kGibibyte) + "\n";
  EXPECT_EQ(host().bytes, 2 * kGibibyte);
}

TEST_F(MemoryTest, KnowsTheFirstVersionOfControlGroups) {
  files_["/proc/self/cgroup"] = "8:pids:/\n4:cpu,memory:/job\n0::/\n";
  files_["/sys/fs/cgroup/memory/job/memory.limit_in_bytes"] = "9223372036854771712\n";
  files_["/sys/fs/cgroup/memory/memory.limit_in_bytes"] = std::to_string(kGibibyte) + "\n";
  EXPECT_EQ(host().bytes, kGibibyte);
}

TEST_F(MemoryTest, RanksShareTheirHost) {
  environment_["OMPI_COMM_WORLD_LOCAL_SIZE"] = "5";
  EXPECT_EQ(host().ranks, 5U);
  environment_["OMPI_COMM_WORLD_LOCAL_SIZE"] = "nonsense";
  EXPECT_EQ(host().ranks, 1U);
}

TEST_F(MemoryTest, AnUnknownSystemHasNoLimit) {
  files_.clear();
  EXPECT_EQ(host().bytes, kUnlimitedMemory);
}

}  // namespace
}  // namespace exmc::app
