#include "generator_cases.hpp"

#include <algorithm>
#include <array>
#include <boost/math/distributions.hpp>
#include <boost/math/special_functions/beta.hpp>
#include <boost/math/special_functions/binomial.hpp>
#include <cmath>
#include <limits>
#include <numbers>

namespace exmc::density::testing {
namespace {

namespace bm = boost::math;
using Case = GeneratorCase;
using Cdf = std::function<double(double)>;

template <class Distribution>
Cdf of(Distribution distribution) {
  const auto [lower, upper] = bm::support(distribution);
  return [=, low = lower, high = upper](double x) { return x < low ? 0 : x >= high ? 1 : bm::cdf(distribution, x); };
}
template <class Distribution>
Cdf folded(Distribution distribution) {
  return [distribution](double x) { return 2 * bm::cdf(distribution, x) - 1; };
}
/// From a density that need not be normalised, by the trapezoidal rule.
Cdf integrated(const Cdf& density, double lower, double upper) {
  constexpr std::size_t cells = 100'000;
  const double width = (upper - lower) / cells;
  std::vector<double> sums{0};
  for (std::size_t i = 0; i < cells; ++i) {
    const double x = lower + width * static_cast<double>(i);
    sums.push_back(sums.back() + density(x) + density(x + width));
  }
  return [=](double x) {
    const double place = std::clamp((x - lower) / width, 0.0, cells - 1.0);
    const auto cell = static_cast<std::size_t>(place);
    return (sums[cell] + (place - static_cast<double>(cell)) * (sums[cell + 1] - sums[cell])) / sums.back();
  };
}
Cdf von_mises(double mu, double kappa) {
  const double reach = std::min(std::numbers::pi, 12 / std::sqrt(kappa));
  const auto density = [=](double x) { return std::exp(-2 * kappa * std::pow(std::sin(0.5 * (x - mu)), 2)); };
  const bool everywhere = reach == std::numbers::pi;
  return integrated(density, everywhere ? -reach : mu - reach, everywhere ? reach : mu + reach);
}
Cdf ex_gaussian(double mu, double sigma, double nu) {
  return [=](double x) {
    const double z = (x - mu) / sigma, r = sigma / nu;
    return bm::cdf(bm::normal(), z) - std::exp(r * (0.5 * r - z)) * bm::cdf(bm::normal(), z - r);
  };
}
Cdf beta_binomial(int n, double alpha, double beta) {
  std::vector<double> sums;
  for (int k = 0; k <= n; ++k) {
    const double ways = bm::binomial_coefficient<double>(static_cast<unsigned>(n), static_cast<unsigned>(k));
    const double one = ways * bm::beta(k + alpha, n - k + beta) / bm::beta(alpha, beta);
    sums.push_back(one + (sums.empty() ? 0 : sums.back()));
  }
  return [=](double k) { return k < 0 ? 0 : sums[std::min(static_cast<std::size_t>(k), sums.size() - 1)]; };
}
Cdf counts(const Cdf& cdf) {
  return [=](double k) { return k < 0 ? 0 : cdf(k); };
}
Cdf inflated(double psi, const Cdf& cdf) {
  return [=](double k) { return k < 0 ? 0 : 1 - psi + psi * cdf(k); };
}
Cdf negative_binomial(double mu, double alpha) {
  return counts(of(bm::negative_binomial(alpha, alpha / (alpha + mu))));
}

/// For large means, by Edgeworth's expansion; what is left out is of the order of 1 / mu.
Cdf poisson(double mu) {
  if (mu < 1e6) return counts(of(bm::poisson(mu)));
  return [=](double k) {
    const double z = (k + 0.5 - mu) / std::sqrt(mu);
    return bm::cdf(bm::normal(), z) + (1 - z * z) * bm::pdf(bm::normal(), z) / (6 * std::sqrt(mu));
  };
}

}  // namespace

std::vector<Case> continuous_cases() {
  std::vector<Case> all{{"normal", {{"mu", -3}, {"sigma", 2}}, of(bm::normal(-3, 2))},
                        {"normal", {{"mu", 1e6}, {"tau", 4}}, of(bm::normal(1e6, 0.5))},
                        {"half_normal", {{"sigma", 5}}, folded(bm::normal(0, 5))},
                        {"half_normal", {{"tau", 0.25}}, folded(bm::normal(0, 2))},
                        {"exponential", {{"lam", 50}}, of(bm::exponential(50))},
                        {"exponential", {{"scale", 3}}, of(bm::exponential(1 / 3.0))},
                        {"lognormal", {{"mu", 1}, {"sigma", 0.5}}, of(bm::lognormal(1, 0.5))},
                        {"lognormal", {{"mu", 1}, {"tau", 0.25}}, of(bm::lognormal(1, 2))},
                        {"cauchy", {{"alpha", 1}, {"beta", 2}}, of(bm::cauchy(1, 2))},
                        {"half_cauchy", {{"beta", 2}}, folded(bm::cauchy(0, 2))},
                        {"laplace", {{"mu", 1}, {"b", 2}}, of(bm::laplace(1, 2))},
                        {"logistic", {{"mu", 1}, {"s", 2}}, of(bm::logistic(1, 2))},
                        {"gumbel", {{"mu", 1}, {"beta", 2}}, of(bm::extreme_value(1, 2))},
                        {"pareto", {{"alpha", 3}, {"m", 2}}, of(bm::pareto(2, 3))},
                        {"pareto", {{"alpha", 0.1}, {"m", 2}}, of(bm::pareto(2, 0.1))},
                        {"uniform", {{"lower", -1}, {"upper", 5}}, of(bm::uniform(-1, 5))},
                        {"triangular", {{"lower", -1}, {"c", 0}, {"upper", 5}}, of(bm::triangular(-1, 0, 5))},
                        {"triangular", {{"lower", 0}, {"c", 0}, {"upper", 1}}, of(bm::triangular(0, 0, 1))},
                        {"ex_gaussian", {{"mu", -1}, {"sigma", 0.5}, {"nu", 2}}, ex_gaussian(-1, 0.5, 2)},
                        {"ex_gaussian", {{"mu", -1}, {"sigma", 3}, {"nu", 1}}, ex_gaussian(-1, 3, 1)},
                        {"gamma", {{"mu", 3}, {"sigma", 2}}, of(bm::gamma_distribution(9 / 4.0, 4 / 3.0))},
                        {"inverse_gamma", {{"mu", 3}, {"sigma", 2}}, of(bm::inverse_gamma(17 / 4.0, 3 * 13 / 4.0))},
                        {"beta", {{"mu", 0.25}, {"nu", 8}}, of(bm::beta_distribution(2.0, 6.0))},
                        {"beta", {{"mu", 0.25}, {"sigma", std::sqrt(0.1875 / 9)}}, of(bm::beta_distribution(2.0, 6.0))},
                        {"skew_normal", {{"mu", 1}, {"tau", 0.25}, {"alpha", -4}}, of(bm::skew_normal(1, 2, -4))},
                        {"half_student_t",
                         {{"nu", 4}, {"lam", 0.25}},
                         [](double x) { return 2 * bm::cdf(bm::students_t(4), x / 2) - 1; }},
                        {"wald", {{"mu", 2}, {"phi", 1.5}}, of(bm::inverse_gaussian(2, 3))},
                        {"wald", {{"lam", 3}, {"phi", 1.5}}, of(bm::inverse_gaussian(2, 3))}};
  for (const double alpha : {0.03, 0.7, 1.0, 4.5, 1e3, 1e8}) {
    all.push_back({"gamma", {{"alpha", alpha}, {"beta", 2}}, of(bm::gamma_distribution(alpha, 0.5))});
    all.push_back({"chi_squared", {{"nu", alpha}}, of(bm::chi_squared(alpha))});
    if (alpha > 0.1) all.push_back({"inverse_gamma", {{"alpha", alpha}, {"beta", 2}}, of(bm::inverse_gamma(alpha, 2))});
    all.push_back({"beta", {{"alpha", alpha}, {"beta", 2.5}}, of(bm::beta_distribution(alpha, 2.5))});
  }
  for (const double alpha : {0.5, 1.0, 6.0}) {
    all.push_back({"weibull", {{"alpha", alpha}, {"beta", 3}}, of(bm::weibull(alpha, 3))});
    all.push_back(
        {"skew_normal", {{"mu", 1}, {"sigma", 2}, {"alpha", 3 * alpha}}, of(bm::skew_normal(1, 2, 3 * alpha))});
    all.push_back({"kumaraswamy", {{"a", alpha}, {"b", 2}}, [=](double x) {
                     return x >= 1 ? 1 : 1 - std::pow(1 - std::pow(x, alpha), 2);
                   }});
  }
  for (const double nu : {0.3, 1.0, 5.0, 1e6}) {
    all.push_back({"student_t", {{"nu", nu}, {"mu", 1}, {"sigma", 2}}, [=](double x) {
                     return bm::cdf(bm::students_t(nu), (x - 1) / 2);
                   }});
    all.push_back({"half_student_t", {{"nu", nu}, {"sigma", 1}}, folded(bm::students_t(nu))});
  }
  for (const double lam : {0.01, 1.0, 100.0}) {
    all.push_back({"wald", {{"mu", 2}, {"lam", lam}}, of(bm::inverse_gaussian(2, lam))});
  }
  for (const double kappa : {1e-9, 0.3, 4.0, 300.0, 1e9}) {
    all.push_back({"von_mises", {{"mu", 0}, {"kappa", kappa}}, von_mises(0, kappa)});
  }
  all.push_back({"von_mises", {{"mu", 3}, {"kappa", 0.5}}, von_mises(3, 0.5)});
  return all;
}

std::vector<Case> discrete_cases() {
  std::vector<Case> all{
      {"bernoulli", {{"p", 0.3}}, of(bm::bernoulli(0.3)), true},
      {"bernoulli", {{"logit_p", 2}}, of(bm::bernoulli(1 / (1 + std::exp(-2.0)))), true},
      {"poisson", {{"log_mu", 2}}, counts(of(bm::poisson(std::exp(2.0)))), true},
      {"negative_binomial", {{"mu", 5}, {"alpha", 2}}, negative_binomial(5, 2), true},
      {"negative_binomial", {{"mu", 300}, {"alpha", 0.1}}, negative_binomial(300, 0.1), true},
      {"negative_binomial", {{"mu", 1e6}, {"alpha", 1e7}}, negative_binomial(1e6, 1e7), true},
      {"negative_binomial", {{"n", 3}, {"p", 0.2}}, counts(of(bm::negative_binomial(3, 0.2))), true},
      {"beta_binomial", {{"n", 20}, {"alpha", 0.5}, {"beta", 2}}, beta_binomial(20, 0.5, 2), true},
      {"beta_binomial", {{"n", 20}, {"alpha", 50}, {"beta", 20}}, beta_binomial(20, 50, 20), true},
      {"discrete_uniform", {{"lower", -3}, {"upper", 6}}, [](double k) { return std::min(1.0, (k + 4) / 10); }, true},
      {"discrete_uniform",
       {{"lower", 0}, {"upper", 6e15}},
       [](double k) { return std::min(1.0, (k + 1) / (6e15 + 1)); },
       true},
      {"zero_inflated_poisson", {{"psi", 0.6}, {"mu", 4}}, inflated(0.6, of(bm::poisson(4))), true},
      {"zero_inflated_binomial", {{"psi", 0.6}, {"n", 9}, {"p", 0.4}}, inflated(0.6, of(bm::binomial(9, 0.4))), true},
      {"zero_inflated_negative_binomial",
       {{"psi", 0.6}, {"mu", 4}, {"alpha", 2}},
       inflated(0.6, negative_binomial(4, 2)),
       true},
      {"binomial", {{"n", 30}, {"logit_p", -1}}, counts(of(bm::binomial(30, 1 / (1 + std::exp(1.0))))), true}};
  for (const double mu : {0.02, 3.0, 9.99, 10.0, 47.5, 1e4, 1e9, 1e14}) {
    all.push_back({"poisson", {{"mu", mu}}, poisson(mu), true});
  }
  for (const double n : {1.0, 7.0, 25.0, 400.0, 1e6}) {
    for (const double p : {1e-4, 0.3, 0.5, 0.96}) {
      all.push_back({"binomial", {{"n", n}, {"p", p}}, counts(of(bm::binomial(n, p))), true});
    }
  }
  const auto hyper_geometric = [](unsigned total, unsigned kind, unsigned drawn) {
    const auto law = of(bm::hypergeometric_distribution<>(kind, drawn, total));
    return Case{"hyper_geometric", {{"N", total}, {"k", kind}, {"n", drawn}}, law, true};
  };
  const std::vector<std::array<unsigned, 3>> urns{{50, 20, 6},  {50, 45, 46}, {60, 25, 30},      {60, 40, 30},
                                                  {60, 25, 40}, {60, 40, 45}, {3000, 700, 1200}, {9, 9, 4}};
  for (const auto& [total, kind, drawn] : urns) {
    all.push_back(hyper_geometric(total, kind, drawn));
  }
  for (const double p : {1e-8, 0.2, 0.999}) {
    all.push_back(
        {"geometric", {{"p", p}}, [=](double k) { return k < 1 ? 0 : bm::cdf(bm::geometric(p), k - 1); }, true});
  }
  return all;
}

}  // namespace exmc::density::testing
