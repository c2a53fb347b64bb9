"""The definitions behind tests/data/exact: each distribution as a textbook has it, and where it is evaluated."""
import itertools

from mpmath import besseli, cos, erfc, exp, log, log1p, loggamma, mpf, pi, sqrt

CASES = {}


def flatten(value):
    """The numbers of nested lists, in order."""
    return [number for part in value for number in flatten(part)] if isinstance(value, list) else [value]


def shaped_like(template, numbers):
    """Numbers of an iterator in the lists of another value."""
    return [shaped_like(part, numbers) for part in template] if isinstance(template, list) else next(numbers)


class Case:
    def __init__(self, log_density, parameters, grids, constant, keep):
        self.log_density, self.parameters, self.constant = log_density, parameters, constant
        self.grids, self.keep = grids, keep

    def points(self):
        for x, *parameters in itertools.product(*self.grids):
            if self.keep is None or self.keep(x, *parameters):
                yield x, parameters


def case(distribution, parameters, *grids, constant=(), keep=None):
    """A parametrisation: `grids` has values of x and of each parameter, of which all combinations that `keep` admits are
    points. What is `constant` has no derivative."""

    def add(log_density):
        entry = Case(log_density, parameters.split(), grids, list(constant), keep)
        CASES.setdefault(distribution, []).append(entry)
        return log_density

    return add


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


@case("student_t", "nu mu sigma", [-1e100, -37.5, 0, 0.3, 5], [1e-3, 0.5, 1, 4, 9.99, 1e3, 1e10], [-2.5, 0], SCALES)
def student_t(x, nu, mu, sigma):
    z = (x - mu) / sigma
    normaliser = loggamma((nu + 1) / 2) - loggamma(nu / 2) - log(pi * nu) / 2 - log(sigma)
    return normaliser - (nu + 1) / 2 * log1p(z * z / nu)


@case("bernoulli", "p", [0, 1], [1e-100, 1e-3, 0.3, 0.5, 1 - 2**-30], constant=["x"])
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


@case("half_student_t", "nu sigma", [0, 1e-100, 0.3, 5, 1e100], [1e-3, 1, 4, 1e10], SCALES)
def half_student_t(x, nu, sigma):
    return student_t(x, nu, 0, sigma) + log(mpf(2))


@case("half_student_t", "nu lam", [0, 5], [0.5, 30], [1e-4, 7])
def half_student_t_lam(x, nu, lam):
    return half_student_t(x, nu, 1 / sqrt(lam))


@case("cauchy", "alpha beta", REALS, LOCATIONS, SCALES)
def cauchy(x, alpha, beta):
    return -log(pi) - log(beta) - log1p(((x - alpha) / beta) ** 2)


@case("half_cauchy", "beta", [0, 1e-100, 0.3, 5, 1e100], SCALES)
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


UNITS = [1e-100, 1e-6, 0.25, 0.7, 1 - 2**-30]


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
def von_mises(x, mu, kappa):
    return kappa * cos(x - mu) - log(2 * pi * besseli(0, kappa))


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


COUNTS = [0, 1, 4, 30]


@case("poisson", "mu", COUNTS, [1e-10, 0.3, 4, 45, 1e4], constant=["x"])
@case("poisson", "mu", [10**6, 10**10], [1e6, 1.001e6, 9.999e9], constant=["x"])
def poisson(k, mu):
    return k * log(mu) - mu - loggamma(k + 1)


@case("poisson", "log_mu", COUNTS, [-800, -40, -1, 0, 1e-10, 2.5, 40], constant=["x"])
@case("poisson", "log_mu", [10**6], [13.8, 13.9], constant=["x"])
def poisson_log(k, log_mu):
    return k * log_mu - exp(log_mu) - loggamma(k + 1)


@case("negative_binomial", "mu alpha", COUNTS, [1e-10, 0.3, 4, 1e4], [1e-3, 0.5, 1, 12, 1e6, 1e10], constant=["x"])
@case("negative_binomial", "mu alpha", [10**6], [1e6, 1.1e6], [3, 1e6, 1e10], constant=["x"])
def negative_binomial(k, mu, alpha):
    combinations = loggamma(k + alpha) - loggamma(alpha) - loggamma(k + 1)
    return combinations + alpha * log(alpha / (alpha + mu)) + k * log(mu / (alpha + mu))


@case("negative_binomial", "n p", COUNTS, [0.5, 3, 400], [1e-6, 0.25, 1 - 2**-20], constant=["x"])
def negative_binomial_p(k, n, p):
    return loggamma(k + n) - loggamma(n) - loggamma(k + 1) + n * log(p) + k * log1p(-p)


@case("geometric", "p", [1, 2, 30, 10**6], [1e-10, 1e-3, 0.3, 0.75, 1 - 2**-20], constant=["x"])
def geometric(k, p):
    return log(p) + (k - 1) * log1p(-p)


def combinations(n, k):
    return loggamma(n + 1) - loggamma(k + 1) - loggamma(n - k + 1)


TRIALS = dict(constant=["x", "n"], keep=lambda y, n, *_: y <= n)


@case("binomial", "n p", [0, 1, 4, 10], [0, 1, 10, 25], [1e-10, 1e-3, 0.3, 0.75, 1 - 2**-20], **TRIALS)
@case("binomial", "n p", [10**6, 250001], [10**6, 4 * 10**6], [0.25, 0.2501], **TRIALS)
def binomial(y, n, p):
    return combinations(n, y) + y * log(p) + (n - y) * log1p(-p)


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


def zero_inflated(k, psi, log_density):
    return log(psi) + log_density if k > 0 else log(1 - psi + psi * exp(log_density))


@case("zero_inflated_poisson", "psi mu", COUNTS, WEIGHTS, [1e-10, 0.3, 4, 45], constant=["x"])
def zero_inflated_poisson(k, psi, mu):
    return zero_inflated(k, psi, poisson(k, mu))


@case("zero_inflated_binomial", "psi n p", [0, 1, 10], WEIGHTS, [10, 25], [1e-10, 0.3, 0.75], constant=["x", "n"])
def zero_inflated_binomial(k, psi, n, p):
    return zero_inflated(k, psi, binomial(k, n, p))


@case("zero_inflated_negative_binomial", "psi mu alpha", COUNTS, WEIGHTS, [0.3, 4], [0.5, 12, 1e6], constant=["x"])
def zero_inflated_negative_binomial(k, psi, mu, alpha):
    return zero_inflated(k, psi, negative_binomial(k, mu, alpha))


@case("zero_inflated_negative_binomial", "psi n p", COUNTS, WEIGHTS, [0.5, 12], [0.25, 0.875], constant=["x"])
def zero_inflated_negative_binomial_p(k, psi, n, p):
    return zero_inflated(k, psi, negative_binomial_p(k, n, p))


# Vectors and matrices. Symmetric matrices and factors are read in their lower triangle, also by the derivatives.


def cholesky(a):
    n = len(a)
    l = [[mpf(0)] * n for _ in range(n)]
    for i in range(n):
        for j in range(i + 1):
            rest = a[i][j] - sum(l[i][k] * l[j][k] for k in range(j))
            l[i][j] = sqrt(rest) if i == j else rest / l[j][j]
    return l


def whitened(l, difference):
    z = []
    for i, d in enumerate(difference):
        z.append((d - sum(l[i][k] * z[k] for k in range(i))) / l[i][i])
    return z


def log_diagonal(l):
    return sum(log(row[i]) for i, row in enumerate(l))


def squared_distance(x, mu, l):
    return sum(z * z for z in whitened(l, [a - b for a, b in zip(x, mu)]))


def quadratic_form(a, d):
    n = len(d)
    return sum(a[max(i, j)][min(i, j)] * d[i] * d[j] for i in range(n) for j in range(n))


LOWER = [[1.5, 0.0, 0.0], [-0.25, 0.75, 0.0], [0.5, 1.0, 2.0]]
COVARIANCE = [[2.0, 0.5, -0.25], [0.5, 1.0, 0.125], [-0.25, 0.125, 3.0]]
NARROW = [[1.0, 0.9375], [0.9375, 1.0]]
WIDE = [[1e8, 0.5], [0.5, 1e-6]]
IN_THREE = [[0.3, -1.0, 2.5], [40.0, 0.0, -7.5]]
IN_TWO = [[0.5, -0.25], [-37.5, 1e4]]
CENTRES = [[0.0, 0.25, -1.0]]


def grid_of_vectors(function, three_at=IN_THREE, two_at=IN_TWO):
    """A case in three and in two dimensions, and in one."""

    def add(name, parameters, *before):
        three = case(name, parameters, three_at, *before, CENTRES, [LOWER if "chol" in parameters else COVARIANCE])
        matrices = [[[1.0, 0.0], [0.5, 1e-3]]] if "chol" in parameters else [NARROW, WIDE]
        two = case(name, parameters, two_at, *before, [[0.0, 0.125]], matrices)
        one = case(name, parameters, [[0.75]], *before, [[-2.0]], [[[2.25]]])
        return one(two(three(function)))

    return add


def mv_normal_chol(x, mu, chol):
    return -squared_distance(x, mu, chol) / 2 - log_diagonal(chol) - len(x) * log(2 * pi) / 2


def mv_normal_cov(x, mu, cov):
    return mv_normal_chol(x, mu, cholesky(cov))


def mv_normal_tau(x, mu, tau):
    square = quadratic_form(tau, [a - b for a, b in zip(x, mu)])
    return -square / 2 + log_diagonal(cholesky(tau)) - len(x) * log(2 * pi) / 2


grid_of_vectors(mv_normal_cov)("mv_normal", "mu cov")
grid_of_vectors(mv_normal_chol)("mv_normal", "mu chol")
grid_of_vectors(mv_normal_tau)("mv_normal", "mu tau")


def mv_student(square, log_scale, nu, k):
    normaliser = loggamma((nu + k) / 2) - loggamma(nu / 2) - k * log(pi * nu) / 2
    return normaliser - log_scale - (nu + k) / 2 * log1p(square / nu)


def mv_student_chol(x, nu, mu, chol):
    return mv_student(squared_distance(x, mu, chol), log_diagonal(chol), nu, len(x))


def mv_student_scale(x, nu, mu, scale):
    return mv_student_chol(x, nu, mu, cholesky(scale))


def mv_student_tau(x, nu, mu, tau):
    square = quadratic_form(tau, [a - b for a, b in zip(x, mu)])
    return mv_student(square, -log_diagonal(cholesky(tau)), nu, len(x))


FREEDOMS = [0.5, 1e6]
grid_of_vectors(mv_student_scale, IN_THREE[:1], IN_TWO[1:])("mv_student_t", "nu mu scale", FREEDOMS)
grid_of_vectors(mv_student_chol, IN_THREE[:1], IN_TWO[1:])("mv_student_t", "nu mu chol", FREEDOMS)
grid_of_vectors(mv_student_tau, IN_THREE[:1], IN_TWO[1:])("mv_student_t", "nu mu tau", FREEDOMS)


@case("dirichlet", "a", [[0.25, 0.5, 0.25], [1e-100, 1e-6, 1 - 1e-6]],
      [[1e-3, 0.5, 1], [3, 9.99, 400], [1e6, 2e6, 1e6], [1, 1, 1]])
@case("dirichlet", "a", [[0.75, 0.25]], [[1e10, 1e-3], [2.5, 0.125]])
@case("dirichlet", "a", [[1]], [[0.5], [40]])
def dirichlet(x, a):
    return loggamma(sum(a)) + sum((b - 1) * log(y) - loggamma(b) for y, b in zip(x, a))


@case("multinomial", "n p", [[0, 5, 1], [2, 2, 2], [6, 0, 0]], [6], [[0.25, 0.5, 0.25], [1e-100, 1e-6, 1 - 1e-6]],
      constant=["x", "n"])
@case("multinomial", "n p", [[10**6, 2 * 10**6]], [3 * 10**6], [[0.25, 0.75], [0.3333, 0.6667]], constant=["x", "n"])
@case("multinomial", "n p", [[0, 0]], [0], [[0.25, 0.75]], constant=["x", "n"])
def multinomial(x, n, p):
    return loggamma(n + 1) + sum(k * log(q) - loggamma(k + 1) for k, q in zip(x, p))


@case("categorical", "p", [0, 1, 2], [[0.25, 0.5, 0.25], [1e-100, 1e-6, 1 - 1e-6]], constant=["x"])
def categorical(x, p):
    return log(p[int(x)])


@case("categorical", "logit_p", [0, 1, 2], [[0, 1.5, -2], [-800, 0, 800], [1e-10, 40, 39.5]], constant=["x"])
def categorical_logit(x, logit_p):
    return logit_p[int(x)] - log(sum(exp(l) for l in logit_p))


@case("ordered_logistic", "eta cutpoints", [0, 1, 2, 3], [-40, -0.5, 0, 3], [[-1, 0.5, 0.5 + 2**-20], [-3, 0, 700]],
      constant=["x"])
@case("ordered_logistic", "eta cutpoints", [0, 1], [-800, 0.25, 800], [[0.5]], constant=["x"])
def ordered_logistic(x, eta, cutpoints):
    x = int(x)
    above = log1p(exp(eta - cutpoints[x])) if x < len(cutpoints) else 0  # -ln of the probability of at most x
    below = log1p(exp(cutpoints[x - 1] - eta)) if x > 0 else 0  # and of at least x
    both = log(1 - exp(cutpoints[x - 1] - cutpoints[x])) if 0 < x < len(cutpoints) else 0
    return both - above - below


@case("hyper_geometric", "N k n", [0, 2, 5], [12], [5, 7], [6, 10], constant=["x", "N", "k", "n"],
      keep=lambda x, N, k, n: max(0, n + k - N) <= x <= min(k, n))
@case("hyper_geometric", "N k n", [300], [10**6], [3000], [10**5], constant=["x", "N", "k", "n"])
@case("hyper_geometric", "N k n", [3], [3], [3], [3], constant=["x", "N", "k", "n"])
def hyper_geometric(x, N, k, n):
    return combinations(k, x) + combinations(N - k, n - x) - combinations(N, n)


ETAS = [1e-3, 0.5, 1, 4, 1e6]


def lkj_integral(n, eta):
    return sum(mpf(k) / 2 * log(pi) + loggamma(eta + mpf(n - 1 - k) / 2) - loggamma(eta + mpf(n - 1) / 2) for k in range(1, n))


@case("lkj_corr", "n eta", [[[1.0, 0.5, -0.25], [0.5, 1.0, 0.125], [-0.25, 0.125, 1.0]]], [3], ETAS, constant=["n"])
@case("lkj_corr", "n eta", [[[1.0, 1 - 2**-20], [1 - 2**-20, 1.0]]], [2], [0.5, 4], constant=["n"])
@case("lkj_corr", "n eta", [[[1.0]]], [1], [0.5], constant=["n"])
def lkj_corr(x, n, eta):
    return 2 * (eta - 1) * log_diagonal(cholesky(x)) - lkj_integral(int(n), eta)


@case("lkj_corr_cholesky", "n eta", [[[1.0, 0.0, 0.0], [0.6, 0.8, 0.0], [-0.5, 0.5, 0.7071]]], [3], ETAS, constant=["n"])
@case("lkj_corr_cholesky", "n eta", [[[1.0, 0.0], [0.0, 1.0]], [[1.0, 0.0], [1.0, 1e-6]]], [2], [0.5, 4], constant=["n"])
@case("lkj_corr_cholesky", "n eta", [[[1.0]]], [1], [0.5], constant=["n"])
def lkj_corr_cholesky(x, n, eta):
    n = int(n)
    return sum((n - 1 - i + 2 * (eta - 1)) * log(x[i][i]) for i in range(1, n)) - lkj_integral(n, eta)


@case("ar", "rho sigma constant init_mu init_sigma", [[0.5, -1, 3, 2.5, -0.5], [1e4, 0, -40]],
      [[0.5], [0.75, -0.25]], [1e-2, 3], [0, -0.5], [0.25], [0.5, 100])
@case("ar", "rho sigma constant init_mu init_sigma", [[0.5]], [[0.5], [0.75, -0.25]], [3], [0.5], [0.25], [2])
def ar(x, rho, sigma, constant, init_mu, init_sigma):
    p = len(rho)
    early = sum(normal(a, init_mu, init_sigma) for a in x[:p])
    means = (constant + sum(r * x[t - 1 - i] for i, r in enumerate(rho)) for t in range(p, len(x)))
    return early + sum((normal(a, mean, sigma) for a, mean in zip(x[p:], means)), mpf(0))
