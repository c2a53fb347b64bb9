"""The definitions behind tests/data/exact: each continuous distribution of numbers as a textbook has it, and where it is
evaluated."""
from mpmath import besseli, cos, erfc, exp, log, log1p, loggamma, mpf, pi, sqrt

from exact_case import SHARE, case

REALS = [-1e100, -37.5, -1, 0, 0.3, 5]
LOCATIONS = [-2.5, 0, 1e4]
SCALES = [1e-3, 1, 40]


@case("normal", "mu sigma", REALS, LOCATIONS, SCALES)
def normal(x, mu, sigma):
    return -(((x - mu) / sigma) ** 2) / 2 - log(sigma) - log(2 * pi) / 2


@case("half_normal", "sigma", [0, 1e-100, 0.3, 5, 1e100], [1e-3, 1, 40])
def half_normal(x, sigma):
    return normal(x, 0, sigma) + log(mpf(2))


@case("exponential", "lam", [0, 1e-100, 0.3, 5, 1e100], [1e-100, 1e-3, 1, 40])
def exponential(x, lam):
    return log(lam) - lam * x


@case("student_t", "nu mu sigma", [-1e170, 1e300], [0.5, 4, 1e10], [-2.5], [1, 40])
@case("student_t", "nu mu sigma", [-1e100, -37.5, 0, 0.3, 5], [1e-3, 0.5, 1, 4, 9.99, 1e3, 1e10], [-2.5, 0], SCALES)
def student_t(x, nu, mu, sigma):
    z = (x - mu) / sigma
    normaliser = loggamma((nu + 1) / 2) - loggamma(nu / 2) - log(pi * nu) / 2 - log(sigma)
    return normaliser - (nu + 1) / 2 * log1p(z * z / nu)


@case("bernoulli", "p", [0, 1], [1e-100, 1e-3, 0.3, 0.5, 1 - 2**-30], constant=["x"])
@case("bernoulli", "p", [0, 1], [0, 1], constant=["x"], keep=lambda x, p: x == p, ends={"p": SHARE})
def bernoulli(x, p):
    return log(p) if x == 1 else log1p(-p)


@case("bernoulli", "logit_p", [0, 1], [-1e100, -800, -40, -1, 0, 1e-10, 3, 40, 800], constant=["x"])
def bernoulli_logit(x, logit_p):
    return -log1p(exp(-logit_p if x == 1 else logit_p)) if abs(logit_p) < 1e3 else min(0, logit_p if x == 1 else -logit_p)


@case("gaussian_random_walk", "mu sigma init_mu init_sigma", [[0.5], [0.5, -1, 3], [-40, 1e4, 0, 1e-3, 2]],
      [0, -0.5], [1e-2, 3], [0, 1.5], [0.5, 100])
def gaussian_random_walk(x, mu, sigma, init_mu, init_sigma):
    steps = (normal(b - a, mu, sigma) for a, b in zip(x, x[1:]))
    return normal(x[0], init_mu, init_sigma) + sum(steps)


@case("normal", "mu tau", REALS, [-2.5, 0], [1e-6, 4.5])
def normal_tau(x, mu, tau):
    return normal(x, mu, 1 / sqrt(tau))


@case("half_normal", "tau", [0, 0.3, 5], [1e-6, 4.5])
def half_normal_tau(x, tau):
    return half_normal(x, 1 / sqrt(tau))


@case("exponential", "scale", [0, 0.3, 5, 1e10], [1e-3, 1, 40])
def exponential_scale(x, scale):
    return exponential(x, 1 / scale)


@case("student_t", "nu mu lam", [-37.5, 0, 5], [0.5, 30], [-2.5, 0], [1e-4, 7])
def student_t_lam(x, nu, mu, lam):
    return student_t(x, nu, mu, 1 / sqrt(lam))


@case("half_student_t", "nu sigma", [1e170, 1e300], [1, 4], [1, 40])
@case("half_student_t", "nu sigma", [0, 1e-100, 0.3, 5, 1e100], [1e-3, 1, 4, 1e10], SCALES)
def half_student_t(x, nu, sigma):
    return student_t(x, nu, 0, sigma) + log(mpf(2))


@case("half_student_t", "nu lam", [0, 5], [0.5, 30], [1e-4, 7])
def half_student_t_lam(x, nu, lam):
    return half_student_t(x, nu, 1 / sqrt(lam))


@case("cauchy", "alpha beta", REALS + [1e170, -1e300], LOCATIONS, SCALES)
def cauchy(x, alpha, beta):
    return -log(pi) - log(beta) - log1p(((x - alpha) / beta) ** 2)


@case("half_cauchy", "beta", [0, 1e-100, 0.3, 5, 1e100, 1e170, 1e300], SCALES)
def half_cauchy(x, beta):
    return cauchy(x, 0, beta) + log(mpf(2))


@case("laplace", "mu b", REALS, [-2.5, 0.1, 1e4], SCALES)
def laplace(x, mu, b):
    return -log(2 * b) - abs(x - mu) / b


@case("logistic", "mu s", REALS, [-2.5, 0, 1e4], SCALES)
def logistic(x, mu, s):
    z = abs(x - mu) / s
    return -z - log(s) - 2 * log1p(exp(-z))


@case("gumbel", "mu beta", [-37.5, -1, 0, 0.3, 5, 1e100], [-2.5, 0, 50], [0.3, 1, 40])
def gumbel(x, mu, beta):
    z = (x - mu) / beta
    return -z - exp(-z) - log(beta)


POSITIVES = [1e-100, 1e-3, 0.7, 5, 1e10]


@case("lognormal", "mu sigma", POSITIVES + [1e100], [-2.5, 0, 40], SCALES)
def lognormal(x, mu, sigma):
    return normal(log(x), mu, sigma) - log(x)


@case("lognormal", "mu tau", [1e-100, 0.7, 5], [-2.5, 0], [1e-6, 4.5])
def lognormal_tau(x, mu, tau):
    return lognormal(x, mu, 1 / sqrt(tau))


@case("weibull", "alpha beta", POSITIVES, [1e-3, 0.5, 1, 1.5, 12], [0.3, 6], keep=lambda x, a, b: a * log(x / b) < 100)
def weibull(x, alpha, beta):
    return log(alpha) - alpha * log(beta) + (alpha - 1) * log(x) - (x / beta) ** alpha


@case("wald", "mu lam", POSITIVES, [1e-3, 1, 40], [1e-3, 1, 1e6])
def wald(x, mu, lam):
    return log(lam / (2 * pi * x**3)) / 2 - lam * (x - mu) ** 2 / (2 * mu**2 * x)


@case("wald", "mu phi", [1e-3, 0.7, 1e5], [0.3, 40], [1e-3, 7])
def wald_mu_phi(x, mu, phi):
    return wald(x, mu, mu * phi)


@case("wald", "lam phi", [1e-3, 0.7, 1e5], [0.3, 40], [1e-3, 7])
def wald_lam_phi(x, lam, phi):
    return wald(x, lam / phi, lam)


SHAPES = [1e-3, 0.5, 1, 3, 9.99, 400]


@case("gamma", "alpha beta", POSITIVES, SHAPES, [1e-3, 1, 40])
@case("gamma", "alpha beta", [1e6, 1.001e6, 2e6], [1e6], [1, 1.5])
@case("gamma", "alpha beta", [1e10, 1.00001e10], [1e10], [1])
def gamma(x, alpha, beta):
    return alpha * log(beta) - loggamma(alpha) + (alpha - 1) * log(x) - beta * x


@case("gamma", "mu sigma", [1e-3, 0.7, 5, 1e3], [0.3, 1, 40], [0.1, 1, 30])
def gamma_mu_sigma(x, mu, sigma):
    return gamma(x, mu**2 / sigma**2, mu / sigma**2)


@case("inverse_gamma", "alpha beta", POSITIVES, SHAPES, [1e-3, 1, 40])
@case("inverse_gamma", "alpha beta", [1, 0.999, 2], [1e6], [1e6])
def inverse_gamma(x, alpha, beta):
    return alpha * log(beta) - loggamma(alpha) - (alpha + 1) * log(x) - beta / x


@case("inverse_gamma", "mu sigma", [1e-3, 0.7, 5, 1e3], [0.3, 1, 40], [0.1, 1, 30])
def inverse_gamma_mu_sigma(x, mu, sigma):
    ratio = (mu / sigma) ** 2
    return inverse_gamma(x, ratio + 2, mu * (ratio + 1))


@case("chi_squared", "nu", POSITIVES, [1e-3, 1, 2, 7.5, 400, 1e6])
def chi_squared(x, nu):
    return gamma(x, nu / 2, mpf(1) / 2)


UNITS = [1e-100, 1e-6, 0.25, 0.7, 1 - 2**-30, 1 - 2**-53]


@case("beta", "alpha beta", UNITS, SHAPES, [1e-3, 0.5, 1, 6, 400])
@case("beta", "alpha beta", [0.25, 0.2499], [1e6, 1e10], [3e6, 3e10])
@case("beta", "alpha beta", [1e-9, 1 - 2**-30], [2.5, 1e9], [3, 1e9])
def beta(x, a, b):
    return (a - 1) * log(x) + (b - 1) * log1p(-x) - loggamma(a) - loggamma(b) + loggamma(a + b)


@case("beta", "mu sigma", UNITS, [0.125, 0.6], [1e-3, 0.1, 0.3])
def beta_mu_sigma(x, mu, sigma):
    nu = mu * (1 - mu) / sigma**2 - 1
    return beta(x, mu * nu, (1 - mu) * nu)


@case("beta", "mu nu", UNITS, [0.125, 0.6], [1e-3, 1, 40, 1e6])
def beta_mu_nu(x, mu, nu):
    return beta(x, mu * nu, (1 - mu) * nu)


@case("kumaraswamy", "a b", UNITS, SHAPES, [1e-3, 0.5, 1, 6, 400])
def kumaraswamy(x, a, b):
    return log(a) + log(b) + (a - 1) * log(x) + (b - 1) * log(1 - x**a)


@case("uniform", "lower upper", [-1, 0.3, 2], [-1, -1e100], [2, 1e10])
def uniform(x, lower, upper):
    return -log(upper - lower)


@case("triangular", "lower c upper", [-1, -0.999, 0.3, 1.5], [-2, -1e10], [-1.5, 0, 1], [2, 1e10])
def triangular(x, lower, c, upper):
    side = (x - lower) / (c - lower) if x < c else (upper - x) / (upper - c)
    return log(2 * side / (upper - lower))


@case("pareto", "alpha m", [1, 1.5, 1e10, 1e100], [1e-3, 1, 40], [1e-100, 0.75, 1])
def pareto(x, alpha, m):
    return log(alpha) + alpha * log(m) - (alpha + 1) * log(x)


@case("flat", "", [-1e100, 0, 3])
@case("flat", "lower", [0, 3], [0])
@case("flat", "upper", [0, 3], [3])
@case("flat", "lower upper", [0, 3], [-1], [4])
def flat(x, *bounds):
    return mpf(0)


@case("half_flat", "", [0, 3, 1e100])
def half_flat(x):
    return mpf(0)


@case("von_mises", "mu kappa", [-3.141592653589793, -1, 0, 0.3, 3], [-2.5, 0, 0.3, 3],
      [1e-10, 0.5, 4, 29.9, 30.1, 700, 1e8])
@case("von_mises", "mu kappa", [0.3], [0.3], [1e10, 1e13, 1e17, 1e100])
def von_mises(x, mu, kappa):
    if kappa < 1e9:
        return kappa * cos(x - mu) - log(2 * pi * besseli(0, kappa))
    terms, term = [mpf(1)], mpf(1)  # Abramowitz and Stegun 9.7.1
    for k in range(1, 30):
        term *= (2 * k - 1) ** 2 / (8 * k * kappa)
        terms.append(term)
    return kappa * (cos(x - mu) - 1) - log(2 * pi / kappa) / 2 - log(sum(terms))


def log_phi(z):
    """ln of the standard normal distribution function."""
    return log(erfc(-z / sqrt(mpf(2))) / 2)


@case("skew_normal", "mu sigma alpha", [-37.5, -1, 0, 0.3, 5], [-2.5, 0.1], [0.3, 1, 40], [-30, -1, 0.5, 4])
def skew_normal(x, mu, sigma, alpha):
    return log(mpf(2)) + normal(x, mu, sigma) + log_phi(alpha * (x - mu) / sigma)


@case("skew_normal", "mu tau alpha", [-37.5, 5], [-2.5], [0.3, 4], [-3, 0.5])
def skew_normal_tau(x, mu, tau, alpha):
    return skew_normal(x, mu, 1 / sqrt(tau), alpha)


@case("ex_gaussian", "mu sigma nu", [-37.5, -1, 0, 0.3, 5, 1e3], [-2.5, 0.1], [0.3, 1, 4], [0.01, 0.5, 2, 50])
def ex_gaussian(x, mu, sigma, nu):
    z, r = (x - mu) / sigma, sigma / nu
    return -log(nu) + r**2 / 2 - z * r + log_phi(z - r)
