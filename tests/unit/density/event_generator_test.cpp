#include <gtest/gtest.h>

#include <algorithm>
#include <boost/math/distributions.hpp>
#include <cmath>
#include <functional>
#include <numeric>
#include <string>
#include <vector>

#include "drawn_model.hpp"
#include "goodness_of_fit.hpp"

/// Random numbers of distributions over vectors, matrices and categories, and of what is made of others, through
/// generated nodes. Of each the marginals or sums whose law is known are tested, and a wrong law that must not pass.
namespace exmc::density {
namespace {

using testing::chi_squared_misfit;
using testing::ks_misfit;
using testing::Model;
namespace bm = boost::math;
using Cdf = std::function<double(double)>;

constexpr std::size_t kSample = 20'000;

/// 20,000 draws of a node `x` with a key "shape" in place of the last brace, each of so many elements.
std::vector<double> sample(const std::string& node, const std::string& shape = "[20000]", std::uint64_t iteration = 0) {
  std::string text = node;
  text.insert(text.rfind('}'), R"(, "shape": )" + shape);
  Model model(R"("mu": {"dist": "normal", "mu": 0, "sigma": 1}, "x": {"generated": )" + text + "}");
  return model.at({0.5}, OutputGroup::posterior, iteration).at("x");
}

/// Of draws of vectors the sums with these weights.
std::vector<double> sums(const std::vector<double>& vectors, const std::vector<double>& weights) {
  std::vector<double> found;
  for (auto at = vectors.begin(); at != vectors.end(); at += static_cast<std::ptrdiff_t>(weights.size())) {
    found.push_back(std::inner_product(weights.begin(), weights.end(), at, 0.0));
  }
  return found;
}

Cdf normal(double mu, double sigma) {
  return [=](double x) { return cdf(bm::normal(mu, sigma), x); };
}
Cdf student_t(double nu, double mu, double scale) {
  return [=](double x) { return cdf(bm::students_t(nu), (x - mu) / scale); };
}
Cdf beta(double a, double b) {
  return [=](double x) { return cdf(bm::beta_distribution<>(a, b), std::clamp(x, 0.0, 1.0)); };
}
/// On (-1, 1).
Cdf correlation(double shape) {
  return [of = beta(shape, shape)](double x) { return of(0.5 * (x + 1)); };
}
Cdf binomial(double n, double p) {
  return [=](double k) { return k < 0 ? 0 : k >= n ? 1 : cdf(bm::binomial(n, p), k); };
}
/// Of categories, from their probabilities.
Cdf categories(const std::vector<double>& p) {
  return [=](double k) {
    const auto end = p.begin() + static_cast<std::ptrdiff_t>(std::min(k + 1, static_cast<double>(p.size())));
    return k < 0 ? 0 : std::min(1.0, std::accumulate(p.begin(), end, 0.0));
  };
}

void expect_continuous(const std::vector<double>& sample, const Cdf& law, const Cdf& wrong) {
  ASSERT_EQ(sample.size(), kSample);
  EXPECT_LT(ks_misfit(sample, law), 1);
  EXPECT_GT(ks_misfit(sample, wrong), 1) << "another law must not pass";
}
void expect_counts(const std::vector<double>& sample, const Cdf& law, const Cdf& wrong) {
  ASSERT_EQ(sample.size(), kSample);
  EXPECT_LT(chi_squared_misfit(sample, law), 1);
  EXPECT_GT(chi_squared_misfit(sample, wrong), 1) << "another law must not pass";
}

TEST(EventGenerators, Categories) {
  const Cdf law = categories({0.2, 0.5, 0, 0.3}), wrong = categories({0.24, 0.46, 0, 0.3});
  expect_counts(sample(R"({"dist": "categorical", "p": [0.2, 0.5, 0, 0.3]})"), law, wrong);
  expect_counts(sample(R"({"dist": "categorical", "logit_p": "log([2, 5, 1e-300, 3]) + 700"})"), law, wrong);
  const auto ordered = [](double eta) {
    return [=](double k) {
      const std::vector<double> cuts{-1, 0.3, 2};
      return k < 0 ? 0 : k > 2 ? 1 : 1 / (1 + std::exp(eta - cuts.at(static_cast<std::size_t>(k))));
    };
  };
  expect_counts(sample(R"({"dist": "ordered_logistic", "eta": "mu", "cutpoints": [-1, 0.3, 2]})"), ordered(0.5),
                ordered(0.6));
}

TEST(EventGenerators, EachElementHasItsOwnWeights) {
  const std::vector<double> x = sample(R"({"dist": "categorical", "p": [[[0.1, 0.9]], [[0.7, 0.3]]]})", "[2, 20000]");
  const auto half = x.begin() + static_cast<std::ptrdiff_t>(kSample);
  expect_counts({x.begin(), half}, categories({0.1, 0.9}), categories({0.7, 0.3}));
  expect_counts({half, x.end()}, categories({0.7, 0.3}), categories({0.1, 0.9}));
}

TEST(EventGenerators, NormalVectors) {
  const std::string vectors = R"({"dist": "mv_normal", "mu": "[1, mu, -2]", )", three = "[20000, 3]";
  const std::vector<double> weights{1, 2, -1};
  const std::string cov = "[[4, 1.2, 1], [1.2, 1, 0], [1, 0, 9]]";
  const double variance = 4 + 4 * 1 + 9 + 2 * (2 * 1.2 - 1);
  const std::vector<double> by_cov = sample(vectors + R"("cov": )" + cov + "}", three);
  expect_continuous(sums(by_cov, weights), normal(4, std::sqrt(variance)), normal(4, std::sqrt(18)));
  expect_continuous(sums(by_cov, {0, 1, 0}), normal(0.5, 1), normal(0.5, 1.1));
  const std::vector<double> by_factor =
      sample(R"({"dist": "mv_normal", "mu": "[1, mu]", "chol": [[2, 0], [0.6, 0.8]]})", "[20000, 2]");
  expect_continuous(sums(by_factor, {1, 1}), normal(1.5, std::sqrt(4 + 1 + 2.4)), normal(1.5, std::sqrt(5)));
  // The inverse of [[2, 0.6], [0.6, 1]] is [[1, -0.6], [-0.6, 2]] / 1.64.
  const std::vector<double> by_precision =
      sample(R"({"dist": "mv_normal", "mu": "[1, mu]", "tau": [[2, 0.6], [0.6, 1]]})", "[20000, 2]");
  expect_continuous(sums(by_precision, {1, 1}), normal(1.5, std::sqrt((3 - 1.2) / 1.64)),
                    normal(1.5, std::sqrt((3 + 1.2) / 1.64)));
  expect_continuous(sums(by_precision, {1, 0}), normal(1, std::sqrt(1 / 1.64)), normal(1, std::sqrt(2 / 1.64)));
}

TEST(EventGenerators, StudentVectors) {
  const std::string two = "[20000, 2]";
  const double scale = std::sqrt(4 + 1 + 2.4);
  const std::vector<std::string> matrices{R"("scale": [[4, 1.2], [1.2, 1]])", R"("chol": [[2, 0], [0.6, 0.8]])"};
  for (const std::string& matrix : matrices) {
    const std::vector<double> x = sample(R"({"dist": "mv_student_t", "nu": 3, "mu": "[1, mu]", )" + matrix + "}", two);
    expect_continuous(sums(x, {1, 1}), student_t(3, 1.5, scale), student_t(30, 1.5, scale));
  }
  const std::vector<double> x =
      sample(R"({"dist": "mv_student_t", "nu": 3, "mu": "[1, mu]", "tau": [[2, 0.6], [0.6, 1]]})", two);
  expect_continuous(sums(x, {1, 0}), student_t(3, 1, std::sqrt(1 / 1.64)), student_t(3, 1, std::sqrt(0.5)));
}

TEST(EventGenerators, Shares) {
  const std::vector<double> x = sample(R"({"dist": "dirichlet", "a": "[mu, 2, 3.5]"})", "[20000, 3]");
  for (const double sum : sums(x, {1, 1, 1})) ASSERT_NEAR(sum, 1, 1e-14);
  expect_continuous(sums(x, {1, 0, 0}), beta(0.5, 5.5), beta(0.55, 5.45));
  expect_continuous(sums(x, {1, 1, 0}), beta(2.5, 3.5), beta(2.6, 3.4));
  const std::vector<double> tiny = sample(R"({"dist": "dirichlet", "a": [0.001, 0.001]})", "[20000, 2]");
  for (const double sum : sums(tiny, {1, 1})) ASSERT_NEAR(sum, 1, 1e-14) << "no shape underflows";
}

TEST(EventGenerators, CountsByShare) {
  const std::vector<double> x = sample(R"({"dist": "multinomial", "n": 20, "p": [0.2, 0.5, 0, 0.3]})", "[20000, 4]");
  for (const double sum : sums(x, {1, 1, 1, 1})) ASSERT_EQ(sum, 20);
  for (const double none : sums(x, {0, 0, 1, 0})) ASSERT_EQ(none, 0);
  expect_counts(sums(x, {1, 0, 0, 0}), binomial(20, 0.2), binomial(20, 0.21));
  expect_counts(sums(x, {0, 0, 0, 1}), binomial(20, 0.3), binomial(20, 0.31));
  expect_counts(sums(x, {1, 1, 0, 0}), binomial(20, 0.7), binomial(20, 0.69));
}

TEST(EventGenerators, Correlations) {
  const std::string nine = "[20000, 3, 3]";
  const auto element = [](std::size_t i) {
    std::vector<double> weights(9);
    weights[i] = 1;
    return weights;
  };
  const std::vector<double> r = sample(R"({"dist": "lkj_corr", "n": 3, "eta": "3 * mu"})", nine);
  for (const std::size_t off_diagonal : {1, 2, 5}) {  // every one has the shape eta - 1 + n / 2
    expect_continuous(sums(r, element(off_diagonal)), correlation(2), correlation(1.6));
    EXPECT_EQ(sums(r, element(off_diagonal)), sums(r, element((off_diagonal % 3) * 3 + off_diagonal / 3)));
  }
  for (const std::size_t diagonal : {0, 4, 8}) {
    for (const double one : sums(r, element(diagonal))) ASSERT_NEAR(one, 1, 1e-14);
  }
  const std::vector<double> factor = sample(R"({"dist": "lkj_corr_cholesky", "n": 3, "eta": 1.5})", nine);
  for (const std::size_t above : {1, 2, 5}) {
    for (const double zero : sums(factor, element(above))) ASSERT_EQ(zero, 0);
  }
  expect_continuous(sums(factor, element(3)), correlation(2), correlation(1.6));
  std::vector<double> partial;  // of the last two given the first
  for (std::size_t i = 0; i < factor.size(); i += 9) {
    partial.push_back(factor[i + 7] / std::sqrt(1 - factor[i + 6] * factor[i + 6]));
  }
  expect_continuous(partial, correlation(1.5), correlation(2));
}

TEST(EventGenerators, Series) {
  const std::vector<double> x =
      sample(R"({"dist": "ar", "rho": [0.5, -0.3], "sigma": "4 * mu", "constant": 1, "init_mu": 5, "init_sigma": 0.1})",
             "[20000, 3]");
  expect_continuous(sums(x, {1, 0, 0}), normal(5, 0.1), normal(5, 0.11));
  expect_continuous(sums(x, {0.3, -0.5, 1}), normal(1, 2), normal(1.15, 2));
  const std::vector<double> of_two = sample(R"({"dist": "ar", "rho": [0.5, 0.1, 0.1], "sigma": 1})", "[20000, 2]");
  expect_continuous(sums(of_two, {0, 1}), normal(0, 100), normal(0, 105));
}

TEST(EventGenerators, Mixtures) {
  const auto mixed = [](double w) {
    return [=](double x) { return w * cdf(bm::normal(-2, 1), x) + (1 - w) * cdf(bm::normal(0.5, 3), x); };
  };
  expect_continuous(sample(R"({"dist": "mixture", "w": [0.3, 0.7], "components": [
                      {"dist": "normal", "mu": -2, "sigma": 1}, {"dist": "normal", "mu": "mu", "sigma": 3}]})"),
                    mixed(0.3), mixed(0.35));
  expect_continuous(sample(R"({"dist": "mixture", "w": [0.3, 0.7], "components": {"dist": "normal", "mu": [-2, 0.5],
                "sigma": [1, 3]}})"),
                    mixed(0.3), mixed(0.35));
  const std::vector<double> vectors = sample(R"({"dist": "mixture", "w": [0.3, 0.7], "components": [
      {"dist": "mv_normal", "mu": [-2, 100], "cov": [[1, 0], [0, 1]]},
      {"dist": "mv_normal", "mu": [0.5, 200], "cov": [[9, 0], [0, 1]]}]})",
                                             "[20000, 2]");
  expect_continuous(sums(vectors, {1, 0}), mixed(0.3), mixed(0.35));
  for (std::size_t i = 0; i < vectors.size(); i += 2) {
    ASSERT_TRUE(vectors[i + 1] > 150 || vectors[i] < 5) << "both elements come from one component";
  }
}

TEST(EventGenerators, Truncated) {
  const auto between = [](const Cdf& base, double lower, double upper) {
    return [=](double x) { return (base(x) - base(lower)) / (base(upper) - base(lower)); };
  };
  const std::string lower = R"("lower": 1, )", normal_text = R"("dist": "normal", "mu": "mu", "sigma": 1})";
  expect_continuous(sample("{" + lower + normal_text), between(normal(0.5, 1), 1, 50), normal(0.5, 1));
  expect_continuous(sample(R"({"lower": "mu", "upper": 1, )" + normal_text), between(normal(0.5, 1), 0.5, 1),
                    between(normal(0.5, 1), 0.5, 1.05));
  expect_continuous(sample(R"({"lower": 3.5, )" + normal_text), between(normal(0.5, 1), 3.5, 8),
                    between(normal(1.2, 1), 3.5, 8));
  const Cdf poisson = [](double k) { return k < 0 ? 0 : cdf(bm::poisson(1.5), k); };
  expect_counts(
      sample(R"({"dist": "poisson", "mu": 1.5, "lower": 1, "upper": 4})"),
      [=](double k) { return std::clamp((poisson(k) - poisson(0)) / (poisson(4) - poisson(0)), 0.0, 1.0); }, poisson);
}

/// Five deviations away, where trying would give up.
TEST(EventGenerators, InvertWhereLittleLiesBetweenTheBounds) {
  const auto above_six = [](double mu) {
    const auto tail = [mu](double x) { return std::erfc((x - mu) / std::sqrt(2.0)); };
    return [=](double x) { return x < 6 ? 0 : 1 - tail(x) / tail(6); };
  };
  expect_continuous(sample(R"({"dist": "normal", "mu": "mu", "sigma": 1, "lower": 6})"), above_six(0.5), above_six(1));
}

TEST(EventGenerators, Censored) {
  const auto clipped = [](double rate) {
    return [=](double x) { return x < 0.5 ? 0 : x >= 2 ? 1 : 1 - std::exp(-rate * x); };
  };
  const std::vector<double> x =
      sample(R"({"dist": "censored", "base": {"dist": "exponential", "lam": "2 * mu"}, "lower": 0.5, "upper": 2})");
  const auto share = [&](double end) {
    return static_cast<double>(std::count(x.begin(), x.end(), end)) / static_cast<double>(x.size());
  };
  const auto expect_share = [&](double end, double p) {
    const double error = std::sqrt(p * (1 - p) / kSample);
    EXPECT_NEAR(share(end), p, 4 * error);
    EXPECT_GT(std::abs(share(end) - 1.2 * p), 4 * error) << "another share must not pass";
  };
  expect_share(0.5, clipped(1)(0.5));
  expect_share(2, std::exp(-2));
  EXPECT_EQ(*std::min_element(x.begin(), x.end()), 0.5);
  EXPECT_EQ(*std::max_element(x.begin(), x.end()), 2);
}

}  // namespace
}  // namespace exmc::density
