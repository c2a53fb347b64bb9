#include "crash_guard.hpp"

#include <gtest/gtest.h>

#include <csignal>

namespace exmc::runtime::mpi {
namespace {

TEST(CrashGuardDeathTest, SaysWhatACrashMeansAndEndsWithAnError) {
  EXPECT_EXIT(
      {
        const CrashGuard guard(RankId{1});
        std::raise(SIGSEGV);
      },
      testing::ExitedWithCode(3), "a rank died while the ranks met.*Nothing was written");
}

TEST(CrashGuardDeathTest, LeavesLaterCrashesAlone) {
  EXPECT_EXIT(
      {
        std::signal(SIGSEGV, SIG_DFL);
        { const CrashGuard guard(RankId{0}); }
        std::raise(SIGSEGV);
      },
      testing::KilledBySignal(SIGSEGV), "");
}

}  // namespace
}  // namespace exmc::runtime::mpi
