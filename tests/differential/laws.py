"""Distributions as other programs and textbooks have them: the answers that differential_test.py compares with.

A law has parameters with their domains, said here anew, and log densities by mpmath's formulas (tests/python/exact_*.py,
50 digits), and by SciPy where it has the distribution."""
import math
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "python"))
import exact_cdf_counts  # noqa: E402,F401
import exact_cdfs  # noqa: E402
import exact_counts  # noqa: E402,F401
import exact_distributions  # noqa: E402,F401
import exact_vectors  # noqa: E402,F401
from exact_case import CASES  # noqa: E402
from scipy import stats  # noqa: E402

REAL, POSITIVE, NOT_NEGATIVE, UNIT, INSIDE_UNIT, COUNT = "real", "positive", "not negative", "unit", "inside unit", "count"
SHARE = "above 0, up to 1"
POSITIVE_NAMES = "sigma tau lam scale phi nu alpha beta kappa eta s b a m n init_sigma".split()


def domain(distribution, name):
    if name == "mu" and ("poisson" in distribution or "negative_binomial" in distribution):
        return NOT_NEGATIVE
    if name == "mu" and distribution in ("gamma", "inverse_gamma", "wald"):
        return POSITIVE
    if name == "mu" and distribution == "beta":
        return INSIDE_UNIT
    if name == "p" and "negative_binomial" in distribution:
        return SHARE
    if name in ("p", "psi"):
        return UNIT
    if name == "n" and "binomial" in distribution and "negative" not in distribution:
        return COUNT
    if (distribution, name) in (("cauchy", "alpha"), ("skew_normal", "alpha"), ("ordered_logistic", "eta")):
        return REAL
    return POSITIVE if name in POSITIVE_NAMES else REAL


def contains(domain_of, x):
    if not math.isfinite(x):
        return False
    return {REAL: True, POSITIVE: x > 0, NOT_NEGATIVE: x >= 0, UNIT: 0 <= x <= 1, INSIDE_UNIT: 0 < x < 1, SHARE: 0 < x <= 1,
            COUNT: x >= 0 and x == int(x)}[domain_of]


def go_together(distribution, values):
    """What parameters must be to each other."""
    if distribution == "triangular":
        return values["lower"] <= values["c"] <= values["upper"] and values["lower"] < values["upper"]
    if distribution == "uniform":
        return values["lower"] < values["upper"]
    if distribution == "beta" and "sigma" in values:
        return values["sigma"] ** 2 < values["mu"] * (1 - values["mu"])
    return True


# Where data comes from: a name, and what is possible given the parameters.
SUPPORTS = {REAL: "normal student_t cauchy laplace logistic gumbel skew_normal ex_gaussian",
            POSITIVE: "half_normal exponential half_student_t half_cauchy lognormal weibull wald gamma inverse_gamma chi_squared",
            INSIDE_UNIT: "beta kumaraswamy", COUNT: "poisson negative_binomial binomial beta_binomial zero_inflated_poisson "
            "zero_inflated_binomial zero_inflated_negative_binomial",
            "count from 1": "geometric", "0 or 1": "bernoulli", "angle": "von_mises", "between": "uniform triangular", "from m": "pareto"}


class Law:
    def __init__(self, distribution, case):
        self.distribution, self.names, self.exact = distribution, case.parameters, case.log_density
        self.support = next(kind for kind, names in SUPPORTS.items() if distribution in names.split())
        self.discrete = self.support in (COUNT, "count from 1", "0 or 1")
        self.domains = {name: domain(distribution, name) for name in self.names}
        tails = [c for c in exact_cdfs.CASES.get(distribution, []) if c.parameters == self.names]
        self.tails = {case.tail: case.log_density for case in tails}
        self.fixed_for_tails = set(tails[0].constant) - {"x"} if tails else set()

    def is_inside(self, values):
        return all(contains(self.domains[name], values[name]) for name in self.names) and go_together(self.distribution, values)


def all_laws():
    known = {name for names in SUPPORTS.values() for name in names.split()}
    laws = {}
    for distribution, cases in CASES.items():
        for case in cases if distribution in known else []:
            laws.setdefault((distribution, tuple(case.parameters)), Law(distribution, case))
    return list(laws.values())


def scipy_law(distribution, v):
    """The frozen distribution of SciPy, or None. Only where its parameters are plainly these."""
    has = v.keys().__contains__
    scale = v.get("sigma", v["tau"] ** -0.5 if has("tau") else v.get("lam", 1) ** -0.5 if distribution.endswith("student_t") and has("lam") else 1)
    mean = math.exp(v["log_mu"]) if has("log_mu") else v.get("mu")
    make = {
        "normal": lambda: stats.norm(v["mu"], scale),
        "half_normal": lambda: stats.halfnorm(0, scale),
        "student_t": lambda: stats.t(v["nu"], v["mu"], scale),
        "cauchy": lambda: stats.cauchy(v["alpha"], v["beta"]),
        "half_cauchy": lambda: stats.halfcauchy(0, v["beta"]),
        "laplace": lambda: stats.laplace(v["mu"], v["b"]),
        "logistic": lambda: stats.logistic(v["mu"], v["s"]),
        "gumbel": lambda: stats.gumbel_r(v["mu"], v["beta"]),
        "skew_normal": lambda: stats.skewnorm(v["alpha"], v["mu"], scale),
        "ex_gaussian": lambda: stats.exponnorm(v["nu"] / v["sigma"], v["mu"], v["sigma"]),
        "exponential": lambda: stats.expon(0, v["scale"] if has("scale") else 1 / v["lam"]),
        "lognormal": lambda: stats.lognorm(scale, 0, math.exp(v["mu"])),
        "weibull": lambda: stats.weibull_min(v["alpha"], 0, v["beta"]),
        "gamma": lambda: stats.gamma(v["alpha"], 0, 1 / v["beta"]) if has("beta") else stats.gamma((v["mu"] / v["sigma"]) ** 2, 0, v["sigma"] ** 2 / v["mu"]),
        "inverse_gamma": lambda: stats.invgamma(v["alpha"], 0, v["beta"]) if has("beta") else None,
        "chi_squared": lambda: stats.chi2(v["nu"]),
        "beta": lambda: stats.beta(v["alpha"], v["beta"]) if has("alpha") else None,
        "poisson": lambda: stats.poisson(mean),
        "negative_binomial": lambda: stats.nbinom(v["n"], v["p"]) if has("p") else stats.nbinom(v["alpha"], v["alpha"] / (v["alpha"] + mean)),
        "binomial": lambda: stats.binom(v["n"], v["p"]) if has("p") else None,
        "beta_binomial": lambda: stats.betabinom(v["n"], v["alpha"], v["beta"]),
        "geometric": lambda: stats.geom(v["p"]),
        "bernoulli": lambda: stats.bernoulli(v["p"]) if has("p") else None,
        "von_mises": lambda: stats.vonmises(v["kappa"], v["mu"]),
        "uniform": lambda: stats.uniform(v["lower"], v["upper"] - v["lower"]),
        "pareto": lambda: stats.pareto(v["alpha"], 0, v["m"]),
    }.get(distribution)
    return make() if make else None
