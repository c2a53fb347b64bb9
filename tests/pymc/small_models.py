"""Models of one idea each: every distribution, every transform, the operations on arrays. LAWS, TRANSFORMS and OPERATIONS map names to
functions that fill the model around them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pymc as pm
import pytensor.tensor as pt

_rng = np.random.default_rng(3)
REAL, POSITIVE, SHARE = _rng.normal(size=20), _rng.gamma(2, 1, 20), _rng.beta(2, 2, 20)
COUNT, BINARY, KIND = _rng.poisson(3, 20), _rng.integers(0, 2, 20), _rng.integers(0, 3, 20)
TABLE, VECTORS = _rng.multinomial(10, [0.2, 0.3, 0.5], 20), _rng.normal(size=(10, 2))
_RING = np.array([[0, 1, 0, 1], [1, 0, 1, 0], [0, 1, 0, 1], [1, 0, 1, 0]])


def s() -> Any:
    """A scale to be learned."""
    return pm.HalfNormal("s", 1)


def share() -> Any:
    """A probability to be learned."""
    return pm.Beta("psi", 1, 1)


def x(*shape: int) -> Any:
    """Real parameters."""
    return pm.Normal("x", shape=shape)


def x_squared() -> Any:
    """The parameters `x` of the model once more."""
    return pm.modelcontext(None)["x"] ** 2


def x_transposed() -> Any:
    """The same, transposed."""
    return pm.modelcontext(None)["x"].T


LAWS: dict[str, Callable[[], Any]] = {
    "normal": lambda: pm.Normal("y", 0, s(), observed=REAL),
    "normal_tau": lambda: pm.Normal("y", 0, tau=s(), observed=REAL),
    "half_normal": lambda: pm.HalfNormal("y", s(), observed=POSITIVE),
    "gamma": lambda: pm.Gamma("y", 2, s(), observed=POSITIVE),
    "gamma_mu": lambda: pm.Gamma("y", mu=s() + 1, sigma=2, observed=POSITIVE),
    "inverse_gamma": lambda: pm.InverseGamma("y", s() + 1, 2, observed=POSITIVE),
    "lognormal": lambda: pm.LogNormal("y", 0, s(), observed=POSITIVE),
    "beta_nu": lambda: pm.Beta("y", mu=0.5, nu=s() + 2, observed=SHARE),
    "kumaraswamy": lambda: pm.Kumaraswamy("y", s(), 2, observed=SHARE),
    "exponential": lambda: pm.Exponential("y", s(), observed=POSITIVE),
    "laplace": lambda: pm.Laplace("y", 0, s(), observed=REAL),
    "asymmetric_laplace": lambda: pm.AsymmetricLaplace("y", b=s(), kappa=1.5, mu=0, observed=REAL),
    "student_t": lambda: pm.StudentT("y", 4, 0, sigma=s(), observed=REAL),
    "half_student_t": lambda: pm.HalfStudentT("y", 3, s(), observed=POSITIVE),
    "cauchy": lambda: pm.Cauchy("y", 0, s(), observed=REAL),
    "half_cauchy": lambda: pm.HalfCauchy("y", s(), observed=POSITIVE),
    "weibull": lambda: pm.Weibull("y", s(), 2, observed=POSITIVE),
    "pareto": lambda: pm.Pareto("y", s(), 0.001, observed=POSITIVE),
    "chi_squared": lambda: pm.ChiSquared("y", s(), observed=POSITIVE),
    "ex_gaussian": lambda: pm.ExGaussian("y", mu=0, sigma=s(), nu=1, observed=REAL),
    "von_mises": lambda: pm.VonMises("y", 0, s(), observed=SHARE),
    "triangular": lambda: pm.Triangular("y", lower=-0.1, c=0.5, upper=1.1 + s(), observed=SHARE),
    "gumbel": lambda: pm.Gumbel("y", 0, s(), observed=REAL),
    "logistic": lambda: pm.Logistic("y", 0, s(), observed=REAL),
    "logit_normal": lambda: pm.LogitNormal("y", 0, s(), observed=SHARE),
    "moyal": lambda: pm.Moyal("y", 0, s(), observed=REAL),
    "wald": lambda: pm.Wald("y", 1, s(), observed=POSITIVE),
    "uniform": lambda: pm.Uniform("y", -5 - s(), 5, observed=REAL),
    "truncated_normal": lambda: pm.TruncatedNormal("y", 0, s(), lower=-4, observed=REAL),
    "truncated_gamma": lambda: pm.Truncated("y", pm.Gamma.dist(2, s()), lower=0.01, observed=POSITIVE),
    "truncated_poisson": lambda: pm.Truncated("y", pm.Poisson.dist(s()), lower=1, observed=COUNT + 1),
    "censored": lambda: pm.Censored("y", pm.Normal.dist(0, s()), lower=-1, upper=1, observed=np.clip(REAL, -1, 1)),
    "censored_some": lambda: pm.Censored(
        "y",
        pm.Normal.dist(0, s()),
        lower=None,
        upper=np.where(np.arange(20) % 2, np.inf, 1.0),
        observed=np.where(np.arange(20) % 2, REAL, np.minimum(REAL, 1)),
    ),
    "binomial": lambda: pm.Binomial("y", 20, share(), observed=COUNT),
    "beta_binomial": lambda: pm.BetaBinomial("y", s(), 2, 20, observed=COUNT),
    "discrete_weibull": lambda: pm.DiscreteWeibull("y", 0.5, s(), observed=COUNT),
    "poisson_log": lambda: pm.Poisson("y", pt.exp(x()), observed=COUNT),
    "negative_binomial": lambda: pm.NegativeBinomial("y", mu=pt.exp(x()), alpha=2, observed=COUNT),
    "negative_binomial_np": lambda: pm.NegativeBinomial("y", n=s(), p=0.4, observed=COUNT),
    "geometric": lambda: pm.Geometric("y", share(), observed=COUNT + 1),
    "hyper_geometric": lambda: (pm.HyperGeometric("y", N=50, k=20, n=10, observed=COUNT), s()),
    "discrete_uniform": lambda: (pm.DiscreteUniform("y", 0, 20, observed=COUNT), s()),
    "categorical": lambda: pm.Categorical("y", p=pm.Dirichlet("p", np.ones(3)), observed=KIND),
    "categorical_logit": lambda: pm.Categorical("y", logit_p=x(3), observed=KIND),
    "multinomial": lambda: pm.Multinomial("y", 10, pm.Dirichlet("p", np.ones(3)), observed=TABLE),
    "zero_inflated_binomial": lambda: pm.ZeroInflatedBinomial("y", share(), 20, pm.Beta("p", 1, 1), observed=COUNT),
    "zero_inflated_negative_binomial": lambda: pm.ZeroInflatedNegativeBinomial("y", share(), s(), 2.0, observed=COUNT),
    "hurdle_poisson": lambda: pm.HurdlePoisson("y", share(), s(), observed=COUNT),
    "hurdle_gamma": lambda: pm.HurdleGamma("y", share(), 2.0, s(), observed=np.where(COUNT > 2, POSITIVE, 0)),
    "mixture": lambda: pm.Mixture("y", [0.3, 0.7], [pm.Normal.dist(0, s()), pm.StudentT.dist(3, 1, sigma=1)], observed=REAL),
    "mixture_of_one": lambda: pm.Mixture("y", pm.Dirichlet("w", np.ones(2)), pm.Poisson.dist(pm.Gamma("l", 2, 1, shape=2)), observed=COUNT),
    "mixture_of_vectors": lambda: pm.Mixture(
        "y",
        pm.Dirichlet("w", np.ones(2)),
        [pm.MvNormal.dist(np.zeros(2), np.eye(2)), pm.MvNormal.dist(np.ones(2) * s(), np.eye(2))],
        observed=VECTORS,
    ),
    "mv_normal_cov": lambda: pm.MvNormal("y", np.zeros(2), cov=np.eye(2) * s(), observed=VECTORS),
    "mv_normal_tau": lambda: pm.MvNormal("y", np.zeros(2), tau=np.eye(2) * s(), observed=VECTORS),
    "mv_student_t": lambda: pm.MvStudentT("y", nu=5, mu=np.zeros(2), scale=np.eye(2) * s(), observed=VECTORS),
    "matrix_normal": lambda: pm.MatrixNormal("y", mu=np.zeros((10, 2)), rowcov=np.eye(10) * s(), colcov=np.eye(2), observed=VECTORS),
    "stick_breaking": lambda: pm.StickBreakingWeights("w", alpha=s() + 1, K=4),
    "zero_sum_normal": lambda: pm.ZeroSumNormal("x", s(), shape=(2, 5)),
    "car": lambda: pm.CAR("x", np.zeros(4), _RING, alpha=0.5, tau=1 + s()),
    "random_walk": lambda: pm.GaussianRandomWalk("x", 0.1, s(), init_dist=pm.Normal.dist(0, 1), shape=(3, 10)),
    "random_walk_student": lambda: pm.RandomWalk(
        "x", innovation_dist=pm.StudentT.dist(4, 0, sigma=s()), init_dist=pm.Normal.dist(0, 1), steps=6
    ),
    "random_walk_vectors": lambda: pm.MvGaussianRandomWalk(
        "x", mu=np.zeros(2), cov=np.eye(2), init_dist=pm.MvNormal.dist(np.zeros(2), np.eye(2)), steps=5
    ),
    "ar": lambda: pm.AR("x", rho=[0.5], sigma=s(), init_dist=pm.Normal.dist(0, 1), steps=9),
    "lkj_cholesky_cov": lambda: pm.LKJCholeskyCov("chol", n=3, eta=1.0, sd_dist=pm.HalfNormal.dist(1.0, shape=3)),
    "lkj_corr": lambda: pm.LKJCorr("R", n=3, eta=2.0),
    "flat": lambda: pm.Normal("y", pm.Flat("f"), pm.HalfFlat("h"), observed=REAL),
    "custom_logp": lambda: pm.CustomDist("x", s(), logp=lambda value, scale: -(value**2) / scale),
}

_T = pm.distributions.transforms
TRANSFORMS: dict[str, Callable[[], Any]] = {
    "interval": lambda: pm.Normal("x", 0, 1, transform=_T.Interval(-1, 2)),
    "log": lambda: pm.Normal("x", 0, 1, transform=_T.log),
    "interval_of_interval": lambda: pm.Uniform("x", 0, 10, transform=_T.Interval(0, 5)),
    "none": lambda: pm.HalfNormal("x", 1, default_transform=None),
    "positive_ordered": lambda: pm.HalfNormal("x", 1, shape=3, transform=_T.Ordered(), initval=[1.0, 2, 3]),
    "ordered_downwards": lambda: pm.Normal("x", 0, 1, shape=3, transform=_T.Ordered(ascending=False), initval=[3.0, 2, 1]),
    "two_zero_sums": lambda: pm.ZeroSumNormal("x", s(), n_zerosum_axes=2, shape=(4, 5)),
    "bounds_of_parameters": lambda: (pm.Uniform("x", 0, 1 + s()), pm.Uniform("z", 0, 1)),
    "truncated": lambda: pm.Truncated("x", pm.Exponential.dist(1.0), upper=3.0),
    "truncated_normal": lambda: pm.TruncatedNormal("x", 0.0, 1.0, lower=s(), upper=5.0),
    "circular": lambda: pm.VonMises("x", 0, 2),
    "from_a_bound_on": lambda: pm.Pareto("x", 3, 1),
    "simplexes": lambda: pm.Dirichlet("x", np.ones((2, 3))),
}

OPERATIONS: dict[str, Callable[[], Any]] = {
    "remainder": lambda: (x(4) * 7) % 3,
    "quotient": lambda: (x(4) * 7) // 3,
    "round": lambda: pt.round(x(4) * 3),
    "cast": lambda: pt.cast(x(4) * 4, "int64"),
    "einsum": lambda: pt.einsum("ij,j->i", np.arange(12.0).reshape(3, 4), x(4)),
    "triangle": lambda: pt.tril(x(3, 3)) + pt.triu(x_transposed(), 1),
    "add_twice": lambda: pt.inc_subtensor(x(4)[np.array([0, 0, 1])], 1.0),
    "set": lambda: pt.set_subtensor(x(4)[1:3], s()),
    "mask": lambda: x(2, 2)[np.array([[True, False], [True, True]])],
    "pick": lambda: x(4, 5)[::-1, 1:-1:2],
    "pick_pairs": lambda: x(4, 5)[np.array([0, 1])[:, None], np.array([0, 3])],
    "roll": lambda: pt.roll(x(4), 1),
    "difference": lambda: pt.diff(x(4)),
    "spread": lambda: x(4).mean() + x_squared().std() + x_squared().var(),
    "log_sum_exp": lambda: pm.math.logsumexp(x(4, 2), axis=0),
    "tile": lambda: pt.tile(x(4), 3),
    "repeat": lambda: pt.repeat(x(4), [1, 2, 0, 1]),
    "several_cholesky": lambda: pt.linalg.cholesky(pt.eye(2) * (1 + pt.exp(x(4)))[:, None, None]),
    "stack": lambda: pt.stack([s(), share(), 1.0]),
    "any_and_all": lambda: pt.any(x(4) > 0) & pt.all(pm.Normal("z", shape=4) > 0),
    "vector_matrix": lambda: pt.dot(x(3), np.arange(6.0).reshape(3, 2)) + pt.dot(np.ones((2, 2)), pm.Normal("z", shape=2)),
    "inner": lambda: pt.dot(x(3), x_squared()),
    "outer": lambda: pt.outer(x(3), pm.Normal("z", shape=2)),
    "kron": lambda: pt.linalg.kron(pt.eye(2) * s(), pt.eye(2)),
    "solve_upper": lambda: pt.linalg.solve_triangular(pt.linalg.cholesky(pt.eye(2) * (1 + s())).T, np.ones(2), lower=False),
    "of_no_elements": lambda: x(4)[:0].sum() + s(),
    "shadow": lambda: pt.switch(pt.isnan(pt.log(x(4))), -np.inf, 1.0),
    "constant": lambda: pt.as_tensor(np.arange(3.0)) + 0 * s(),
    "link": lambda: pm.math.invprobit(x(4)) + pm.math.logit(pm.math.sigmoid(x_squared())),
    "literals": lambda: pt.sqrt(2) * x(4) + pt.log(10) ** -x_squared(),
}
