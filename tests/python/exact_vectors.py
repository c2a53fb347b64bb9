"""The same as exact_distributions, of vectors, categories and matrices. Symmetric matrices and factors are read in their
lower triangle, also by the derivatives."""
from mpmath import exp, log, log1p, loggamma, mpf, pi, sqrt

from exact_case import SHARE, case, times
from exact_distributions import normal


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
@case("multinomial", "n p", [[0, 0]], [0], [[0.25, 0.75], [0, 1]], constant=["x", "n"], ends={"p": SHARE})
@case("multinomial", "n p", [[0, 3]], [3], [[0, 1]], constant=["x", "n"], ends={"p": SHARE})
def multinomial(x, n, p):
    return loggamma(n + 1) + sum(times(k, lambda: log(q)) - loggamma(k + 1) for k, q in zip(x, p))


@case("categorical", "p", [0, 1, 2], [[0.25, 0.5, 0.25], [1e-100, 1e-6, 1 - 1e-6]], constant=["x"])
@case("categorical", "p", [1], [[0, 1, 0]], constant=["x"], ends={"p": SHARE})
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


STAY_AND_GO = [[[1.0, 0.5], [0.0, 0.875]]]
MOVES = [[[0.5, 0.125], [0.125, 0.25]], [[0.0, 0.0], [0.0, 1e-3]]]
FIRST = [[[4.0, 1.0], [1.0, 2.0]]]
SERIES = [[[0.5, 1.0], [2.25, -1.0], [-0.75, 40.0]]]
MATRICES = (STAY_AND_GO, MOVES, [[[1.0, 0.0], [0.5, 2.0]]], [NARROW], [[0.5, -0.25]], FIRST)
STATE_SPACE = "transition transition_cov observation observation_cov initial_mean initial_cov"


def product(a, b):
    return [[sum(x * y for x, y in zip(row, column)) for column in zip(*b)] for row in a]


def lower_symmetric(a):
    return [[a[max(i, j)][min(i, j)] for j in range(len(a))] for i in range(len(a))]


@case("gaussian_state_space", STATE_SPACE, SERIES, *MATRICES)
@case("gaussian_state_space", STATE_SPACE, [[[0.5], [2.25], [-0.75], [1.0]]], STAY_AND_GO, MOVES, [[[1.0, 0.25]]], [[[2**-6]], [[9.0]]],
      [[0.5, -0.25]], FIRST)
@case("gaussian_state_space", STATE_SPACE + " present", SERIES, *MATRICES,
      [[[1, 1], [0, 1], [1, 0]], [[0, 0], [1, 0], [0, 0]], [[0, 1], [0, 0], [1, 1]]], constant=["present"])
def gaussian_state_space(x, f, q, h, r, mean, p, present=None):
    """The normal distribution of all outputs together."""
    q, r, p = (lower_symmetric(a) for a in (q, r, p))
    means, covariances = [[[m] for m in mean]], [p]
    for _ in x[1:]:
        means.append(product(f, means[-1]))
        moved = product(product(f, covariances[-1]), list(zip(*f)))
        covariances.append([[a + b for a, b in zip(*rows)] for rows in zip(moved, q)])
    places = [(t, k) for t in range(len(x)) for k in range(len(x[0])) if present is None or present[t][k]]

    def covariance(late, early):
        (t, k), (u, l) = late, early
        if t < u:
            return covariance(early, late)
        across = covariances[u]
        for _ in range(t - u):
            across = product(f, across)
        noise = r[k][l] if t == u else 0
        return product(product([h[k]], across), [[a] for a in h[l]])[0][0] + noise

    joint = [[covariance(a, b) for b in places] for a in places]
    centre = [product([h[k]], means[t])[0][0] for t, k in places]
    return mv_normal_cov([x[t][k] for t, k in places], centre, joint)
