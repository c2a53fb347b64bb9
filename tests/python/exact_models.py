"""The definitions behind tests/data/exact_model: nodes of a model whose free parameters are flat, x first, and the log
density as a textbook has it. Truncated, censored and mixed distributions."""
from mpmath import binomial, exp, expm1, factorial, fsum, inf, log, log1p, loggamma, mpf, pi, rf, sqrt

from exact_case import FROM_ZERO, SHARE, Case
from exact_cdf_counts import poisson
from exact_cdfs import ex_gaussian, exponential, gamma, normal, student_t, wald
import exact_counts as count_density
import exact_distributions as density

CASES = {}
FLAT = {"dist": "flat"}


def model(name, y, parameters, *grids, keep=None, nodes=None, ends=None):
    """Grids are values of x and of each parameter."""

    def add(log_density):
        case = Case(log_density, parameters.split(), grids, [], keep, ends)
        case.nodes = {**(nodes or {key: FLAT for key in ["x", *case.parameters]}), "y": y}
        CASES.setdefault(name, []).append(case)
        return log_density

    return add


def between(tails_of_lower, tails_of_upper):
    """ln P(lower < X < upper), from the tails that are smaller."""
    if tails_of_upper[0] < 0.5:
        return log(tails_of_upper[0] - tails_of_lower[0])
    return log(tails_of_lower[1] - tails_of_upper[1])


def total(density_of, data):
    return fsum(density_of(mpf(value)) for value in data)


LOCATIONS, SCALES = [-30, -1, 0.3, 8], [0.25, 1, 20]
Y = [0.5, 2.25]


@model("truncated", {"dist": "normal", "mu": "x", "sigma": "s", "lower": 0, "upper": 3, "shape": [2], "observed": Y}, "s",
       LOCATIONS, SCALES)
def truncated_normal(mu, s):
    inside = between(normal(mpf(0), mu, s), normal(mpf(3), mu, s))
    return total(lambda y: density.normal(y, mu, s) - inside, Y)


@model("truncated", {"dist": "zero_inflated_poisson", "psi": "w", "mu": "x", "lower": 2, "upper": 9, "observed": 3}, "w",
       [0.5, 4, 120.5], [2**-10, 0.5, 0.75])
def truncated_without_added_zeros(mu, w):
    """Between 2 and 9 are no added zeros: their share, however large, says nothing."""
    terms = [exp(k * log(mu) - mu - loggamma(k + 1)) for k in range(2, 10)]
    return log(terms[1]) - log(fsum(terms))


@model("truncated", {"dist": "normal", "mu": 0, "sigma": "s", "lower": "x", "upper": "b", "shape": [2], "observed": Y}, "s b",
       [-50, -1, 0.25], [0.25, 1, 20], [2.5, 40])
def truncated_by_parameters(lower, s, upper):
    inside = between(normal(lower, 0, s), normal(upper, 0, s))
    return total(lambda y: density.normal(y, 0, s) - inside, Y)


@model("truncated", {"dist": "normal", "mu": "x", "sigma": 1, "upper": "b", "observed": -20.5}, "b", [0, 17], [-20.25, 3])
def truncated_above(mu, upper):
    return density.normal(mpf(-20.5), mu, 1) - log(normal(upper, mu, 1)[0])


@model("truncated", {"dist": "gamma", "alpha": 3, "beta": "x", "lower": 0.25, "upper": "b", "shape": [2], "observed": Y}, "b",
       [1e-3, 0.7, 60], [2.5, 300])
def truncated_gamma(beta, upper):
    inside = between(gamma(mpf(0.25), mpf(3), beta), gamma(upper, mpf(3), beta))
    return total(lambda y: density.gamma(y, 3, beta) - inside, Y)


@model("truncated", {"dist": "student_t", "nu": 4, "mu": "x", "sigma": "s", "lower": 0, "shape": [2], "observed": Y}, "s",
       [-1e3, -1, 0.3, 8], SCALES)
def truncated_student_t(mu, s):
    return total(lambda y: density.student_t(y, 4, mu, s) - log(student_t(mpf(0), mpf(4), mu, s)[1]), Y)


@model("truncated", {"dist": "half_normal", "sigma": "x", "lower": -1, "upper": 3, "shape": [2], "observed": Y}, "",
       [0.25, 1, 1e3])
def truncated_half_normal(s):
    inside = log(normal(mpf(3), 0, s)[0] - normal(mpf(-3), 0, s)[0])
    return total(lambda y: density.half_normal(y, s) - inside, Y)


@model("truncated", {"dist": "ex_gaussian", "mu": "x", "sigma": 0.5, "nu": "n", "upper": 0.5, "observed": 0.25}, "n",
       [-300, 0.3, 3, 256], [2**-6, 1, 1000])
def truncated_ex_gaussian(mu, nu):
    return density.ex_gaussian(mpf(0.25), mu, mpf(0.5), nu) - log(ex_gaussian(mpf(0.5), mu, mpf(0.5), nu)[0])


@model("truncated", {"dist": "wald", "mu": "x", "lam": "l", "lower": 1.25, "observed": 2.25}, "l", [2**-13, 0.5, 4], [0.5, 1500])
def truncated_wald(mu, lam):
    return density.wald(mpf(2.25), mu, lam) - log(wald(mpf(1.25), mu, lam)[1])


COUNTS = [1, 4]


@model("truncated", {"dist": "poisson", "mu": "x", "lower": 1, "shape": [2], "observed": COUNTS}, "", [1e-6, 0.5, 30, 900])
def poisson_above_zero(mu):
    return total(lambda k: count_density.poisson(k, mu) - log(-expm1(-mu)), COUNTS)


@model("truncated", {"dist": "poisson", "log_mu": "x", "upper": 5, "shape": [2], "observed": [2, 5]}, "",
       [-800, -3, 0.5, 38, 232, 783])
def poisson_far_above(log_mu):
    """What is likely lies far beyond the bound: density and normaliser are e^-e^783."""
    inside = log(fsum(exp(k * log_mu) / factorial(k) for k in range(6)))
    return fsum(k * log_mu - log(factorial(k)) - inside for k in (2, 5))


@model("truncated", {"dist": "negative_binomial", "n": 1.5, "p": "x", "lower": 1, "upper": 9, "shape": [2], "observed": [1, 8]}, "",
       [2**-200, 2**-36, 0.5, 1 - 2**-20])
def negative_binomial_far_above(p):
    weights = [rf(mpf(1.5), k) / factorial(k) * (1 - p) ** k for k in range(10)]
    return log(weights[1]) + log(weights[8]) - 2 * log(fsum(weights[1:]))


@model("truncated", {"dist": "binomial", "n": 10, "p": "x", "lower": 8, "shape": [2], "observed": [8, 10]}, "",
       [2**-200, 2**-36, 0.5, 1 - 2**-20])
def binomial_far_below(p):
    weights = [binomial(10, k) * p**k * (1 - p) ** (10 - k) for k in range(11)]
    return log(weights[8]) + log(weights[10]) - 2 * log(fsum(weights[8:]))


@model("truncated", {"dist": "geometric", "p": "x", "lower": 2, "upper": 7, "observed": 3}, "", [2**-200, 2**-36, 0.5, 1 - 2**-20])
def geometric_far_above(p):
    return log1p(-p) - log(fsum((1 - p) ** k for k in range(6)))


@model("truncated", {"dist": "zero_inflated_poisson", "psi": "w", "mu": "x", "lower": 1, "observed": 2}, "w",
       [2**-40, 4, 900], [2**-300, 2**-36, 0.75])
def zeros_that_say_nothing(mu, w):
    """The gradient in w is 0, not what 1 / w and 1 / w leave."""
    return 2 * log(mu) - mu - log(2) - log(-expm1(-mu))


@model("truncated", {"dist": "poisson", "mu": "x", "lower": 1, "upper": 5, "shape": [2], "observed": COUNTS}, "",
       [1e-6, 0.5, 4, 30, 900])
def poisson_between(mu):
    inside = log(fsum(exp(count_density.poisson(k, mu)) for k in range(1, 6)))
    return total(lambda k: count_density.poisson(k, mu) - inside, COUNTS)


@model("truncated", {"dist": "poisson", "log_mu": "x", "lower": 1, "shape": [2], "observed": COUNTS}, "", [-800, -1, 3])
def poisson_above_zero_by_logarithm(log_mu):
    return poisson_above_zero(exp(log_mu))


@model("truncated", {"dist": "negative_binomial", "log_mu": "x", "alpha": 2, "lower": 1, "shape": [2], "observed": COUNTS}, "",
       [-800, -1, 3])
def negative_binomial_above_zero(log_mu):
    some = log(-expm1(-2 * log1p(exp(log_mu) / 2)))
    return total(lambda k: count_density.negative_binomial_log(k, log_mu, mpf(2)) - some, COUNTS)


@model("truncated", {"dist": "binomial", "n": 5, "logit_p": "x", "lower": 1, "shape": [2], "observed": COUNTS}, "",
       [-800, -1, 3, 40])
def binomial_above_zero(logit_p):
    some = log(-expm1(-5 * log1p(exp(logit_p))))
    return total(lambda k: count_density.binomial_logit(k, mpf(5), logit_p) - some, COUNTS)


CENSORED = [0, 0.7, 2]


@model("censored", {"dist": "censored", "base": {"dist": "normal", "mu": "x", "sigma": "s"}, "lower": 0, "upper": 2,
                    "shape": [3], "observed": CENSORED}, "s", LOCATIONS, SCALES)
def censored_normal(mu, s):
    ends = log(normal(mpf(0), mu, s)[0]) + log(normal(mpf(2), mu, s)[1])
    return density.normal(mpf(0.7), mu, s) + ends


@model("censored", {"dist": "censored", "base": {"dist": "exponential", "lam": "x"}, "upper": [2, 3, 3], "lower": 0,
                    "shape": [3], "observed": [1.5, 3, 0.25]}, "", [1e-6, 0.5, 40])
def censored_exponential(lam):
    inside = density.exponential(mpf(1.5), lam) + density.exponential(mpf(0.25), lam)
    return inside + log(exponential(mpf(3), lam)[1])


@model("censored", {"dist": "censored", "base": {"dist": "poisson", "mu": "x"}, "lower": 1, "upper": 5, "shape": [3],
                    "observed": [1, 4, 5]}, "", [1e-3, 0.5, 4, 30])
def censored_poisson(mu):
    ends = log(poisson(1, mu)[0]) + log(poisson(4, mu)[1])
    return count_density.poisson(mpf(4), mu) + ends


def mix(*parts):
    return log(fsum(w * exp(l) for w, l in parts))


def edge(distribution, parameters, count, log_density, at, end, bound):
    """The last count that is possible at the end of a parameter: in a mixture, and censored there."""
    base = {"dist": distribution, **parameters}
    components = [base, {"dist": "poisson", "mu": 2}]

    @model("mixture", {"dist": "mixture", "w": [0.25, 0.75], "components": components, "observed": count}, "", [at],
           ends={"x": end})
    def mixed(x):
        return mix((mpf(0.25), log_density(count, x)), (mpf(0.75), count_density.poisson(count, 2)))

    @model("censored", {"dist": "censored", "base": base, bound: count, "shape": [2], "observed": [count, count]}, "", [at],
           ends={"x": end})
    def censored(x):
        return 2 * log_density(count, x)


edge("poisson", {"mu": "x"}, 0, count_density.poisson, 0, FROM_ZERO, "lower")
edge("negative_binomial", {"mu": "x", "alpha": 2}, 0, lambda k, mu: count_density.negative_binomial(k, mu, mpf(2)), 0,
     FROM_ZERO, "lower")
edge("binomial", {"n": 5, "p": "x"}, 0, lambda k, p: count_density.binomial(k, mpf(5), p), 0, SHARE, "lower")
edge("binomial", {"n": 5, "p": "x"}, 5, lambda k, p: count_density.binomial(k, mpf(5), p), 1, SHARE, "upper")
edge("geometric", {"p": "x"}, 1, count_density.geometric, 1, SHARE, "lower")
edge("zero_inflated_poisson", {"psi": 0.5, "mu": "x"}, 0, lambda k, mu: count_density.zero_inflated_poisson(k, mpf(0.5), mu),
     0, FROM_ZERO, "lower")


NORMALS = [{"dist": "normal", "mu": "x", "sigma": 1}, {"dist": "normal", "mu": 2, "sigma": "s"}]


@model("mixture", {"dist": "mixture", "w": [0.25, 0.75], "components": NORMALS, "shape": [2], "observed": [-0.5, 50]}, "s",
       [-1000, -1, 0.3, 50], [0.25, 20])
def two_normals(mu, s):
    return total(lambda y: mix((mpf(0.25), density.normal(y, mu, 1)), (mpf(0.75), density.normal(y, 2, s))), [-0.5, 50])


@model("mixture", {"dist": "mixture", "w": "w", "components": NORMALS, "observed": 0.5}, "s a b", [-1, 300], [0.25, 20],
       [1e-10, 0.25, 0.875], [1 - 1e-10, 0.75, 0.125], keep=lambda mu, s, a, b: abs(a + b - 1) < 1e-12,
       nodes={"x": FLAT, "s": FLAT, "w": {"dist": "flat", "shape": [2]}})
def free_weights(mu, s, a, b):
    return mix((a, density.normal(mpf(0.5), mu, 1)), (b, density.normal(mpf(0.5), 2, s)))


@model("mixture", {"dist": "mixture", "w": [0.25, 0.75], "observed": 0.5, "components": [
    {"dist": "normal", "mu": "x", "sigma": "s"}, {"dist": "normal", "mu": "1 - x", "sigma": "s"}]}, "s", [-2**17, 2**18], [0.5, 1])
def mixture_of_two_far_away(x, s):
    """As far from one as from the other: the shares are the weights, however small the density."""
    return log(exp(density.normal(mpf(0.5), x, s)) / 4 + 3 * exp(density.normal(mpf(0.5), 1 - x, s)) / 4)


@model("mixture", {"dist": "mixture", "w": [0.125, 0.25, 0.5, 0.125],
                   "components": {"dist": "student_t", "nu": [3, 4, 5, 6], "mu": "m", "sigma": 2},
                   "shape": [2], "observed": Y}, "b c d", [-30, 0.5], [1], [4], [40],
       nodes={"m": {"dist": "flat", "shape": [4]}})
def one_for_all(*locations):
    weights = [0.125, 0.25, 0.5, 0.125]
    parts = list(zip(weights, [3, 4, 5, 6], locations))
    return total(lambda y: mix(*((mpf(w), density.student_t(y, nu, mu, 2)) for w, nu, mu in parts)), Y)


@model("mixture", {"dist": "mixture", "w": [0.5, 0.25, 0.25], "shape": [3], "observed": [-1.5, 0.5, 7], "components": [
    {"dist": "half_normal", "sigma": "x"}, {"dist": "laplace", "mu": 0, "b": "s"},
    {"dist": "normal", "mu": 0, "sigma": 1, "upper": 1}]}, "s", [0.25, 3], [0.5, 4])
def where_some_cannot_be(sigma, b):
    def truncated(y):
        return density.normal(y, 0, 1) - log(normal(mpf(1), 0, 1)[0]) if y < 1 else -inf

    def of(y):
        half = density.half_normal(y, sigma) if y > 0 else -inf
        return mix((mpf(0.5), half), (mpf(0.25), density.laplace(y, 0, b)), (mpf(0.25), truncated(y)))

    return total(of, [-1.5, 0.5, 7])


@model("mixture", {"dist": "mixture", "w": [0.5, 0.5], "shape": [3], "observed": [0, 3, 40], "components": [
    {"dist": "poisson", "mu": "x"}, {"dist": "negative_binomial", "mu": 5, "alpha": "a"}]}, "a", [0.25, 30], [0.5, 12])
def counts(mu, alpha):
    return total(lambda k: mix((mpf(0.5), count_density.poisson(k, mu)), (mpf(0.5), count_density.negative_binomial(k, 5, alpha))),
                 [0, 3, 40])


def forward(initial, transitions, log_emissions):
    """ln of the sum over all paths of hidden states."""
    states = range(len(initial))
    weights = [initial[k] * exp(log_emissions[0][k]) for k in states]
    for transition, here in zip(transitions, log_emissions[1:]):
        weights = [fsum(weights[j] * transition[j][k] for j in states) * exp(here[k]) for k in states]
    return log(fsum(weights))


SERIES = [0.5, -1.25, 40, 2, 1.5]
STAY = [[0.75, 0.25], [0.125, 0.875]]


@model("hmm", {"dist": "hmm", "initial": [0.25, 0.75], "transition": STAY, "shape": [5], "observed": SERIES,
               "emissions": [{"dist": "normal", "mu": "x", "sigma": "s"}, {"dist": "student_t", "nu": 3, "mu": 2, "sigma": 1}]}, "s",
       [-30, -1, 0.3, 8], [0.25, 20])
def hidden_emissions(mu, s):
    emissions = [[density.normal(mpf(y), mu, s), density.student_t(mpf(y), 3, 2, 1)] for y in SERIES]
    return forward([mpf(0.25), mpf(0.75)], 4 * [STAY], emissions)


def is_stochastic(*numbers):
    return all(abs(sum(row) - 1) < 1e-12 for row in zip(numbers[::2], numbers[1::2]))


SHARES = {"p": {"dist": "flat", "shape": [2]}, "q": {"dist": "flat", "shape": [2, 2]}}


@model("hmm", {"dist": "hmm", "initial": "p", "transition": "q", "observed": SERIES,
               "emissions": {"dist": "normal", "mu": [0, 2], "sigma": 3}}, "b c d e f", [0.25, 1e-10], [0.75, 1 - 1e-10],
       [0.75, 1e-10], [0.25, 1 - 1e-10], [0.125], [0.875], keep=is_stochastic, nodes=SHARES)
def hidden_probabilities(*shares):
    emissions = [[density.normal(mpf(y), mu, 3) for mu in (0, 2)] for y in SERIES]
    return forward(shares[:2], 4 * [[shares[2:4], shares[4:]]], emissions)


LEFT_TO_RIGHT = [[[0.5, 0.5, 0], [0, 0.25, 0.75], [0, 0, 1]], [[0.75, 0.25, 0], [0, 0.5, 0.5], [0, 0, 1]]]


@model("hmm", {"dist": "hmm", "initial": [1, 0, 0], "transition": LEFT_TO_RIGHT, "observed": [1, 90, 0],
               "emissions": {"dist": "poisson", "mu": "rates"}}, "a b", [1e-3, 2], [3], [0.5, 60],
       nodes={"x": FLAT, "a": FLAT, "b": FLAT, "rates": {"expr": "[x, a, b]"}})
def hidden_left_to_right(*rates):
    """The second count is likely in no state but the last, which cannot be reached by then."""
    emissions = [[count_density.poisson(mpf(y), rate) for rate in rates] for y in [1, 90, 0]]
    return forward([mpf(1), mpf(0), mpf(0)], LEFT_TO_RIGHT, emissions)


@model("hmm", {"dist": "hmm", "initial": [0.5, 0.5], "transition": [[[0.75, 0.25], [0.125, 0.875]]], "lengths": [3, 1],
               "shape": [2, 4], "observed": [[0, 3, 1, 0], [5, 0, 0, 0]],
               "emissions": [{"dist": "poisson", "mu": "x"}, {"dist": "poisson", "mu": "a"}]}, "a", [1e-3, 2], [3, 60])
def hidden_ragged(*rates):
    def of(counts):
        emissions = [[count_density.poisson(mpf(y), rate) for rate in rates] for y in counts]
        return forward([mpf(0.5), mpf(0.5)], len(counts) * [STAY], emissions)

    return of([0, 3, 1]) + of([5])


@model("value", {"dist": "normal", "mu": 0.5, "sigma": "s", "value": "log(x) - [0.25, 1.5]"}, "s", [1e-3, 0.7, 60], SCALES)
def normal_of_logarithm(x, s):
    return total(lambda y: density.normal(log(x) - y, mpf(0.5), s), [0.25, 1.5])


@model("value", {"dist": "gamma", "alpha": 3, "beta": "b", "value": "x**2"}, "b", [-3, 0.25, 20], [0.25, 1.5])
def gamma_of_square(x, b):
    return density.gamma(x**2, mpf(3), b)


@model("value", {"dist": "normal", "mu": "m", "sigma": 2, "lower": 0, "value": "exp(x)"}, "m", [-5, 0.25, 3], [-3, 4])
def truncated_normal_of_exponential(x, m):
    return density.normal(exp(x), m, mpf(2)) - log(normal(mpf(0), m, mpf(2))[1])


@model("value", {"dist": "mixture", "w": [0.25, 0.75], "value": "x - [1, 3]", "components": [
    {"dist": "normal", "mu": 0, "sigma": "s"}, {"dist": "exponential", "lam": 2}]}, "s", [-1, 2.5, 7], [0.25, 20])
def mixture_of_difference(x, s):
    """A component that cannot be where the value is adds nothing."""

    def one(y):
        normal_part = (mpf(0.25), density.normal(y, mpf(0), s))
        return mix(normal_part, (mpf(0.75), density.exponential(y, mpf(2)))) if y > 0 else mix(normal_part)

    return one(x - 1) + one(x - 3)


def function(text, parameters, *grids):
    return model("function", {"potential": text}, parameters, *grids)


@function("log_density(student_t(4, mu=m, sigma=2), [x, 1.5])", "m", [-40, 0.25, 3], [-3, 1000])
def density_of_student_t(x, m):
    return density.student_t(x, mpf(4), m, mpf(2)) + density.student_t(mpf(1.5), mpf(4), m, mpf(2))


@function("log_density(mixture([0.25, 0.75], [normal(m, 1), exponential(2)]), x)", "m", [-3, 0.25, 8], [-1, 4])
def density_of_mixture(x, m):
    parts = [(mpf(0.25), density.normal(x, m, mpf(1)))]
    return mix(*parts, (mpf(0.75), density.exponential(x, mpf(2)))) if x > 0 else mix(*parts)


@function("log_cdf(normal(m, s), x) + 2 * log_ccdf(normal(m, s), x)", "m s", [-30, 0.25, 8], [-1, 4], [0.25, 20])
def tails_of_normal(x, m, s):
    up_to, above = normal(x, m, s)
    return log(up_to) + 2 * log(above)


@function("log_ccdf(gamma(alpha=3, beta=b), x)", "b", [1e-3, 2.5, 40], [0.25, 3])
def tail_of_gamma(x, b):
    return log(gamma(x, mpf(3), b)[1])


@function("log_cdf(normal(m, 2, lower=-1, upper=3), x) + log_ccdf(normal(m, 2, lower=-1, upper=3), x)", "m", [-0.75, 1, 2.875],
          [-20, 0.5, 9])
def tails_of_truncated_normal(x, m):
    first, point, last = (normal(at, m, mpf(2)) for at in (mpf(-1), x, mpf(3)))
    return between(first, point) + between(point, last) - 2 * between(first, last)


@function("log_cdf(mixture([0.25, 0.75], [normal(m, 1), exponential(2)]), x)", "m", [0.25, 8], [-1, 4])
def tail_of_mixture(x, m):
    return mix((mpf(0.25), log(normal(x, m, mpf(1))[0])), (mpf(0.75), log(exponential(x, mpf(2))[0])))


@function("log_ccdf(poisson(x), [0, 3.5]) + log_cdf(poisson(x), 2)", "", [1e-3, 0.5, 4, 30])
def tails_of_poisson(mu):
    return log(poisson(0, mu)[1]) + log(poisson(3, mu)[1]) + 2 * log(poisson(2, mu)[0])


@function("log_density(poisson(x), [2, 3.5, -1])[0]", "", [0.5, 4])
def density_of_poisson(mu):
    return count_density.poisson(mpf(2), mu)
