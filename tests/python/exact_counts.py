"""The same as exact_distributions, of counts."""
from mpmath import exp, log, log1p, loggamma

from exact_case import FROM_ZERO, SHARE, case, times

COUNTS = [0, 1, 4, 30]


@case("poisson", "mu", COUNTS, [1e-10, 0.3, 4, 45, 1e4], constant=["x"])
@case("poisson", "mu", [10**6, 10**10], [1e6, 1.001e6, 9.999e9], constant=["x"])
@case("poisson", "mu", [0], [0, 1e-300], constant=["x"], ends={"mu": FROM_ZERO})
def poisson(k, mu):
    return times(k, lambda: log(mu)) - mu - loggamma(k + 1)


@case("poisson", "log_mu", COUNTS, [-800, -40, -1, 0, 1e-10, 2.5, 40], constant=["x"])
@case("poisson", "log_mu", [10**6], [13.8, 13.9], constant=["x"])
def poisson_log(k, log_mu):
    return k * log_mu - exp(log_mu) - loggamma(k + 1)


@case("negative_binomial", "mu alpha", COUNTS, [1e-10, 0.3, 4, 1e4], [1e-3, 0.5, 1, 12, 1e6, 1e10], constant=["x"])
@case("negative_binomial", "mu alpha", [10**6], [1e6, 1.1e6], [3, 1e6, 1e10], constant=["x"])
@case("negative_binomial", "mu alpha", [0], [0, 1e-100], [0.5, 1e6], constant=["x"], ends={"mu": FROM_ZERO})
def negative_binomial(k, mu, alpha):
    combinations = loggamma(k + alpha) - loggamma(alpha) - loggamma(k + 1)
    return combinations + alpha * log(alpha / (alpha + mu)) + times(k, lambda: log(mu / (alpha + mu)))


@case("negative_binomial", "log_mu alpha", COUNTS, [-800, -40, -1, 0, 2.5, 40, 800], [1e-3, 0.5, 12, 1e6], constant=["x"])
@case("negative_binomial", "log_mu alpha", [10**6], [13.8, 13.9], [3, 1e6, 1e10], constant=["x"])
def negative_binomial_log(k, log_mu, alpha):
    return negative_binomial(k, exp(log_mu), alpha)


@case("negative_binomial", "n p", COUNTS, [0.5, 3, 400], [1e-300, 1e-6, 0.25, 1 - 2**-20], constant=["x"])
@case("negative_binomial", "n p", [0], [0.5, 400], [1], constant=["x"], ends={"p": SHARE})
@case("negative_binomial", "n p", [0, 3, 10**15], [1e15], [0.5, 1 - 2**-50], constant=["x"])
def negative_binomial_p(k, n, p):
    return loggamma(k + n) - loggamma(n) - loggamma(k + 1) + n * log(p) + times(k, lambda: log1p(-p))


@case("geometric", "p", [1, 2, 30, 10**6], [1e-10, 1e-3, 0.3, 0.75, 1 - 2**-20], constant=["x"])
@case("geometric", "p", [1], [1, 1e-300], constant=["x"], ends={"p": SHARE})
def geometric(k, p):
    return log(p) + times(k - 1, lambda: log1p(-p))


def combinations(n, k):
    return loggamma(n + 1) - loggamma(k + 1) - loggamma(n - k + 1)


TRIALS = dict(constant=["x", "n"], keep=lambda y, n, *_: y <= n)


@case("binomial", "n p", [0, 1, 4, 10], [0, 1, 10, 25], [1e-10, 1e-3, 0.3, 0.75, 1 - 2**-20], **TRIALS)
@case("binomial", "n p", [10**6, 250001], [10**6, 4 * 10**6], [0.25, 0.2501], **TRIALS)
@case("binomial", "n p", [0], [0, 1, 10], [0, 1e-300], ends={"p": SHARE}, **TRIALS)
@case("binomial", "n p", [0, 1, 10], [0, 1, 10], [1], constant=["x", "n"], ends={"p": SHARE}, keep=lambda y, n, p: y == n)
def binomial(y, n, p):
    return combinations(n, y) + times(y, lambda: log(p)) + times(n - y, lambda: log1p(-p))


@case("binomial", "n logit_p", [0, 1, 4, 10], [0, 1, 10, 25], [-800, -40, -1, 0, 1e-10, 2.5, 40, 800], **TRIALS)
@case("binomial", "n logit_p", [10**6], [4 * 10**6], [-1.0986, -1.09], **TRIALS)
def binomial_logit(y, n, logit_p):
    return combinations(n, y) - y * log1p(exp(-logit_p)) - (n - y) * log1p(exp(logit_p))


SIZES = [1e-3, 0.5, 3, 400]


@case("beta_binomial", "alpha beta n", [0, 1, 4, 10], SIZES, SIZES, [0, 10, 25], constant=["x", "n"],
      keep=lambda y, a, b, n: y <= n)
@case("beta_binomial", "alpha beta n", [250001], [1e6], [3e6], [10**6], constant=["x", "n"])
def beta_binomial(y, a, b, n):
    above = loggamma(y + a) + loggamma(n - y + b) - loggamma(n + a + b)
    return combinations(n, y) + above - loggamma(a) - loggamma(b) + loggamma(a + b)


@case("discrete_uniform", "lower upper", [-1, 3], [-1, -1000], [3, 10**6], constant=["x", "lower", "upper"])
def discrete_uniform(x, lower, upper):
    return -log(upper - lower + 1)


WEIGHTS = [1e-10, 0.3, 0.875]
ENDS = {"psi": SHARE, "mu": FROM_ZERO, "p": SHARE}


def zero_inflated(k, psi, log_density):
    return log(psi) + log_density() if k > 0 else log(1 - psi + times(psi, lambda: exp(log_density())))


@case("zero_inflated_poisson", "psi mu", COUNTS, WEIGHTS, [1e-10, 0.3, 4, 45], constant=["x"])
@case("zero_inflated_poisson", "psi mu", [0], [0, 0.3], [0, 0.3, 800], constant=["x"], ends=ENDS)
@case("zero_inflated_poisson", "psi mu", [0], [1], [0, 0.3, 20], constant=["x"], ends=ENDS)
@case("zero_inflated_poisson", "psi mu", [4], [1], [0.3, 800], constant=["x"], ends=ENDS)
def zero_inflated_poisson(k, psi, mu):
    return zero_inflated(k, psi, lambda: poisson(k, mu))


@case("zero_inflated_binomial", "psi n p", [0, 1, 10], WEIGHTS, [10, 25], [1e-10, 0.3, 0.75], constant=["x", "n"])
@case("zero_inflated_binomial", "psi n p", [0], [0, 0.3, 1], [0, 10], [0, 0.3], constant=["x", "n"], ends=ENDS)
@case("zero_inflated_binomial", "psi n p", [10], [0.3, 1], [10], [0.3, 1], constant=["x", "n"], ends=ENDS)
def zero_inflated_binomial(k, psi, n, p):
    return zero_inflated(k, psi, lambda: binomial(k, n, p))


@case("zero_inflated_negative_binomial", "psi mu alpha", COUNTS, WEIGHTS, [0.3, 4], [0.5, 12, 1e6], constant=["x"])
@case("zero_inflated_negative_binomial", "psi mu alpha", [0], [0, 0.3, 1], [0, 4], [0.5, 1e6], constant=["x"], ends=ENDS)
def zero_inflated_negative_binomial(k, psi, mu, alpha):
    return zero_inflated(k, psi, lambda: negative_binomial(k, mu, alpha))


@case("zero_inflated_negative_binomial", "psi n p", COUNTS, WEIGHTS, [0.5, 12], [0.25, 0.875], constant=["x"])
@case("zero_inflated_negative_binomial", "psi n p", [0], [0, 0.3, 1], [0.5, 12], [0.25, 1], constant=["x"], ends=ENDS)
def zero_inflated_negative_binomial_p(k, psi, n, p):
    return zero_inflated(k, psi, lambda: negative_binomial_p(k, n, p))


@case("hyper_geometric", "N k n", [0, 2, 5], [12], [5, 7], [6, 10], constant=["x", "N", "k", "n"],
      keep=lambda x, N, k, n: max(0, n + k - N) <= x <= min(k, n))
@case("hyper_geometric", "N k n", [300], [10**6], [3000], [10**5], constant=["x", "N", "k", "n"])
@case("hyper_geometric", "N k n", [3], [3], [3], [3], constant=["x", "N", "k", "n"])
def hyper_geometric(x, N, k, n):
    return combinations(k, x) + combinations(N - k, n - x) - combinations(N, n)
