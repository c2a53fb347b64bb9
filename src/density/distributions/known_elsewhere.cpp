#include "known_elsewhere.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace exmc::density {
namespace {

using Entry = std::pair<std::string_view, std::string_view>;

constexpr std::array kDistributions = std::to_array<Entry>({
    {"bern", R"("bernoulli")"},
    {"bernoulli_logit", R"("bernoulli" with "logit_p")"},
    {"bernoulli_logit_glm", R"("bernoulli" with "logit_p": "alpha + X @ beta")"},
    {"beta_proportion", R"("beta" with "mu" and "nu")"},
    {"binom", R"("binomial")"},
    {"binomial_logit", R"("binomial" with "logit_p")"},
    {"categorical_logit", R"("categorical" with "logit_p")"},
    {"chi_square", R"("chi_squared")"},
    {"chi2", R"("chi_squared")"},
    {"dbern", R"("bernoulli")"},
    {"dbin", R"("binomial")"},
    {"dnorm", R"("normal", whose second parameter is "sigma", or "tau" as in BUGS)"},
    {"dpois", R"("poisson")"},
    {"double_exponential", R"("laplace")"},
    {"dunif", R"("uniform")"},
    {"expon", R"("exponential" with "scale")"},
    {"gaussian", R"("normal")"},
    {"inv_chi_square", R"("inverse_gamma" with alpha nu / 2 and beta 1 / 2)"},
    {"inv_gamma", R"("inverse_gamma")"},
    {"invgamma", R"("inverse_gamma")"},
    {"lkj", R"("lkj_corr")"},
    {"lkj_cholesky_cov", R"("lkj_corr_cholesky" and a vector of scales)"},
    {"lnorm", R"("lognormal")"},
    {"multi_normal", R"("mv_normal" with "cov")"},
    {"multi_normal_cholesky", R"("mv_normal" with "chol")"},
    {"multi_normal_prec", R"("mv_normal" with "tau")"},
    {"multi_student_t", R"("mv_student_t")"},
    {"multinomial_logit", R"x("multinomial" with "p": "softmax(eta)")x"},
    {"multivariate_normal", R"("mv_normal")"},
    {"nbinom", R"("negative_binomial" with "n" and "p")"},
    {"neg_binomial", R"("negative_binomial" with "n" alpha and "p" beta / (beta + 1))"},
    {"neg_binomial_2", R"("negative_binomial" with "mu" and "alpha")"},
    {"neg_binomial_2_log", R"("negative_binomial" with "log_mu" and "alpha")"},
    {"norm", R"("normal")"},
    {"normal_id_glm", R"("normal" with "mu": "alpha + X @ beta")"},
    {"ordered_logit", R"("ordered_logistic")"},
    {"poisson_log", R"("poisson" with "log_mu")"},
    {"poisson_log_glm", R"("poisson" with "log_mu": "alpha + X @ beta")"},
    {"scaled_inv_chi_square", R"("inverse_gamma" with alpha nu / 2 and beta nu sigma^2 / 2)"},
    {"std_normal", R"("normal" with "mu": 0, "sigma": 1)"},
    {"t", R"("student_t")"},
    {"truncated", R"(the distribution itself with "lower" and "upper")"},
    {"truncated_normal", R"("normal" with "lower" and "upper")"},
    {"truncnorm", R"("normal" with "lower" and "upper")"},
    {"unif", R"("uniform")"},
});

/// More than one where it depends on the distribution: the first that this one has.
constexpr std::array kParameters = std::to_array<Entry>({
    {"L", "chol"},
    {"a", "alpha"},
    {"b", "beta"},
    {"cholesky", "chol"},
    {"concentration", "a"},
    {"concentration", "alpha"},
    {"concentration", "kappa"},
    {"covariance", "cov"},
    {"covariance_matrix", "cov"},
    {"df", "nu"},
    {"dof", "nu"},
    {"lambda", "lam"},
    {"lambda", "mu"},
    {"loc", "mu"},
    {"loc", "alpha"},
    {"location", "mu"},
    {"location", "alpha"},
    {"log_lambda", "log_mu"},
    {"log_rate", "log_mu"},
    {"logit", "logit_p"},
    {"logits", "logit_p"},
    {"mean", "mu"},
    {"phi", "alpha"},
    {"prec", "tau"},
    {"precision", "tau"},
    {"prob", "p"},
    {"probs", "p"},
    {"rate", "lam"},
    {"rate", "beta"},
    {"rate", "mu"},
    {"scale", "sigma"},
    {"scale", "b"},
    {"scale", "beta"},
    {"scale", "s"},
    {"scale_tril", "chol"},
    {"sd", "sigma"},
    {"size", "n"},
    {"std", "sigma"},
    {"stddev", "sigma"},
    {"theta", "p"},
    {"total_count", "n"},
    {"trials", "n"},
});

}  // namespace

std::string_view distribution_known_elsewhere(std::string_view name) {
  const auto* const found = std::ranges::find(kDistributions, name, &Entry::first);
  return found != kDistributions.end() ? found->second : std::string_view{};
}

std::string parameter_known_elsewhere(std::string_view name, std::span<const std::string> known) {
  for (const auto& [elsewhere, here] : kParameters) {
    if (elsewhere == name && std::ranges::find(known, here) != known.end()) return std::string(here);
  }
  return {};
}

}  // namespace exmc::density
