// Counts every allocation of the process, in C++ and in C (which Eigen uses), by standing in for malloc.
#include <gtest/gtest.h>

#include <atomic>
#include <cstddef>

#include "densities.hpp"
#include "exmc/sampler/chain.hpp"

namespace {
std::atomic<long> allocations = 0;
std::atomic<std::size_t> allocated_bytes = 0;

void count(std::size_t bytes) {
  ++allocations;
  allocated_bytes += bytes;
}
}  // namespace

#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__) && defined(__GLIBC__)
#define EXMC_COUNTS_ALLOCATIONS 1
extern "C" {
void* __libc_malloc(std::size_t size);
void* __libc_calloc(std::size_t count, std::size_t size);
void* __libc_realloc(void* block, std::size_t size);
void* malloc(std::size_t size) {
  count(size);
  return __libc_malloc(size);
}
void* calloc(std::size_t members, std::size_t size) {
  count(members * size);
  return __libc_calloc(members, size);
}
void* realloc(void* block, std::size_t size) {
  count(size);
  return __libc_realloc(block, size);
}
}
#endif

namespace exmc::sampler {
namespace {

class Allocation : public testing::TestWithParam<MetricKind> {
 protected:
  void SetUp() override {
#ifndef EXMC_COUNTS_ALLOCATIONS
    GTEST_SKIP() << "the sanitizer has a malloc of its own";
#endif
  }
};
INSTANTIATE_TEST_SUITE_P(All, Allocation,
                         testing::Values(MetricKind::diag, MetricKind::low_rank, MetricKind::dense, MetricKind::unit));

TEST_P(Allocation, IsSeen) {
  const long before = allocations;
  Eigen::VectorXd vector(GetParam() == MetricKind::diag ? 10 : 20);
  vector.setOnes();
  EXPECT_EQ(vector[0], 1);
  EXPECT_EQ(allocations, before + 1);
}

TEST_P(Allocation, DoesNotHappenInTransitionsAfterTheWarmup) {
  for (const Eigen::Index n : {1, 2, 30}) {
    const Settings settings{.warmup_iterations = 200, .settle_iterations = 50, .draws = 500, .metric = GetParam()};
    Chain chain(Gaussian{Eigen::VectorXd::LinSpaced(n, 0.05, 20)}, settings, {1, {0}});
    while (chain.stage() == Stage::warmup) chain.advance();
    Chain settling(Gaussian{Eigen::VectorXd::LinSpaced(n, 0.05, 20)}, settings, {1, {1}}, chain.coordinates());
    const long before = allocations;
    while (chain.stage() == Stage::sampling) chain.advance();
    while (settling.stage() != Stage::complete) settling.advance();
    EXPECT_EQ(allocations, before) << n;
  }
}

TEST_P(Allocation, OfAChainIsWhatWasSaidBeforehand) {
  constexpr Eigen::Index n = 300;
  const Settings settings{.warmup_iterations = 0, .settle_iterations = 0, .draws = 1, .metric = GetParam()};
  const std::size_t before = allocated_bytes;
  const Chain chain(Gaussian{Eigen::VectorXd::Ones(n)}, settings, {1, {0}});
  const std::size_t used = allocated_bytes - before;
  EXPECT_EQ(chain.position().size(), n);
  EXPECT_LE(used, memory_needed(settings, n));
  EXPECT_GE(used, memory_needed(settings, n) / 4);
}

}  // namespace
}  // namespace exmc::sampler
