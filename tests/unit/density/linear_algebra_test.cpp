#include "density/operations/linear_algebra.hpp"

#include <gtest/gtest.h>

#include <Eigen/Dense>
#include <cmath>
#include <functional>
#include <memory>

#include "density/coordinates/vector.hpp"
#include "density/functions/functions.hpp"
#include "density/operations/sparse_product.hpp"
#include "density/program/program.hpp"
#include "differences.hpp"

namespace exmc::density {
namespace {

using Operation = std::function<View(Builder&, const std::vector<View>&)>;
using RowMajor = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

/// The sum over the elements of an operation's result, each with a weight of its own, as a program whose position is
/// the operands as they are.
class Weighted {
 public:
  Weighted(const Operation& operation, const std::vector<Array>& operands, const std::vector<bool>& constant) {
    Builder builder(std::size_t{1} << 24);
    std::vector<View> views;
    std::vector<double> position;
    for (std::size_t k = 0; k < operands.size(); ++k) {
      if (constant[k]) {
        views.push_back(builder.constant(operands[k]));
        continue;
      }
      views.push_back(builder.position_block(operands[k].shape, k));
      position.insert(position.end(), operands[k].values.begin(), operands[k].values.end());
    }
    const View result = operation(builder, views);
    Array weights{result.shape, {}};
    for (std::size_t i = 0; i < element_count(result.shape); ++i) {
      weights.values.push_back(std::cos(3.0 * static_cast<double>(i)));
    }
    builder.add_values(builder.apply<Multiply>({builder.constant(weights), result}));
    shape = result.shape;
    program_ = std::make_shared<const Program>(builder.finish(std::vector<View>{result}));
    density = std::make_unique<ModelDensity>(program_);
    at = Eigen::VectorXd::Map(position.data(), static_cast<Eigen::Index>(position.size()));
  }

  void expect_gradient_of_differences() {
    Eigen::VectorXd gradient(at.size());
    density->log_density(at, gradient);
    const Eigen::VectorXd found = gradient;
    const Eigen::Index step = 1 + at.size() / 97;  // of a long position some elements only
    for (Eigen::Index i = 0; i < at.size(); i += step) {
      const double expected = testing::extrapolated_difference(*density, at, i, 2e-3);
      EXPECT_NEAR(found[i], expected, 1e-7 * std::max(1.0, std::abs(expected))) << "of " << i << " of " << at.size();
    }
  }

  Shape shape;
  Eigen::VectorXd at;
  std::unique_ptr<ModelDensity> density;

 private:
  std::shared_ptr<const Program> program_;
};

double element(std::size_t i) { return std::sin(1.3 * static_cast<double>(i) + 0.5); }

Array full(const Shape& shape) {
  Array array{shape, {}};
  for (std::size_t i = 0; i < element_count(shape); ++i) array.values.push_back(element(i));
  return array;
}

/// Positive definite matrices; what is above the diagonal is not read and hence nonsense.
Array positive_definite(const Shape& batch, std::size_t n) {
  Shape shape = batch;
  shape.insert(shape.end(), {n, n});
  Array array = full(shape);
  for (std::size_t i = 0; i < array.values.size(); ++i) {
    const std::size_t row = i / n % n, column = i % n;
    if (row == column) array.values[i] += static_cast<double>(n) + 2;
    if (row < column) array.values[i] = 1e3;
  }
  return array;
}

Array lower_triangles(const Shape& batch, std::size_t n) {
  Array array = positive_definite(batch, n);
  for (std::size_t i = 0; i < array.values.size(); ++i) {
    if (i / n % n < i % n) array.values[i] = 0;
  }
  return array;
}

class LinearAlgebra : public ::testing::TestWithParam<std::size_t> {
 protected:
  std::size_t n_ = GetParam();
};

TEST_P(LinearAlgebra, CholeskyFactorises) {
  const Array a = positive_definite({2}, n_);
  Builder builder(std::size_t{1} << 24);
  const Array l = builder.evaluate(cholesky(builder, builder.constant(a)));
  const auto n = static_cast<Eigen::Index>(n_);
  for (std::size_t k = 0; k < 2; ++k) {
    const RowMajor matrix = Eigen::Map<const RowMajor>(a.values.data() + k * n_ * n_, n, n);
    const RowMajor factor = Eigen::Map<const RowMajor>(l.values.data() + k * n_ * n_, n, n);
    const RowMajor expected = matrix.selfadjointView<Eigen::Lower>().llt().matrixL();
    EXPECT_LT((factor - expected).lpNorm<Eigen::Infinity>(), 1e-14 * static_cast<double>(n_ + 2));
  }
}

TEST_P(LinearAlgebra, Cholesky) {
  Weighted weighted([](Builder& b, const auto& v) { return cholesky(b, v[0]); }, {positive_definite({2}, n_)}, {false});
  weighted.expect_gradient_of_differences();
}

TEST_P(LinearAlgebra, SelfProduct) {
  Weighted weighted([](Builder& b, const auto& v) { return self_product(b, v[0]); }, {lower_triangles({2}, n_)},
                    {false});
  weighted.expect_gradient_of_differences();
}

TEST_P(LinearAlgebra, SolveVector) {
  for (const bool constant : {false, true}) {
    for (const Shape& batch : {Shape{}, Shape{3}}) {
      Weighted weighted([](Builder& b, const auto& v) { return solve_vector(b, v[0], v[1]); },
                        {lower_triangles(batch, n_), full({2, 3, n_})}, {constant, false});
      EXPECT_EQ(weighted.shape, (Shape{2, 3, n_}));
      weighted.expect_gradient_of_differences();
    }
  }
}

TEST_P(LinearAlgebra, SolveMatrix) {
  for (const std::size_t columns : {1U, 2U, 11U}) {
    Weighted weighted([](Builder& b, const auto& v) { return solve_matrix(b, v[0], v[1]); },
                      {lower_triangles({2}, n_), full({n_, columns})}, {false, false});
    EXPECT_EQ(weighted.shape, (Shape{2, n_, columns}));
    weighted.expect_gradient_of_differences();
  }
}

TEST_P(LinearAlgebra, SolvingUndoesTheProduct) {
  const Array l = lower_triangles({}, n_);
  Builder builder(std::size_t{1} << 24);
  const View lower = builder.constant(l);
  // L^-1 (L L') = L'
  const Array x = builder.evaluate(solve_matrix(builder, lower, self_product(builder, lower)));
  for (std::size_t i = 0; i < n_; ++i) {
    for (std::size_t j = 0; j < n_; ++j) {
      EXPECT_NEAR(x.values[i * n_ + j], l.values[j * n_ + i], 1e-13 * static_cast<double>(n_ + 2));
    }
  }
}

TEST_P(LinearAlgebra, LogDiagonalSum) {
  Weighted weighted([](Builder& b, const auto& v) { return log_diagonal_sum(b, v[0]); }, {lower_triangles({2}, n_)},
                    {false});
  weighted.expect_gradient_of_differences();
}

TEST_P(LinearAlgebra, QuadraticFormAndNorm) {
  for (const bool constant : {false, true}) {
    Weighted weighted([](Builder& b, const auto& v) { return quadratic_form(b, v[0], v[1]); },
                      {positive_definite({}, n_), full({4, n_})}, {constant, false});
    EXPECT_EQ(weighted.shape, Shape{4});
    weighted.expect_gradient_of_differences();
  }
  Weighted norm([](Builder& b, const auto& v) { return squared_norm(b, v[0]); }, {full({4, n_})}, {false});
  norm.expect_gradient_of_differences();
}

/// Triangles and matrices of more and of fewer rows than columns.
TEST_P(LinearAlgebra, MessageFactor) {
  for (const Array& matrix : {lower_triangles({2}, n_), full({2, n_ + 3, n_}), full({2, (n_ + 1) / 2, n_})}) {
    const std::size_t m = matrix.shape[1];
    Array k = full({m});
    for (double& x : k.values) x += 1.1;
    Builder builder(std::size_t{1} << 24);
    const Array factor = builder.evaluate(message_factor(builder, builder.constant(matrix), builder.constant(k)));
    const auto rows = static_cast<Eigen::Index>(m), n = static_cast<Eigen::Index>(n_);
    for (std::size_t i = 0; i < 2; ++i) {
      const RowMajor l = Eigen::Map<const RowMajor>(matrix.values.data() + i * m * n_, rows, n);
      const RowMajor r = Eigen::Map<const RowMajor>(factor.values.data() + i * n_ * n_, n, n);
      const RowMajor a =
          RowMajor::Identity(n, n) + l.transpose() * Eigen::VectorXd::Map(k.values.data(), rows).asDiagonal() * l;
      EXPECT_LT((r * r.transpose() - a).lpNorm<Eigen::Infinity>(), 1e-14 * a.lpNorm<Eigen::Infinity>());
    }
    Weighted weighted([](Builder& b, const auto& v) { return message_factor(b, v[0], v[1]); }, {matrix, k},
                      {false, false});
    weighted.expect_gradient_of_differences();
  }
}

TEST_P(LinearAlgebra, VectorValue) {
  const std::size_t m = n_ + 2;
  Weighted weighted(
      [](Builder& b, const auto& v) {
        return vector_value(b, {v[0], v[1], v[2], v[3], v[4], v[5]}, ModelsVector::z);
      },
      {full({2, n_}), lower_triangles({2}, n_), full({m, n_}), full({m}), full({2, m}), full({m})},
      std::vector<bool>(6, false));
  EXPECT_EQ(weighted.shape, (Shape{2, n_}));
  weighted.expect_gradient_of_differences();
}

/// Between one panel and several, and where neither rows nor columns fill a register.
INSTANTIATE_TEST_SUITE_P(Sizes, LinearAlgebra, ::testing::Values(1, 2, 3, 8, 24, 25, 61));

TEST(LinearAlgebra, AFactorThatIsKnownIsNotComputed) {
  Builder builder(1 << 10);
  const View lower = builder.position_block({3, 3}, 0);
  EXPECT_EQ(cholesky(builder, self_product(builder, lower)), lower);
}

/// The last axes may be transposed or repeated views.
TEST(LinearAlgebra, OperandsMayBeAnyViews) {
  Weighted weighted(
      [](Builder& b, const auto& v) {
        return solve_vector(b, transposed(v[0]), sliced(v[1], 1, {4, -1, 3}));
      },
      {positive_definite({}, 3), full({2, 5})}, {false, false});
  weighted.expect_gradient_of_differences();
}

TEST(LinearAlgebra, WhatIsNotPositiveDefiniteHasNoDensity) {
  Builder builder(1 << 10);
  builder.add_values(log_diagonal_sum(builder, cholesky(builder, builder.position_block({2, 2}, 0))));
  ModelDensity density(std::make_shared<const Program>(builder.finish({})));
  Eigen::VectorXd at(4), gradient(4);
  at << 1, 2, 2, 1;
  EXPECT_FALSE(std::isfinite(density.log_density(at, gradient)));
  at << 1, 0.5, 0.5, 1;
  EXPECT_NEAR(density.log_density(at, gradient), 0.5 * std::log(0.75), 1e-15);
}

/// Mostly zeros, in enough elements, and not for so few columns that a regression is better made smaller.
TEST(SparseProduct, IsForMatricesOfMostlyZeros) {
  Builder builder(std::size_t{1} << 24);
  const auto found = [&](std::size_t rows, std::size_t columns, std::size_t every) {
    Array matrix{{rows, columns}, std::vector<double>(rows * columns)};
    for (std::size_t i = 0; i < matrix.values.size(); i += every) matrix.values[i] = 1;
    return worthwhile_sparse(builder, builder.constant(matrix));
  };
  const std::optional<SparseMatrix> sparse = found(50, 40, 21);
  ASSERT_TRUE(sparse.has_value());
  EXPECT_EQ(sparse->values.size(), 96U);
  EXPECT_EQ(sparse->ends.back(), 96);
  EXPECT_EQ(sparse->where[2], 2) << "element 42, in the second row";
  EXPECT_FALSE(found(50, 40, 7));
  EXPECT_FALSE(found(1000, 20, 100));
  EXPECT_FALSE(found(20, 20, 100));
}

}  // namespace
}  // namespace exmc::density
