"""The definitions behind tests/data/exact: each distribution as a textbook has it, and where it is evaluated."""
import itertools

from mpmath import exp, log, log1p, loggamma, mpf, pi, sqrt

CASES = {}


class Case:
    def __init__(self, log_density, parameters, grids, constant, event, keep):
        self.log_density, self.parameters, self.constant = log_density, parameters, constant
        self.grids, self.event, self.keep = grids, event, keep

    def unflatten(self, at):
        """The arguments of log_density: x, a list where a draw is one, and the parameters."""
        length = len(at) - len(self.parameters)
        return (at[:length] if self.event else at[0], *at[length:])

    def points(self):
        for x, *parameters in itertools.product(*self.grids):
            if self.keep is None or self.keep(x, *parameters):
                yield (x if self.event else [x]), parameters


def case(distribution, parameters, *grids, constant=(), event=False, keep=None):
    """A parametrisation: `grids` has values of x and of each parameter, of which all combinations that `keep` admits are
    points. What is `constant` has no derivative."""

    def add(log_density):
        entry = Case(log_density, parameters.split(), grids, list(constant), event, keep)
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
      [0, -0.5], [1e-2, 3], [0, 1.5], [0.5, 100], event=True)
def gaussian_random_walk(x, mu, sigma, init_mu, init_sigma):
    steps = (normal(b - a, mu, sigma) for a, b in zip(x, x[1:]))
    return normal(x[0], init_mu, init_sigma) + sum(steps)
