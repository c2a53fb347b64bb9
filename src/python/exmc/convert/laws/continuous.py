"""Continuous distributions of numbers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np
from pytensor.graph.basic import Constant, Variable

from exmc.convert.expression import infix, number
from exmc.convert.laws.registry import Entry, NoLaw, applied, distribution_name, each, is_constant, law, parameters

if TYPE_CHECKING:
    from exmc.convert.translator import Translator

# The Op's parameters in their order are the IR's.
_ALIKE = {
    "NormalRV": ("normal", "mu", "sigma"),
    "LogNormalRV": ("lognormal", "mu", "sigma"),
    "StudentTRV": ("student_t", "nu", "mu", "sigma"),
    "CauchyRV": ("cauchy", "alpha", "beta"),
    "LaplaceRV": ("laplace", "mu", "b"),
    "LogisticRV": ("logistic", "mu", "s"),
    "GumbelRV": ("gumbel", "mu", "beta"),
    "SkewNormalRV": ("skew_normal", "mu", "sigma", "alpha"),
    "ExGaussianRV": ("ex_gaussian", "mu", "sigma", "nu"),
    "VonMisesRV": ("von_mises", "mu", "kappa"),
    "InvGammaRV": ("inverse_gamma", "alpha", "beta"),
    "BetaRV": ("beta", "alpha", "beta"),
    "KumaraswamyRV": ("kumaraswamy", "a", "b"),
    "UniformRV": ("uniform", "lower", "upper"),
    "TriangularRV": ("triangular", "lower", "c", "upper"),
    "ParetoRV": ("pareto", "alpha", "m"),
    "ChiSquareRV": ("chi_squared", "nu"),
    "WeibullBetaRV": ("weibull", "alpha", "beta"),
    "HalfStudentTRV": ("half_student_t", "nu", "sigma"),
    "FlatRV": ("flat",),
    "HalfFlatRV": ("half_flat",),
}
# The same after a location that has to be 0, where the version of the Op has one.
_LOCATED = {
    "HalfNormalRV": ("half_normal", "sigma"),
    "HalfCauchyRV": ("half_cauchy", "beta"),
    "ExponentialRV": ("exponential", "scale"),
}


def plain(translate: Translator, rv: Variable) -> Entry:
    """A distribution whose parameters are those of its Op."""
    dist, *keys = _ALIKE[_class(rv, _ALIKE)]
    return {"dist": dist} | {key: each(translate, v) for key, v in zip(keys, parameters(rv), strict=True)}


def located(translate: Translator, rv: Variable) -> Entry:
    """A half distribution."""
    dist, key = _LOCATED[_class(rv, _LOCATED)]
    *location, scale = parameters(rv)
    if not all(is_constant(v, 0) for v in location):
        raise NoLaw(distribution_name(rv), "its location is not 0")
    return {"dist": dist, key: each(translate, scale)}


def _class(rv: Variable, table: Mapping[str, tuple[str, ...]]) -> str:
    return next(parent.__name__ for parent in type(rv.owner.op).__mro__ if parent.__name__ in table)


law(*_ALIKE)(plain)
law(*_LOCATED)(located)


@law("GammaRV")
def gamma(translate: Translator, rv: Variable) -> Entry:
    """The Op has the scale, the IR the rate."""
    alpha, scale = parameters(rv)
    if isinstance(scale, Constant):
        rate = translate.builder.store(1 / np.asarray(scale.data)) if np.ptp(scale.data) else number(1 / np.ravel(scale.data)[0])
        return {"dist": "gamma", "alpha": each(translate, alpha), "beta": rate.text}
    inverse = applied(scale, "Reciprocal")
    beta = each(translate, inverse[0]) if inverse else infix("/", number(1), translate(scale)).text
    return {"dist": "gamma", "alpha": each(translate, alpha), "beta": beta}


@law("WaldRV")
def wald(translate: Translator, rv: Variable) -> Entry:
    """The Op has a shift besides."""
    mu, lam, *shift = parameters(rv)
    if not all(is_constant(v, 0) for v in shift):
        raise NoLaw("Wald", "its shift alpha is not 0")
    return {"dist": "wald", "mu": each(translate, mu), "lam": each(translate, lam)}


@law("TruncatedNormalRV")
def truncated_normal(translate: Translator, rv: Variable) -> Entry:
    """A normal distribution between bounds."""
    mu, sigma, lower, upper = parameters(rv)
    entry = {"dist": "normal", "mu": each(translate, mu), "sigma": each(translate, sigma)}
    return entry | bounds(translate, lower, upper)


def bounds(translate: Translator, lower: Variable, upper: Variable) -> Entry:
    """`lower` and `upper`, where they are not infinite."""
    found = {"lower": lower, "upper": upper}
    return {key: each(translate, v) for key, v in found.items() if not (isinstance(v, Constant) and np.isinf(v.data).all())}
