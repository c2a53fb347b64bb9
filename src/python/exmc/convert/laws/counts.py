"""Distributions of counts and categories. Where a parameter is made by a link, the IR's form before the link is used: it keeps digits."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytensor.graph.basic import Variable

from exmc.convert.laws.links import logits_of, mean_of, ordered_logistic
from exmc.convert.laws.registry import Entry, applied, each, law, parameters, whole, without_batch_of_one

if TYPE_CHECKING:
    from exmc.convert.translator import Translator

_ALIKE = {
    "GeometricRV": ("geometric", "p"),
    "BetaBinomialRV": ("beta_binomial", "n", "alpha", "beta"),
    "DiscreteUniformRV": ("discrete_uniform", "lower", "upper"),
}

_LINKED = {
    "BernoulliRV": ("bernoulli", "Sigmoid", "logit_p", "p"),
    "PoissonRV": ("poisson", "Exp", "log_mu", "mu"),
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


def by_link(translate: Translator, rv: Variable) -> Entry:
    """A distribution of one parameter: by what stands before the link, where there is one."""
    dist, *forms = _LINKED[type(rv.owner.op).__name__]
    return {"dist": dist} | linked(translate, parameters(rv)[0], *forms)


law(*_LINKED)(by_link)


@law("BinomialRV")
def binomial(translate: Translator, rv: Variable) -> Entry:
    """By `logit_p` where p is sigmoid(logit_p)."""
    n, p = parameters(rv)
    return {"dist": "binomial", "n": each(translate, n)} | linked(translate, p, "Sigmoid", "logit_p", "p")


@law("NegBinomialRV")
def negative_binomial(translate: Translator, rv: Variable) -> Entry:
    """By `mu` and `alpha` where p is made of these."""
    n, p = parameters(rv)
    mean = mean_of(n, p)
    if mean is None:
        return {"dist": "negative_binomial", "n": each(translate, n), "p": each(translate, p)}
    mu, is_log = mean
    entry = {"dist": "negative_binomial", "alpha": each(translate, n)}
    return entry | ({"log_mu": each(translate, mu)} if is_log else linked(translate, mu, "Exp", "log_mu", "mu"))


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
    ordered = ordered_logistic(p)
    if ordered is not None:
        eta, cutpoints = ordered
        return {"dist": "ordered_logistic", "eta": each(translate, eta), "cutpoints": whole(translate, cutpoints)}
    logits = logits_of(p)
    return (
        {"dist": "categorical", "p": whole(translate, p)}
        if logits is None
        else {"dist": "categorical", "logit_p": whole(translate, logits)}
    )
