#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <Eigen/Dense>
#include <cmath>
#include <functional>
#include <numeric>

#include "differences.hpp"
#include "exmc/core/error.hpp"
#include "models.hpp"

namespace exmc::density {
namespace {

using Eigen::MatrixXd;
using Eigen::VectorXd;

/// A support of vectors or matrices: which elements of a point are coordinates of it, and what undoes the transform.
struct Transform {
  std::string support;
  bool matrix;
  /// Row-major elements of a point of a given length; with fewer, the others follow from them.
  std::function<std::vector<std::size_t>(std::size_t)> coordinates;
  std::function<VectorXd(const VectorXd& point, std::size_t length)> invert;
};

std::vector<std::size_t> first(std::size_t count) {
  std::vector<std::size_t> all(count);
  std::iota(all.begin(), all.end(), std::size_t{0});
  return all;
}

std::vector<std::size_t> triangle(std::size_t n, bool diagonal) {
  std::vector<std::size_t> all;
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t j = 0; j < i + (diagonal ? 1 : 0); ++j) all.push_back(i * n + j);
  }
  return all;
}

MatrixXd as_matrix(const VectorXd& point, std::size_t n) {
  const auto size = static_cast<Eigen::Index>(n);
  return Eigen::Map<const Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>>(point.data(), size,
                                                                                                  size);
}

VectorXd invert_ordered(const VectorXd& x, bool positive) {
  VectorXd u = x;
  for (Eigen::Index i = 1; i < x.size(); ++i) u[i] = std::log(x[i] - x[i - 1]);
  if (positive) u[0] = std::log(x[0]);
  return u;
}

/// The columns of the isometry: n elements 1 / sqrt(n (n + 1)), then -n times that.
VectorXd invert_sum_to_zero(const VectorXd& x) {
  VectorXd u(x.size() - 1);
  for (Eigen::Index n = 1; n < x.size(); ++n) {
    u[n - 1] = (x.head(n).sum() - static_cast<double>(n) * x[n]) / std::sqrt(static_cast<double>(n * (n + 1)));
  }
  return u;
}

/// From a factor of a correlation matrix to the partial correlations' inverse tanh.
VectorXd invert_factor(const MatrixXd& l) {
  std::vector<double> u;
  for (Eigen::Index i = 0; i < l.rows(); ++i) {
    double left = 1;
    for (Eigen::Index j = 0; j < i; ++j) {
      const double t = l(i, j) / left;
      u.push_back(std::atanh(t));
      left *= std::sqrt((1 - t) * (1 + t));
    }
  }
  return VectorXd::Map(u.data(), static_cast<Eigen::Index>(u.size()));
}

VectorXd invert_triangle(const MatrixXd& l) {
  std::vector<double> u;
  for (Eigen::Index i = 0; i < l.rows(); ++i) {
    for (Eigen::Index j = 0; j < i; ++j) u.push_back(l(i, j));
    u.push_back(std::log(l(i, i)));
  }
  return VectorXd::Map(u.data(), static_cast<Eigen::Index>(u.size()));
}

MatrixXd factor(const MatrixXd& a) { return a.llt().matrixL(); }

const std::vector<Transform> kTransforms = {
    {"ordered", false, first, [](const VectorXd& x, std::size_t) { return invert_ordered(x, false); }},
    {"positive_ordered", false, first, [](const VectorXd& x, std::size_t) { return invert_ordered(x, true); }},
    {"simplex", false, [](std::size_t n) { return first(n - 1); },
     [](const VectorXd& x, std::size_t) { return invert_sum_to_zero(x.array().log()); }},
    {"sum_to_zero", false, first, [](const VectorXd& x, std::size_t) { return invert_sum_to_zero(x); }},
    {"cholesky_corr", true, [](std::size_t n) { return triangle(n, false); },
     [](const VectorXd& x, std::size_t n) { return invert_factor(as_matrix(x, n)); }},
    {"corr", true, [](std::size_t n) { return triangle(n, false); },
     [](const VectorXd& x, std::size_t n) { return invert_factor(factor(as_matrix(x, n))); }},
    {"cholesky_cov", true, [](std::size_t n) { return triangle(n, true); },
     [](const VectorXd& x, std::size_t n) { return invert_triangle(as_matrix(x, n)); }},
    {"cov", true, [](std::size_t n) { return triangle(n, true); },
     [](const VectorXd& x, std::size_t n) { return invert_triangle(factor(as_matrix(x, n))); }},
};

constexpr std::size_t kBatch = 3;

class Transforms : public ::testing::TestWithParam<std::tuple<Transform, std::size_t>> {
 protected:
  Transform transform_ = std::get<0>(GetParam());
  std::size_t length_ = std::get<1>(GetParam());
  std::size_t elements_ = transform_.matrix ? length_ * length_ : length_;

  [[nodiscard]] std::string shape() const {
    const std::string n = std::to_string(length_);
    return "[" + std::to_string(kBatch) + ", " + n + (transform_.matrix ? ", " + n : "") + "]";
  }
  [[nodiscard]] std::string flat() const {
    return R"("x": {"dist": "flat", "support": ")" + transform_.support + R"(", "shape": )" + shape() + "}";
  }
  [[nodiscard]] static ModelDensity model(const std::string& nodes) {
    return ModelDensity(compile(testing::parse_model(R"({"exmc_ir": 1, "nodes": {)" + nodes + "}}")));
  }
  /// Somewhere, with every sign.
  [[nodiscard]] static VectorXd position(std::size_t dimension, double scale) {
    VectorXd u(static_cast<Eigen::Index>(dimension));
    for (Eigen::Index i = 0; i < u.size(); ++i) u[i] = scale * std::sin(1.7 * static_cast<double>(i) + 0.4);
    return u;
  }
  [[nodiscard]] static VectorXd saved(ModelDensity& density, const VectorXd& u) {
    std::vector<double> row(density.saved_size());
    density.write_saved(u, row);
    return VectorXd::Map(row.data(), static_cast<Eigen::Index>(row.size()));
  }
  /// Derivatives of the coordinates of all points of the batch.
  [[nodiscard]] MatrixXd jacobian(ModelDensity& density, const VectorXd& u) const {
    const std::vector<std::size_t> of_point = transform_.coordinates(length_);
    std::vector<Eigen::Index> rows;
    for (std::size_t i = 0; i < kBatch; ++i) {
      for (const std::size_t k : of_point) rows.push_back(static_cast<Eigen::Index>(i * elements_ + k));
    }
    MatrixXd all(static_cast<Eigen::Index>(rows.size()), u.size());
    for (Eigen::Index j = 0; j < u.size(); ++j) {
      const auto central = [&](double h) -> VectorXd {
        VectorXd above = u, below = u;
        above[j] += h;
        below[j] -= h;
        return (saved(density, above) - saved(density, below))(rows) / (2 * h);
      };
      const VectorXd d1 = central(0.01), d2 = central(0.005), d4 = central(0.0025);
      all.col(j) = (16 * (4 * d4 - d2) / 3 - (4 * d2 - d1) / 3) / 15;
    }
    return all;
  }
};

TEST_P(Transforms, LogJacobianIsThatOfDifferences) {
  ModelDensity density = model(flat());
  const VectorXd u = position(density.dimension(), 1.2);
  VectorXd gradient(u.size());
  const MatrixXd j = jacobian(density, u);
  const bool square = j.rows() == j.cols();
  const double expected = u.size() == 0 ? 0
                                        : (square ? j.fullPivLu().matrixLU().diagonal().array().abs().log().sum()
                                                  : 0.5 * std::log((j.transpose() * j).determinant()));
  EXPECT_NEAR(density.log_density(u, gradient), expected, 1e-8);
}

TEST_P(Transforms, GradientIsThatOfDifferences) {
  const std::string mean = R"("e": {"dist": "normal", "mu": "x", "sigma": 0.7, "observed": )";
  std::string data;
  for (std::size_t i = 0; i < kBatch; ++i) {
    const auto list = [&](auto&& item, std::size_t count) {
      std::string text;
      for (std::size_t k = 0; k < count; ++k) text += (k ? ", " : "") + item(k);
      return "[" + text + "]";
    };
    const auto number = [&](std::size_t k) { return std::to_string(0.3 * static_cast<double>((7 * k + 3 * i) % 5)); };
    const auto row = [&](std::size_t r) { return list([&](std::size_t k) { return number(k + 2 * r); }, length_); };
    data += (i ? ", " : "") + (transform_.matrix ? list(row, length_) : row(0));
  }
  ModelDensity density = model(flat() + ", " + mean + "[" + data + "]}");
  const VectorXd u = position(density.dimension(), 1.7);
  VectorXd gradient(u.size());
  EXPECT_TRUE(std::isfinite(density.log_density(u, gradient)));
  const VectorXd found = gradient;
  for (Eigen::Index i = 0; i < u.size(); ++i) {
    const double expected = testing::extrapolated_difference(density, u, i);
    EXPECT_NEAR(found[i], expected, 1e-8 * std::max(1.0, std::abs(expected))) << "of " << i;
  }
}

TEST_P(Transforms, RoundTrip) {
  ModelDensity density = model(flat());
  const VectorXd u = position(density.dimension(), 0.8), all = saved(density, u);
  VectorXd back(u.size());
  const auto points = static_cast<Eigen::Index>(elements_), free = u.size() / static_cast<Eigen::Index>(kBatch);
  for (Eigen::Index i = 0; i < static_cast<Eigen::Index>(kBatch); ++i) {
    back.segment(i * free, free) = transform_.invert(all.segment(i * points, points), length_);
  }
  EXPECT_LT((back - u).lpNorm<Eigen::Infinity>(), u.size() == 0 ? 1 : 1e-12);
}

/// Wherever a chain may start, and far beyond.
TEST_P(Transforms, StartingPointsAreFinite) {
  ModelDensity density = model(flat());
  for (const double scale : {2.0, 12.0}) {
    const VectorXd u = position(density.dimension(), scale);
    VectorXd gradient(u.size());
    EXPECT_TRUE(std::isfinite(density.log_density(u, gradient)));
    EXPECT_TRUE(gradient.allFinite());
    EXPECT_TRUE(saved(density, u).allFinite());
  }
}

TEST_P(Transforms, TheParameterSaysWhatIsSampledAndWhatIsSaved) {
  const ModelDensity density = model(flat());
  const FreeParameter& parameter = density.parameters().front();
  EXPECT_EQ(parameter.size, density.dimension());
  EXPECT_EQ(element_count(parameter.shape), kBatch * elements_);
  EXPECT_EQ(parameter.support, transform_.support);
  EXPECT_EQ(density.saved_size(), kBatch * elements_);
}

INSTANTIATE_TEST_SUITE_P(All, Transforms,
                         ::testing::Combine(::testing::ValuesIn(kTransforms), ::testing::Values(1, 2, 3, 5, 9)),
                         [](const auto& test) {
                           return std::get<0>(test.param).support + "_" + std::to_string(std::get<1>(test.param));
                         });

/// What the points must be, to rounding.
TEST(TransformedPoints, LieWhereTheirNameSays) {
  const auto saved_at = [](const std::string& support, const std::string& shape) {
    ModelDensity density(compile(testing::parse_model(R"({"exmc_ir": 1, "nodes": {"x": {"dist": "flat", "support": ")" +
                                                      support + R"(", "shape": )" + shape + "}}}")));
    VectorXd u(static_cast<Eigen::Index>(density.dimension()));
    for (Eigen::Index i = 0; i < u.size(); ++i) u[i] = 2 * std::cos(static_cast<double>(i));
    std::vector<double> row(density.saved_size());
    density.write_saved(u, row);
    return VectorXd(VectorXd::Map(row.data(), static_cast<Eigen::Index>(row.size())));
  };
  EXPECT_NEAR(saved_at("simplex", "[20]").sum(), 1, 1e-15);
  EXPECT_GT(saved_at("simplex", "[20]").minCoeff(), 0);
  EXPECT_NEAR(saved_at("sum_to_zero", "[20]").sum(), 0, 1e-14);
  EXPECT_NEAR(saved_at("unit_vector", "[20]").norm(), 1, 1e-15);
  const MatrixXd l = as_matrix(saved_at("cholesky_corr", "[6, 6]"), 6);
  EXPECT_EQ(MatrixXd(l.triangularView<Eigen::StrictlyUpper>()).norm(), 0);
  EXPECT_GT(l.diagonal().minCoeff(), 0);
  EXPECT_NEAR((l.rowwise().norm().array() - 1).abs().maxCoeff(), 0, 1e-15);
  const MatrixXd r = as_matrix(saved_at("corr", "[6, 6]"), 6);
  EXPECT_EQ((r - r.transpose()).norm(), 0);
  EXPECT_NEAR((r.diagonal().array() - 1).abs().maxCoeff(), 0, 1e-15);
  EXPECT_GT(factor(as_matrix(saved_at("cov", "[6, 6]"), 6)).diagonal().minCoeff(), 0);
}

/// A direction has no coordinates as simple as the others': the density of what is sampled is a standard normal's, less
/// its constant, so that the direction is uniform.
TEST(TransformedPoints, UnitVectorsAreDirectionsOfNormalOnes) {
  ModelDensity density(compile(testing::parse_model(R"({"exmc_ir": 1, "nodes": {
      "x": {"dist": "flat", "support": "unit_vector", "shape": [2, 3]},
      "e": {"dist": "normal", "mu": "x", "sigma": 0.7, "observed": [[1, 0.2, -1], [0.5, -0.1, 2]]}}})")));
  VectorXd u(6), gradient(6);
  u << 0.3, -1.2, 0.7, 1.5, 0.2, -0.4;
  density.log_density(u, gradient);
  const VectorXd found = gradient;
  for (Eigen::Index i = 0; i < 6; ++i) {
    EXPECT_NEAR(found[i], testing::extrapolated_difference(density, u, i), 1e-9) << "of " << i;
  }
  ModelDensity flat(compile(testing::parse_model(
      R"({"exmc_ir": 1, "nodes": {"x": {"dist": "flat", "support": "unit_vector", "shape": [2, 3]}}})")));
  EXPECT_NEAR(flat.log_density(u, gradient), -0.5 * u.squaredNorm(), 1e-15);
  std::vector<double> row(6);
  flat.write_saved(u, row);
  EXPECT_NEAR(row[4], 0.2 / u.tail(3).norm(), 1e-15);
}

TEST(TransformedPoints, ShapesThatCannotBeAreRefused) {
  const std::vector<std::pair<std::string, std::string>> refusals = {
      {R"("support": "simplex")", "expected a last axis, which support \"simplex\" needs, found shape ()"},
      {R"("support": "corr", "shape": [3])",
       "expected two last axes of equal length, which support \"corr\" needs, found shape (3)"},
      {R"("support": "cov", "shape": [2, 3])",
       "expected two last axes of equal length, which support \"cov\" needs, found shape (2, 3)"},
      {R"("support": "unit_vector", "shape": [4, 1])",
       "support \"unit_vector\" needs a length of at least 2, found shape (4, 1)"},
      {R"("support": "ordered", "shape": ["1 - 1"])",
       "support \"ordered\" needs a length of at least 1, found shape (0)"},
  };
  for (const auto& [keys, message] : refusals) {
    try {
      (void)compile(testing::parse_model(R"({"exmc_ir": 1, "nodes": {"x": {"dist": "flat", )" + keys + "}}}"));
      ADD_FAILURE() << keys << " was accepted";
    } catch (const InputError& error) {
      EXPECT_THAT(error.what(), ::testing::EndsWith("nodes.x: " + message));
    }
  }
}

}  // namespace
}  // namespace exmc::density
