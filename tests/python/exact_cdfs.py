"""The definitions behind tests/data/exact_cdf: P(X <= x) and P(X > x) as textbooks have them, each by a formula of its own,
so that neither is what rounding leaves of the other."""
from mpmath import atan2, erf, erfc, exp, expm1, hyp1f1, hyp2f1, hyperu, log, log1p, loggamma, mpf, pi, sqrt

from exact_case import Case

CASES = {}


def cdf(distribution, parameters, *grids, constant=(), keep=None, ends=None, tails=("lower", "upper")):
    """Adds a case for each of the tails of a function that returns (P(X <= x), P(X > x)); a case's log_density is that of
    the tail."""

    def add(both_of):
        def of(tail):
            def log_probability(*arguments):
                probability, other = both_of(*arguments)[:: 1 if tail == "lower" else -1]
                return log(probability) if probability < 0.5 else log1p(-other)

            return log_probability

        for tail in tails:
            case = Case(of(tail), parameters.split(), grids, list(constant), keep, ends)
            case.tail = tail
            CASES.setdefault(distribution, []).append(case)
        return both_of

    return add


def incomplete_gamma(a, x):
    """P(a, x) and Q(a, x) (DLMF 8.5)."""
    if x < a + 150:
        p = exp(a * log(x) - x - loggamma(a + 1)) * hyp1f1(1, a + 1, x)
        return p, 1 - p
    q = exp(-x - loggamma(a)) * hyperu(1 - a, 1 - a, x)
    return 1 - q, q


def incomplete_beta(a, b, x, y):
    """I_x(a, b) and I_y(b, a), y = 1 - x, by the series of the one that is below its mean (DLMF 8.17.8)."""
    if x * (a + b + 2) > a + 1:
        return incomplete_beta(b, a, y, x)[::-1]
    scale = exp(a * log(x) + b * log(y) - loggamma(a) - loggamma(b) + loggamma(a + b))
    p = scale / a * hyp2f1(a + b, 1, a + 1, x)
    return p, 1 - p


def mirrored(tail):
    return lambda z: (tail(z), tail(-z))


phi = mirrored(lambda z: erfc(-z / sqrt(mpf(2))) / 2)
LOCATIONS, SCALES = [-2.5, 0], [1e-3, 1, 40]
REALS = [-37.5, -2.5, -1, 0, 0.3, 5]


@cdf("normal", "mu sigma", REALS + [-1e100], LOCATIONS, SCALES, keep=lambda x, mu, sigma: abs(x - mu) / sigma < 1e4 or x < -1e99)
def normal(x, mu, sigma):
    z = (x - mu) / sigma
    if abs(z) > 1e6:  # the first terms of the asymptotic series, which mpmath does not come to
        tail = exp(-z * z / 2) / (abs(z) * sqrt(2 * pi)) * (1 - 1 / z**2)
        return (tail, 1 - tail) if z < 0 else (1 - tail, tail)
    return phi(z)


@cdf("normal", "mu tau", [-37.5, 0, 5], LOCATIONS, [1e-4, 4.5])
def normal_tau(x, mu, tau):
    return normal(x, mu, 1 / sqrt(tau))


POSITIVES = [1e-100, 1e-3, 0.7, 5, 200]


@cdf("half_normal", "sigma", POSITIVES, [1, 40])
def half_normal(x, sigma):
    return erf(x / sigma / sqrt(mpf(2))), erfc(x / sigma / sqrt(mpf(2)))


@cdf("half_normal", "tau", [1e-3, 5], [1e-4, 4.5])
def half_normal_tau(x, tau):
    return half_normal(x, 1 / sqrt(tau))


@cdf("lognormal", "mu sigma", [1e-100, 1e-3, 0.7, 5, 1e100], LOCATIONS, [0.3, 1, 40])
def lognormal(x, mu, sigma):
    return normal(log(x), mu, sigma)


@cdf("lognormal", "mu tau", [1e-3, 5], LOCATIONS, [1e-4, 4.5])
def lognormal_tau(x, mu, tau):
    return lognormal(x, mu, 1 / sqrt(tau))


def beyond(t, nu):
    """P(|T| > |t|) of Student's t, and what is left."""
    s = nu / (nu + t * t)
    return incomplete_beta(nu / 2, mpf(1) / 2, s, 1 - s)


NU = [0.1, 1, 4, 30, 400]


@cdf("student_t", "nu mu sigma", [-1e170], [0.5, 4], [-2.5], [1], constant=["nu"], tails=["lower"])
@cdf("student_t", "nu mu sigma", [-1e10, -37.5, -2, 0.25, 3], NU, [-2.5, 0], [0.5, 40], constant=["nu"])
def student_t(x, nu, mu, sigma):
    t = (x - mu) / sigma
    tail, middle = beyond(t, nu)
    near, far = tail / 2, (1 + middle) / 2
    return (near, far) if t < 0 else (far, near)


@cdf("student_t", "nu mu lam", [-37.5, 3], [0.5, 30], [-2.5], [1e-4, 7], constant=["nu"])
def student_t_lam(x, nu, mu, lam):
    return student_t(x, nu, mu, 1 / sqrt(lam))


@cdf("half_student_t", "nu sigma", [1e-10, 0.25, 3, 1e10], NU, [0.5, 40], constant=["nu"])
def half_student_t(x, nu, sigma):
    return beyond(x / sigma, nu)[::-1]


@cdf("half_student_t", "nu lam", [0.25, 3], [0.5, 30], [1e-4, 7], constant=["nu"])
def half_student_t_lam(x, nu, lam):
    return half_student_t(x, nu, 1 / sqrt(lam))


@cdf("cauchy", "alpha beta", REALS + [-1e100, 1e100], LOCATIONS, SCALES)
def cauchy(x, alpha, beta):
    z = (x - alpha) / beta
    return atan2(1, -z) / pi, atan2(1, z) / pi


@cdf("half_cauchy", "beta", POSITIVES + [1e100], SCALES)
def half_cauchy(x, beta):
    return 2 * atan2(x, beta) / pi, 2 * atan2(beta, x) / pi


@cdf("laplace", "mu b", REALS, [-2.25, 0.1], SCALES)
def laplace(x, mu, b):
    return mirrored(lambda z: exp(z) / 2 if z < 0 else 1 - exp(-z) / 2)((x - mu) / b)


@cdf("logistic", "mu s", REALS, LOCATIONS, SCALES)
def logistic(x, mu, s):
    return mirrored(lambda z: 1 / (1 + exp(-z)))((x - mu) / s)


@cdf("gumbel", "mu beta", REALS + [600, 4e3], LOCATIONS, [1, 40], keep=lambda x, mu, beta: x > -37 or beta > 1)
def gumbel(x, mu, beta):
    t = exp(-(x - mu) / beta)
    return exp(-t), -expm1(-t)


@cdf("exponential", "lam", POSITIVES, [1e-3, 1, 40])
def exponential(x, lam):
    return -expm1(-lam * x), exp(-lam * x)


@cdf("exponential", "scale", [1e-3, 5], [1e-3, 40])
def exponential_scale(x, scale):
    return exponential(x, 1 / scale)


@cdf("weibull", "alpha beta", [1e-100, 1e-3, 0.7, 5, 1e10], [0.1, 1, 7], [1e-3, 1, 40], keep=lambda x, a, b: a * log(x / b) < 12)
def weibull(x, alpha, beta):
    return exponential((x / beta) ** alpha, 1)


@cdf("wald", "mu lam", [1e-3, 0.02, 0.7, 5, 300], [0.3, 1, 40], [1e-3, 0.5, 30])
def wald(x, mu, lam):
    root = sqrt(lam / x)
    (below, above), e = phi(root * (x / mu - 1)), exp(2 * lam / mu) * phi(-root * (x / mu + 1))[0]
    return below + e, above - e


@cdf("wald", "mu phi", [0.7, 5], [0.3, 40], [0.1, 7])
def wald_mu_phi(x, mu, phi_):
    return wald(x, mu, mu * phi_)


@cdf("wald", "lam phi", [0.7, 5], [0.3, 40], [0.1, 7])
def wald_lam_phi(x, lam, phi_):
    return wald(x, lam / phi_, lam)


@cdf("ex_gaussian", "mu sigma nu", [-37.5, -4, -1, 0, 0.3, 5, 1e3], [-2.5, 0.1], [0.3, 1, 4], [0.01, 0.5, 2, 50])
def ex_gaussian(x, mu, sigma, nu):
    z, r = (x - mu) / sigma, sigma / nu
    below, above = phi(z)
    g = exp(r * r / 2 - z * r) * phi(z - r)[0]
    return below - g, above + g


SHAPES = [1e-3, 0.5, 3, 9.99, 400]


@cdf("gamma", "alpha beta", [1e-100, 1e-3, 0.7, 5, 350], SHAPES, [1e-3, 1, 40], constant=["alpha"],
     keep=lambda x, a, b: x * b < 2e3)
def gamma(x, alpha, beta):
    return incomplete_gamma(alpha, beta * x)


@cdf("gamma", "mu sigma", [1e-3, 0.7, 5, 100], [0.3, 40], [0.1, 30], constant=["mu", "sigma"])
def gamma_mu_sigma(x, mu, sigma):
    return gamma(x, mu**2 / sigma**2, mu / sigma**2)


@cdf("inverse_gamma", "alpha beta", [1e-3, 0.7, 5, 1e10], SHAPES, [1e-3, 1, 40], constant=["alpha"],
     keep=lambda x, a, b: b / x < 2e3)
def inverse_gamma(x, alpha, beta):
    return gamma(1 / mpf(x), alpha, beta)[::-1]


@cdf("inverse_gamma", "mu sigma", [0.1, 0.7, 5, 100], [0.3, 40], [0.1, 30], constant=["mu", "sigma"])
def inverse_gamma_mu_sigma(x, mu, sigma):
    ratio = (mu / sigma) ** 2
    return inverse_gamma(x, ratio + 2, mu * (ratio + 1))


@cdf("chi_squared", "nu", [1e-100, 1e-3, 0.7, 5, 700], [1e-3, 1, 2, 7.5, 400], constant=["nu"])
def chi_squared(x, nu):
    return gamma(x, nu / 2, mpf(1) / 2)


UNITS = [1e-6, 0.25, 0.7, 1 - 2**-20]


@cdf("beta", "alpha beta", UNITS, SHAPES, [1e-3, 0.5, 6, 400], constant=["alpha", "beta"])
def beta(x, a, b):
    return incomplete_beta(a, b, x, 1 - x)


@cdf("beta", "mu sigma", UNITS, [0.125, 0.6], [0.1, 0.3], constant=["mu", "sigma"])
def beta_mu_sigma(x, mu, sigma):
    nu = mu * (1 - mu) / sigma**2 - 1
    return beta(x, mu * nu, (1 - mu) * nu)


@cdf("beta", "mu nu", UNITS, [0.125, 0.6], [0.5, 40], constant=["mu", "nu"])
def beta_mu_nu(x, mu, nu):
    return beta(x, mu * nu, (1 - mu) * nu)


@cdf("kumaraswamy", "a b", [1e-100] + UNITS, SHAPES, [1e-3, 0.5, 1, 6, 400], keep=lambda x, a, b: a * log(x) > -200)
def kumaraswamy(x, a, b):
    upper = (1 - x**a) ** b
    return 1 - upper, upper


@cdf("uniform", "lower upper", [-0.999, 0.3, 2], [-1, -1e10], [2.25, 1e10])
def uniform(x, lower, upper):
    return (x - lower) / (upper - lower), (upper - x) / (upper - lower)


@cdf("triangular", "lower c upper", [-0.999, 0.3, 1.75], [-2, -1e10], [-1.5, 0, 1], [2, 1e10])
def triangular(x, lower, c, upper):
    if x < c:
        below = (x - lower) ** 2 / ((upper - lower) * (c - lower))
        return below, 1 - below
    above = (upper - x) ** 2 / ((upper - lower) * (upper - c))
    return 1 - above, above


@cdf("pareto", "alpha m", [1 + 2**-30, 1.5, 1e10, 1e100], [1e-3, 1, 40], [1e-100, 0.75, 1])
def pareto(x, alpha, m):
    upper = (m / x) ** alpha
    return 1 - upper, upper
