// Simulation-based calibration (Talts, Betancourt, Simpson, Vehtari & Gelman 2018): of parameters drawn from the prior
// and data drawn given them, the rank of a parameter among its posterior draws is uniform.
#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <cstddef>
#include <vector>

#include "exmc/core/random.hpp"
#include "exmc/sampler/chain.hpp"

namespace exmc::sampler {
namespace {

constexpr std::size_t kReplications = 1000, kRanks = 100, kBins = 20, kThinning = 5;
constexpr double kChiSquaredLimit = 50.80;  ///< of 19 degrees of freedom, p = 1e-4

/// y_i ~ normal(mu, sigma), i = 1 ... 10; mu ~ normal(0, 2); sigma ~ half_normal(1), on the log scale. `jacobian` and
/// `sd_factor` other than 1 make it wrong.
struct NormalModel {
  double jacobian = 1, sd_factor = 1;
  std::array<double, 10> y{};

  static constexpr std::size_t kParameters = 2;
  using Parameters = std::array<double, kParameters>;

  Parameters simulate(RandomStream& random) {
    const double mu = 2 * random.normal(), sigma = std::abs(random.normal());
    for (double& value : y) value = mu + sigma * random.normal();
    return {mu, std::log(sigma)};
  }
  [[nodiscard]] Parameters parameters(const Eigen::VectorXd& x) const { return {x[0], x[1]}; }

  [[nodiscard]] std::size_t dimension() const { return 2; }
  double log_density(const Eigen::VectorXd& x, Eigen::VectorXd& gradient) {
    const double mu = x[0], sigma = std::exp(x[1]), sd = sd_factor * sigma;
    double lp = -mu * mu / 8 - 0.5 * sigma * sigma + jacobian * x[1];
    gradient << -mu / 4, -sigma * sigma + jacobian;
    for (const double value : y) {
      const double z = (value - mu) / sd;
      lp -= x[1] + 0.5 * z * z;
      gradient[0] += z / sd;
      gradient[1] += z * z - 1;
    }
    return lp;
  }
};

/// Eight schools, not centred: mu ~ normal(0, 5), tau ~ half_normal(5) on the log scale, e_j ~ normal(0, 1),
/// y_j ~ normal(mu + tau e_j, sd_j). Parameters: mu, log tau, theta_1, theta_8.
struct SchoolsModel {
  double likelihood = 1;  ///< 1 but in the wrong variant, which counts the data twice
  std::array<double, 8> y{};
  static constexpr std::array<double, 8> kSd = {15, 10, 16, 11, 9, 11, 10, 18};

  static constexpr std::size_t kParameters = 4;
  using Parameters = std::array<double, kParameters>;

  Parameters simulate(RandomStream& random) {
    Eigen::VectorXd x(10);
    for (double& value : x) value = random.normal();
    x[0] *= 5;
    x[1] = std::log(5 * std::abs(x[1]));
    for (std::size_t j = 0; j < y.size(); ++j) y[j] = theta(x, j) + kSd[j] * random.normal();
    return parameters(x);
  }
  static double theta(const Eigen::VectorXd& x, std::size_t j) {
    return x[0] + std::exp(x[1]) * x[2 + static_cast<Eigen::Index>(j)];
  }
  [[nodiscard]] Parameters parameters(const Eigen::VectorXd& x) const { return {x[0], x[1], theta(x, 0), theta(x, 7)}; }

  [[nodiscard]] std::size_t dimension() const { return 10; }
  double log_density(const Eigen::VectorXd& x, Eigen::VectorXd& gradient) {
    const double mu = x[0], tau = std::exp(x[1]);
    double lp = -mu * mu / 50 - tau * tau / 50 + x[1];
    gradient << -mu / 25, 1 - tau * tau / 25, -x.tail(8);
    lp -= 0.5 * x.tail(8).squaredNorm();
    for (std::size_t j = 0; j < y.size(); ++j) {
      const Eigen::Index e = 2 + static_cast<Eigen::Index>(j);
      const double z = (y[j] - theta(x, j)) / kSd[j], slope = likelihood * z / kSd[j];
      lp -= 0.5 * likelihood * z * z;
      gradient[0] += slope;
      gradient[1] += slope * tau * x[e];
      gradient[e] += slope * tau;
    }
    return lp;
  }
};

template <class Model>
using Histograms = std::array<std::array<double, kBins>, Model::kParameters>;

/// One replication: counts the bin of each parameter's rank.
template <class Model>
void replicate(Model model, std::uint32_t number, Histograms<Model>& histograms) {
  RandomStream random({1, {number}}, Purpose::prior, 0);
  const typename Model::Parameters truth = model.simulate(random);
  const Settings settings{.warmup_iterations = 400, .draws = (kRanks - 1) * kThinning, .target_accept = 0.9};
  Chain chain(model, settings, {2, {number}});
  while (chain.stage() == Stage::warmup) chain.advance();
  std::array<std::size_t, Model::kParameters> ranks{};
  while (chain.stage() == Stage::sampling) {
    chain.advance();
    if (chain.iteration() % kThinning != 0) continue;
    const typename Model::Parameters drawn = model.parameters(chain.position());
    for (std::size_t i = 0; i < ranks.size(); ++i) ranks[i] += drawn[i] < truth[i] ? 1 : 0;
  }
  for (std::size_t i = 0; i < ranks.size(); ++i) ++histograms[i][ranks[i] * kBins / kRanks];
}

/// Chi-squared of each parameter's ranks against the uniform distribution.
template <class Model>
std::vector<double> calibrate(const Model& model) {
  Histograms<Model> histograms{};
  for (std::uint32_t number = 0; number < kReplications; ++number) replicate(model, number, histograms);
  std::vector<double> chi_squared;
  constexpr double expected = static_cast<double>(kReplications) / kBins;
  for (const auto& histogram : histograms) {
    double sum = 0;
    for (const double count : histogram) sum += (count - expected) * (count - expected) / expected;
    chi_squared.push_back(sum);
  }
  return chi_squared;
}

TEST(Calibration, OfANormalsMeanAndSd) {
  for (const double chi_squared : calibrate(NormalModel{})) EXPECT_LT(chi_squared, kChiSquaredLimit);
}

TEST(Calibration, OfAHierarchicalModel) {
  for (const double chi_squared : calibrate(SchoolsModel{})) EXPECT_LT(chi_squared, kChiSquaredLimit);
}

TEST(WrongCalibration, WithoutTheJacobianIsCaught) {
  EXPECT_GT(calibrate(NormalModel{.jacobian = 0})[1], kChiSquaredLimit);
}

TEST(WrongCalibration, WithAnSdOffByATenthIsCaught) {
  EXPECT_GT(calibrate(NormalModel{.sd_factor = 1.1})[1], kChiSquaredLimit);
}

TEST(WrongCalibration, WithDataCountedTwiceIsCaught) {
  EXPECT_GT(calibrate(SchoolsModel{.likelihood = 2})[0], kChiSquaredLimit);
}

}  // namespace
}  // namespace exmc::sampler
