#include <array>
#include <vector>

#include "count_tails.hpp"
#include "counts.hpp"
#include "variates.hpp"

/// Counts with zeros added.
namespace exmc::density {
namespace {

const Parameter kWeight{"psi", &kUnitInterval};

/// The operands of a distribution after psi.
template <auto operands>
std::vector<View> with_psi(Builder& builder, const Variable& v) {
  std::vector<View> all = operands(builder, v);
  all.insert(all.begin(), v["psi"]);
  return all;
}

/// A draw of the distribution whose operands follow psi, in a share psi of all cases, else 0.
template <class Draw>
double inflate(const double* p, RandomStream& random, Draw&& draw) {
  return random.uniform() < p[0] ? draw(p + 1) : 0.0;
}

const std::array kFamily = {
    Distribution{.name = "zero_inflated_poisson",
                 .about = "`psi` is the share that is not inflated",
                 .points = "counts from 0",
                 .parametrisations = {Parameters{kWeight, {"mu", &kNonNegative}}},
                 .generator = {with_psi<poisson_operands>,
                               [](const double* p, RandomStream& random) {
                                 return inflate(p, random, [&](const double* q) { return draw_poisson(q[0], random); });
                               }},
                 .support = nullptr,
                 .data = &kCount,
                 .discrete = true,
                 .lower = lower_poisson,
                 .cdf = {{poisson_tail, {}, poisson_ratio}}},
    Distribution{.name = "zero_inflated_binomial",
                 .about = "`psi` is the share that is not inflated",
                 .points = "0 to `n`",
                 .parametrisations = {Parameters{kWeight, kTrials, {"p", &kUnitInterval}}},
                 .generator = {with_psi<binomial_operands>,
                               [](const double* p, RandomStream& random) {
                                 return inflate(p, random,
                                                [&](const double* q) { return draw_binomial(q[0], q[1], random); });
                               }},
                 .support = nullptr,
                 .data = &kCount,
                 .discrete = true,
                 .upper_bound = "n",
                 .lower = lower_binomial,
                 .cdf = {{binomial_tail, {}, binomial_ratio}}},
    Distribution{.name = "zero_inflated_negative_binomial",
                 .about = "`psi` is the share that is not inflated",
                 .points = "counts from 0",
                 .parametrisations = {Parameters{kWeight, {"mu", &kNonNegative}, {"alpha", &kPositive}},
                                      Parameters{kWeight, {"n", &kPositive}, {"p", &kPositiveShare}}},
                 .generator = {with_psi<negative_binomial_operands>,
                               [](const double* p, RandomStream& random) {
                                 return inflate(p, random,
                                                [&](const double* q) { return draw_negative_binomial(q, random); });
                               }},
                 .support = nullptr,
                 .data = &kCount,
                 .discrete = true,
                 .lower = lower_negative_binomial,
                 .cdf = {{negative_binomial_tail, {"alpha", "n"}, negative_binomial_ratio}}},
};

}  // namespace

std::span<const Distribution> zero_inflated_family() { return kFamily; }

}  // namespace exmc::density
