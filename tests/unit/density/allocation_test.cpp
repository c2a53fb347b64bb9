#include <gtest/gtest.h>

#include <atomic>
#include <cstdlib>
#include <new>

#include "models.hpp"

namespace {
std::atomic<std::size_t> allocations{0};
}

// Counts every allocation of this program.
void* operator new(std::size_t size) {
  ++allocations;
  if (void* memory = std::malloc(size)) return memory;
  throw std::bad_alloc();
}
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }

namespace exmc::density {
namespace {

TEST(Allocation, NoneInAnEvaluation) {
  for (const std::string name : {"simple", "medium", "stress", "eight_schools", "funnel", "logistic", "sv"}) {
    ModelDensity density(compile(testing::load_example(name)));
    Eigen::VectorXd position = Eigen::VectorXd::Zero(static_cast<Eigen::Index>(density.dimension())),
                    gradient = position;
    std::vector<double> row(density.saved_size());
    const std::size_t before = allocations;
    double total = 0;
    for (int i = 0; i < 10; ++i) {
      total += density.log_density(position, gradient);
      density.write_saved(position, row);
    }
    EXPECT_EQ(allocations, before) << name;
    EXPECT_TRUE(std::isfinite(total));
  }
}

}  // namespace
}  // namespace exmc::density
