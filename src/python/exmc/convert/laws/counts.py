"""Distributions of counts and categories. Where a parameter is made by a link, the IR's form before the link is used: it keeps digits."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytensor.graph.basic import Constant, Variable
from pytensor.tensor.elemwise import DimShuffle

from exmc.convert.laws.registry import Entry, applied, each, is_constant, law, parameters, whole, without_batch_of_one, without_new_axes

if TYPE_CHECKING:
    from exmc.convert.translator import Translator

_ALIKE = {
    "GeometricRV": ("geometric", "p"),
    "BetaBinomialRV": ("beta_binomial", "n", "alpha", "beta"),
    "DiscreteUniformRV": ("discrete_uniform", "lower", "upper"),
}


def plain(translate: Translator, rv: Variable) -> Entry:
    """A distribution whose parameters are those of its Op."""
    dist, *keys = _ALIKE[type(rv.owner.op).__name__]
    return {"dist": dist} | {key: each(translate, v) for key, v in zip(keys, parameters(rv), strict=True)}


law(*_ALIKE)(plain)


def linked(translate: Translator, variable: Variable, link: str, before: str, after: str) -> Entry:
    """`{before: x}` where the variable is link(x), else `{after: variable}`."""
    operands = applied(variable, link)
    return {before: each(translate, operands[0])} if operands else {after: each(translate, variable)}


@law("BernoulliRV")
def bernoulli(translate: Translator, rv: Variable) -> Entry:
    """By `logit_p` where p is sigmoid(logit_p)."""
    return {"dist": "bernoulli"} | linked(translate, parameters(rv)[0], "Sigmoid", "logit_p", "p")


@law("BinomialRV")
def binomial(translate: Translator, rv: Variable) -> Entry:
    """The same with trials."""
    n, p = parameters(rv)
    return {"dist": "binomial", "n": each(translate, n)} | linked(translate, p, "Sigmoid", "logit_p", "p")


@law("PoissonRV")
def poisson(translate: Translator, rv: Variable) -> Entry:
    """By `log_mu` where mu is exp(log_mu)."""
    return {"dist": "poisson"} | linked(translate, parameters(rv)[0], "Exp", "log_mu", "mu")


@law("NegBinomialRV")
def negative_binomial(translate: Translator, rv: Variable) -> Entry:
    """By `mu` and `alpha` where p is alpha / (mu + alpha), as PyMC writes it."""
    n, p = parameters(rv)
    mu = _mean(n, p)
    if mu is None:
        return {"dist": "negative_binomial", "n": each(translate, n), "p": each(translate, p)}
    return {"dist": "negative_binomial", "alpha": each(translate, n)} | linked(translate, mu, "Exp", "log_mu", "mu")


def _mean(alpha: Variable, p: Variable) -> Variable | None:
    quotient = applied(p, "TrueDiv")
    if quotient is None or not _same(quotient[0], alpha):
        return None
    terms = applied(quotient[1], "Add")
    if terms is None or len(terms) != 2:
        return None
    others = [term for term in terms if not _same(term, alpha)]
    return others[0] if len(others) == 1 else None


def _same(a: Variable, b: Variable) -> bool:
    a, b = without_new_axes(a), without_new_axes(b)
    if isinstance(a, Constant) and isinstance(b, Constant) and b.data.size:
        return is_constant(a, b.data.flat[0]) and is_constant(b, b.data.flat[0])
    return a is b


@law("HyperGeometricRV")
def hyper_geometric(translate: Translator, rv: Variable) -> Entry:
    """The Op counts good, bad and drawn ones; the IR all, good and drawn ones."""
    good, bad, drawn = parameters(rv)
    total = f"{translate(good).text} + {translate(bad).text}"
    return {"dist": "hyper_geometric", "N": total, "k": each(translate, good), "n": each(translate, drawn)}


@law("CategoricalRV")
def categorical(translate: Translator, rv: Variable) -> Entry:
    """By `logit_p` where p is a softmax, by `eta` and `cutpoints` where PyMC made p of these."""
    p = without_batch_of_one(parameters(rv)[0], 1)
    ordered = _ordered_logistic(p)
    if ordered is not None:
        eta, cutpoints = ordered
        return {"dist": "ordered_logistic", "eta": each(translate, eta), "cutpoints": whole(translate, cutpoints)}
    if p.owner is not None and type(p.owner.op).__name__ == "Softmax" and p.owner.op.axis in (-1, p.type.ndim - 1, (p.type.ndim - 1,)):
        return {"dist": "categorical", "logit_p": whole(translate, p.owner.inputs[0])}
    return {"dist": "categorical", "p": whole(translate, p)}


def _ordered_logistic(p: Variable) -> tuple[Variable, Variable] | None:
    """Eta and cut points of p_k = F(c_k - eta) - F(c_(k-1) - eta), as pm.OrderedLogistic writes it: a step of 0, sigmoids, 1."""
    difference = applied(p, "Sub")
    if difference is None:
        return None
    upper, lower = difference
    if any(v.owner is None or type(v.owner.op).__name__ != "Subtensor" for v in difference):
        return None
    steps = upper.owner.inputs[0]
    if steps is not lower.owner.inputs[0] or steps.owner is None or type(steps.owner.op).__name__ != "Join":
        return None
    parts = [v for v in steps.owner.inputs if v.type.ndim == steps.type.ndim]
    if len(parts) != 3 or not is_constant(parts[0], 0) or not is_constant(parts[2], 1):
        return None
    sigmoid = applied(parts[1], "Sigmoid")
    distance = applied(sigmoid[0], "Sub") if sigmoid else None
    if distance is None:
        return None
    cutpoints, eta = without_new_axes(distance[0]), distance[1]
    if cutpoints.type.ndim != 1 or eta.type.shape[-1:] != (1,):
        return None
    return _without_last_axis(eta), cutpoints


def _without_last_axis(eta: Variable) -> Variable:
    if eta.owner is not None and isinstance(eta.owner.op, DimShuffle) and eta.owner.op.new_order[-1] == "x":
        rank = eta.owner.inputs[0].type.ndim
        if list(eta.owner.op.new_order) == [*range(rank), "x"]:
            return eta.owner.inputs[0]
    return eta[..., 0]
