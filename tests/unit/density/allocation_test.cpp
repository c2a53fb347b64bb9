#include <gtest/gtest.h>

#include <atomic>
#include <cstdlib>
#include <new>
#include <utility>

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

void expect_no_allocation(ModelDensity density, const std::string& name) {
  Eigen::VectorXd position = Eigen::VectorXd::Constant(static_cast<Eigen::Index>(density.dimension()), 0.25),
                  gradient = position;
  std::vector<double> row(density.saved_size());
  const std::size_t before = allocations;
  double total = 0;
  for (int i = 0; i < 10; ++i) {
    total += density.log_density(position, gradient);
    density.write_saved(position, row);
  }
  EXPECT_EQ(allocations, before) << name;
  EXPECT_TRUE(std::isfinite(total)) << name;
}

TEST(Allocation, NoneInAnEvaluation) {
  for (const std::string name : {"simple", "medium", "stress", "eight_schools", "funnel", "logistic", "sv"}) {
    const ir::Model model = testing::load_example(name);
    expect_no_allocation(ModelDensity(compile(model)), name);
    expect_no_allocation(ModelDensity(compile(model, kDefaultMemory, {}, CoordinatesChoice::automatic)),
                         name + " in learned coordinates");
  }
}

TEST(Allocation, NoneInArrayOperations) {
  const std::string nodes = R"~("a": {"dist": "normal", "mu": 0, "sigma": 1, "shape": [4, 3]},
      "s": {"expr": "stack([sum(a), var(a), logsumexp(a), prod(a + 1), max(a), sum(cumsum(a, 0)), sum(softmax(a, 1))])"},
      "t": {"expr": "concat([a[g], a[:, g][:3], transpose(a)[:2, g], reshape(transpose(a), [4, 3])])"},
      "u": {"expr": "sum(stack([a, a]) @ outer(a[0], a[1]), 0) + repeat(a[:2], 2, 0) + where(a > 0, a, 1)"},
      "p": {"potential": "-square(u) + sum(s) + mean(t) + sum(diag(a[0]))"})~";
  expect_no_allocation(ModelDensity(compile(testing::parse_model(
                           "{\"exmc_ir\": 1, \"data\": {\"g\": [2, 0, 0]}, \"nodes\": {" + nodes + "}}"))),
                       "array operations");
}

TEST(Allocation, NoneForDifferentialEquationsAfterTheFirst) {
  for (const std::string method : {"adams", "bdf"}) {
    ModelDensity density(
        compile(testing::parse_model(R"~({"exmc_ir": 1, "nodes": {"k": {"dist": "normal", "mu": 0, "sigma": 1},
      "z": {"ode": {"initial": {"u": 1, "v": "k"}, "rhs": {"u": "-k * v", "v": "u"}, "times": [1, 2, 5], "method": ")~" +
                                     method + R"~("}}, "p": {"potential": "-z.u**2"}}})~")));
    Eigen::VectorXd gradient;
    (void)density.log_density(Eigen::VectorXd::Constant(1, 0.25), gradient);
    expect_no_allocation(std::move(density), "differential equations by " + method);
  }
}

TEST(Allocation, NoneForVectorsAndMatrices) {
  const std::string nodes = R"~("o": {"dist": "flat", "support": "positive_ordered", "shape": [3]},
      "u": {"dist": "flat", "support": "unit_vector", "shape": [3]},
      "p": {"dist": "dirichlet", "a": "o"},
      "r": {"dist": "lkj_corr", "n": 40, "eta": 2},
      "l": {"dist": "flat", "support": "cholesky_cov", "shape": [40, 40]},
      "x": {"dist": "mv_normal", "mu": 0, "cov": "r + l @ transpose(l)", "shape": [3, 40]},
      "t": {"dist": "mv_student_t", "nu": 4, "mu": 0, "tau": "r", "shape": [3, 40]},
      "y": {"dist": "categorical", "p": "p", "shape": [3], "observed": [0, 2, 1]},
      "z": {"dist": "ordered_logistic", "eta": "u", "cutpoints": "o", "observed": [0, 2, 3]})~";
  expect_no_allocation(ModelDensity(compile(testing::parse_model("{\"exmc_ir\": 1, \"nodes\": {" + nodes + "}}"))),
                       "vectors and matrices");
}

}  // namespace
}  // namespace exmc::density
