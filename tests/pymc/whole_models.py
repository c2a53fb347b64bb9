"""Models of the kinds that people write, as PyMC has them: MODELS maps names to functions that make them, with the same data each time."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pymc as pm
import pytensor
import pytensor.tensor as pt

MODELS: dict[str, Callable[[], Any]] = {}


def model(function: Callable[[np.random.Generator], None]) -> Callable[[np.random.Generator], None]:
    """Registers a function that fills the model around it."""

    def make() -> Any:
        with pm.Model() as made:
            function(np.random.default_rng(7))
        return made

    MODELS[function.__name__] = make
    return function


@model
def linear_regression(rng):
    x = pm.Data("x", rng.normal(size=50))
    a, b, s = pm.Normal("a", 0, 10), pm.Normal("b", 0, 10), pm.HalfNormal("s", 5)
    mu = pm.Deterministic("mu", a + b * x)
    pm.Normal("y", mu, s, observed=1 + 2 * x.get_value() + rng.normal(size=50))


@model
def radon(rng):
    made = pm.modelcontext(None)
    made.add_coords({"county": [f"c{i}" for i in range(8)], "obs": np.arange(60)})
    county = pm.Data("g", rng.integers(0, 8, 60), dims="obs")
    floor = pm.Data("floor", rng.integers(0, 2, 60).astype(float), dims="obs")
    z = pm.Normal("z_a", 0, 1, dims="county")
    alpha = pm.Deterministic("alpha", pm.Normal("mu_a", 0, 10) + pm.Exponential("sigma_a", 1) * z, dims="county")
    beta = pm.Normal("beta", pm.Normal("mu_b", 0, 10), pm.HalfCauchy("sigma_b", 5), dims="county")
    pm.Normal("y", alpha[county] + beta[county] * floor, pm.Exponential("sigma", 1), observed=rng.normal(size=60), dims="obs")


@model
def eight_schools(rng):
    pm.modelcontext(None).add_coords({"school": list("ABCDEFGH")})
    tau = pm.HalfCauchy("tau", 5)
    theta = pm.Deterministic("theta", pm.Normal("mu", 0, 5) + tau * pm.Normal("eta", dims="school"), dims="school")
    sd = np.array([15.0, 10, 16, 11, 9, 11, 10, 18])
    pm.Normal("obs", theta, sd, observed=[28.0, 8, -3, 7, -1, 1, 18, 12], dims="school")


@model
def logistic_regression(rng):
    x = rng.normal(size=(80, 4))
    eta = pm.StudentT("a", nu=3, mu=0, sigma=2.5) + x @ pm.Normal("b", 0, 2.5, shape=4)
    pm.Bernoulli("y", p=pm.Deterministic("p", pm.math.invlogit(eta)), observed=rng.integers(0, 2, 80))


@model
def correlated_slopes(rng):
    pm.modelcontext(None).add_coords({"grp": np.arange(6), "par": ["a", "b"]})
    group, x = rng.integers(0, 6, 60), rng.normal(size=60)
    chol, _, _ = pm.LKJCholeskyCov("chol", n=2, eta=2.0, sd_dist=pm.Exponential.dist(1.0), compute_corr=True)
    ab = pm.Deterministic("ab", pt.dot(chol, pm.Normal("z", 0, 1, dims=("par", "grp"))).T, dims=("grp", "par"))
    mean = pm.Normal("mean", 0, 5, dims="par")
    pm.Normal("y", mean[0] + ab[group, 0] + (mean[1] + ab[group, 1]) * x, pm.Exponential("s", 1), observed=rng.normal(size=60))


@model
def stochastic_volatility(rng):
    step, nu = pm.Exponential("step", 10), pm.Exponential("nu", 0.1)
    volatility = pm.GaussianRandomWalk("vol", sigma=step, init_dist=pm.Normal.dist(0, 100), shape=60)
    pm.StudentT("r", nu=nu, lam=pm.math.exp(-2 * volatility), observed=0.02 * rng.standard_t(4, size=60))


@model
def autoregression(rng):
    rho, s = pm.Normal("rho", 0, 1, shape=3), pm.HalfNormal("s", 1)
    pm.AR("y", rho=rho, sigma=s, constant=True, init_dist=pm.Normal.dist(0, 10), observed=np.cumsum(rng.normal(size=50)))


@model
def ordered_mixture(rng):
    mu = pm.Normal("mu", [-2.0, 0, 2], 5, transform=pm.distributions.transforms.ordered, initval=np.array([-2.0, 0, 2]))
    y = np.concatenate([rng.normal(-2, 1, 50), rng.normal(3, 1, 50)])
    pm.NormalMixture("y", w=pm.Dirichlet("w", np.ones(3)), mu=mu, sigma=pm.HalfNormal("s", 2, shape=3), observed=y)


@model
def zero_inflated_counts(rng):
    y = rng.poisson(2, 40) * rng.integers(0, 2, 40)
    pm.ZeroInflatedPoisson("y", pm.Beta("psi", 1, 1), pm.Gamma("mu", 2, 1), observed=y)


@model
def censored_survival(rng):
    scale = pm.math.exp(pm.Normal("mu", 0, 2))
    times = np.minimum(rng.exponential(3, 40), 4.0)
    pm.Censored("y", pm.Weibull.dist(alpha=pm.HalfNormal("s", 2), beta=scale), lower=None, upper=4.0, observed=times)


@model
def ordinal_regression(rng):
    cut = pm.Normal("cut", np.linspace(-2, 2, 4), 2, transform=pm.distributions.transforms.ordered, shape=4, initval=np.linspace(-2, 2, 4))
    eta = rng.normal(size=(60, 2)) @ pm.Normal("b", 0, 1, shape=2)
    pm.OrderedLogistic("y", eta=eta, cutpoints=cut, observed=rng.integers(0, 5, 60))


@model
def ordinal_probit(rng):
    cut = pm.Normal("cut", [-1.0, 0, 1], 2, transform=pm.distributions.transforms.ordered, initval=np.array([-1.0, 0, 1]))
    pm.OrderedProbit("y", eta=rng.normal(size=30) * pm.Normal("b"), cutpoints=cut, observed=rng.integers(0, 4, 30))


@model
def potentials(rng):
    x = pm.Normal("x", 0, 1, shape=5)
    pm.Potential("smooth", -0.5 * pt.sum(pt.diff(x) ** 2))
    pm.Potential("centred", pm.logp(pm.Normal.dist(0, 0.01), x.sum()))


@model
def custom_distribution(rng):
    def log_normal(mu, sigma, size):
        return pt.exp(pm.Normal.dist(mu, sigma, size=size))

    pm.CustomDist("y", pm.Normal("a", 2, 2), pm.HalfNormal("b", 1), dist=log_normal, observed=rng.lognormal(size=30))


@model
def hilbert_space_gp(rng):
    x = np.linspace(0, 10, 60)[:, None]
    cov = pm.Exponential("eta", 1) ** 2 * pm.gp.cov.Matern52(1, ls=pm.InverseGamma("ls", 5, 5))
    f = pm.gp.HSGP(m=[20], c=1.5, cov_func=cov).prior("f", X=x)
    pm.Normal("y", f, pm.Exponential("s", 1), observed=np.sin(x[:, 0]))


@model
def latent_gp(rng):
    cov = pm.HalfNormal("eta", 2) ** 2 * pm.gp.cov.ExpQuad(1, pm.InverseGamma("ls", 5, 5))
    f = pm.gp.Latent(cov_func=cov).prior("f", X=np.linspace(0, 10, 25)[:, None])
    pm.Bernoulli("y", logit_p=f, observed=rng.integers(0, 2, 25))


@model
def areas(rng):
    neighbours = np.diag(np.ones(7, int), 1) + np.diag(np.ones(7, int), -1)
    phi = pm.ICAR("phi", W=neighbours)
    pm.Poisson("y", pt.exp(pm.Normal("a") + pm.HalfNormal("s", 1) * phi), observed=rng.poisson(3, 8))


@model
def dirichlet_counts(rng):
    share, size = pm.Dirichlet("share", np.ones(3)), pm.LogNormal("size", 1, 1)
    pm.DirichletMultinomial("y", n=10, a=share * size, observed=rng.multinomial(10, [0.2, 0.3, 0.5], 20))


@model
def change_point(rng):
    rate = pm.math.switch(pm.Uniform("when", 0, 59) >= np.arange(60), pm.Exponential("early", 1), pm.Exponential("late", 1))
    pm.Poisson("y", rate, observed=rng.poisson(3, 60))


@model
def horseshoe(rng):
    tau, lam = pm.HalfStudentT("tau", 2, 0.1), pm.HalfStudentT("lam", 5, shape=10)
    c2, z = pm.InverseGamma("c2", 1, 1), pm.Normal("z", shape=10)
    b = pm.Deterministic("b", z * tau * lam * pt.sqrt(c2 / (c2 + tau**2 * lam**2)))
    pm.Normal("y", rng.normal(size=(40, 10)) @ b, pm.HalfNormal("s", 1), observed=rng.normal(size=40))


@model
def recurrence(rng):
    y = rng.normal(size=30)
    a, b, start = pm.Uniform("a", -1, 1), pm.HalfNormal("b", 1), pm.HalfNormal("start", 1)
    variances = pytensor.scan(
        lambda seen, before, a, b: a**2 * before + b * seen**2 + 0.1,
        sequences=[pt.as_tensor(y[:-1])],
        outputs_info=[start],
        non_sequences=[a, b],
        return_updates=False,
    )
    pm.Normal("y", 0, pt.sqrt(pt.concatenate([start[None], variances])), observed=y)


@model
def garch(rng):
    pm.GARCH11("y", omega=pm.HalfNormal("omega"), alpha_1=pm.Beta("a", 1, 3), beta_1=0.1, initial_vol=1.0, observed=rng.normal(size=40))


@model
def missing_values(rng):
    y = np.ma.masked_array(rng.normal(size=20), mask=np.arange(20) < 3)
    pm.Normal("y", pm.Normal("m", 0, 3), pm.HalfNormal("s", 1), observed=y)


@model
def awkward_names(rng):
    for name in ("mean", "a b", "a.b", "θ", "1x", "x|g"):
        pm.Normal(name)
