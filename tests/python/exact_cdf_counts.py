"""The same as exact_cdfs, of counts."""
from mpmath import exp, fsum, log1p, mpf

import exact_counts as density
from exact_case import FROM_ZERO, SHARE
from exact_cdfs import beta, cdf, gamma, incomplete_beta, uniform

COUNTS = [0, 1, 4, 30]


@cdf("poisson", "mu", COUNTS, [1e-10, 0.3, 4, 45, 900], constant=["x"])
def poisson(k, mu):
    return gamma(mu, mpf(k) + 1, 1)[::-1]


@cdf("poisson", "log_mu", COUNTS, [-800, -30, -1, 0, 2.5, 6], constant=["x"])
def poisson_log(k, log_mu):
    return poisson(k, exp(log_mu))


@cdf("negative_binomial", "mu alpha", COUNTS, [1e-3, 0.3, 4, 400], [0.1, 1, 12], constant=["x", "alpha"])
def negative_binomial(k, mu, alpha):
    return negative_binomial_p(k, alpha, alpha / (alpha + mu))


@cdf("negative_binomial", "log_mu alpha", COUNTS, [-800, -1, 0.5, 6], [0.1, 1, 12], constant=["x", "alpha"])
def negative_binomial_log(k, log_mu, alpha):
    mu = exp(log_mu)
    return incomplete_beta(alpha, mpf(k) + 1, alpha / (alpha + mu), mu / (alpha + mu))


@cdf("negative_binomial", "n p", COUNTS, [0.5, 3, 40], [1e-3, 0.25, 1 - 2**-20], constant=["x", "n"])
def negative_binomial_p(k, n, p):
    return beta(p, n, mpf(k) + 1)


@cdf("geometric", "p", [1, 2, 30, 10**6], [1e-10, 1e-3, 0.3, 0.75], constant=["x"], keep=lambda k, p: k * p < 1e4)
def geometric(k, p):
    upper = exp(k * log1p(-p))
    return 1 - upper, upper


TRIALS = dict(constant=["x", "n"], keep=lambda y, n, *_: y < n)


@cdf("binomial", "n p", [0, 1, 4, 10], [1, 10, 25, 900], [1e-10, 1e-3, 0.3, 0.75, 1 - 2**-20], **TRIALS)
def binomial(y, n, p):
    return beta(1 - p, mpf(n) - y, mpf(y) + 1)


@cdf("binomial", "n logit_p", [0, 1, 4], [1, 10, 25], [-800, -40, -1, 0, 2.5, 40, 800], **TRIALS)
def binomial_logit(y, n, logit_p):
    return incomplete_beta(mpf(n) - y, mpf(y) + 1, 1 / (1 + exp(logit_p)), 1 / (1 + exp(-logit_p)))


@cdf("bernoulli", "p", [0], [1e-100, 0.3, 1 - 2**-30], constant=["x"])
def bernoulli(x, p):
    return 1 - p, p


@cdf("bernoulli", "logit_p", [0], [-40, -1, 0, 40], constant=["x"])
def bernoulli_logit(x, logit_p):
    return 1 / (1 + exp(logit_p)), 1 / (1 + exp(-logit_p))


@cdf("discrete_uniform", "lower upper", [-1, 3], [-1, -1000], [4, 10**6], constant=["x", "lower", "upper"])
def discrete_uniform(x, lower, upper):
    return uniform(mpf(x) + 1, mpf(lower), mpf(upper) + 1)


WEIGHTS = [1e-10, 0.3, 0.875]


def zero_inflated(psi, tails):
    return 1 - psi + psi * tails[0], psi * tails[1]


@cdf("zero_inflated_poisson", "psi mu", COUNTS, WEIGHTS, [1e-10, 0.3, 4, 45], constant=["x"])
def zero_inflated_poisson(k, psi, mu):
    return zero_inflated(psi, poisson(k, mu))


@cdf("zero_inflated_binomial", "psi n p", [0, 1, 9], WEIGHTS, [10, 25], [1e-10, 0.3, 0.75], constant=["x", "n"])
def zero_inflated_binomial(k, psi, n, p):
    return zero_inflated(psi, binomial(k, n, p))


@cdf("zero_inflated_negative_binomial", "psi mu alpha", COUNTS, WEIGHTS, [0.3, 4], [0.5, 12], constant=["x", "alpha"])
def zero_inflated_negative_binomial(k, psi, mu, alpha):
    return zero_inflated(psi, negative_binomial(k, mu, alpha))


@cdf("zero_inflated_negative_binomial", "psi n p", COUNTS, WEIGHTS, [0.5, 12], [0.25, 0.875], constant=["x", "n"])
def zero_inflated_negative_binomial_p(k, psi, n, p):
    return zero_inflated(psi, negative_binomial_p(k, n, p))


def summed(log_density):
    """Both tails by a sum, for points where other formulas divide by 0."""

    def tails(k, *parameters):
        lower = fsum(exp(log_density(mpf(j), *parameters)) for j in range(int(k) + 1))
        return lower, 1 - lower

    return tails


ENDS = {"psi": SHARE, "mu": FROM_ZERO, "p": SHARE}
AT_ZERO = dict(ends=ENDS, tails=["lower"])
cdf("poisson", "mu", [0, 1, 4], [0], constant=["x"], **AT_ZERO)(summed(density.poisson))
cdf("binomial", "n p", [0, 1, 4], [5], [0], constant=["x", "n"], **AT_ZERO)(summed(density.binomial))
cdf("binomial", "n p", [0, 1, 4], [5], [1], constant=["x", "n"], ends=ENDS, tails=["upper"])(
    lambda k, n, p: summed(density.binomial)(n - 1 - k, n, 1 - p)[::-1])
cdf("bernoulli", "p", [0], [0], constant=["x"], **AT_ZERO)(bernoulli)
cdf("bernoulli", "p", [0], [1], constant=["x"], ends=ENDS, tails=["upper"])(bernoulli)
cdf("geometric", "p", [1, 4], [1], constant=["x"], **AT_ZERO)(lambda k, p: (1 - (1 - p) ** k, (1 - p) ** k))
cdf("geometric", "p", [1, 4], [0], constant=["x"], ends=ENDS, tails=["upper"])(
    lambda k, p: (1 - (1 - p) ** k, (1 - p) ** k))
cdf("negative_binomial", "mu alpha", [0, 1], [0], [0.5, 12], constant=["x", "alpha"], **AT_ZERO)(
    summed(density.negative_binomial))
cdf("negative_binomial", "n p", [0, 1], [0.5, 12], [1], constant=["x", "n"], **AT_ZERO)(summed(density.negative_binomial_p))
cdf("zero_inflated_poisson", "psi mu", [0, 1], [0, 0.3, 1], [0, 4], constant=["x"], **AT_ZERO)(
    summed(density.zero_inflated_poisson))
cdf("zero_inflated_binomial", "psi n p", [0, 1], [0, 0.3, 1], [5], [0, 0.3], constant=["x", "n"], **AT_ZERO)(
    summed(density.zero_inflated_binomial))
cdf("zero_inflated_negative_binomial", "psi mu alpha", [0, 1], [0, 0.3, 1], [0, 4], [0.5], constant=["x", "alpha"],
    **AT_ZERO)(summed(density.zero_inflated_negative_binomial))
