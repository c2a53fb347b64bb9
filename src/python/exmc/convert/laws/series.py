"""Time series."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytensor.graph.basic import Variable

from exmc.convert.laws.registry import Entry, NoLaw, each, law, parameters, whole, without_new_axes

if TYPE_CHECKING:
    from exmc.convert.translator import Translator


@law("RandomWalkRV")
def random_walk(translate: Translator, rv: Variable) -> Entry:
    """Normal steps from a normal start; others are the cumulative sum of theirs."""
    start, steps = rv.owner.inputs[:2]
    if any(type(v.owner.op).__name__ != "NormalRV" for v in (start, steps)):
        raise NoLaw("RandomWalk", "its start or its steps are not normal")
    (init_mu, init_sigma), (mu, sigma) = parameters(start), parameters(steps)
    keys = {"mu": mu, "sigma": sigma, "init_mu": init_mu, "init_sigma": init_sigma}
    return {"dist": "gaussian_random_walk"} | {key: _number(translate, v) for key, v in keys.items()}


@law("AutoRegressiveRV")
def autoregressive(translate: Translator, rv: Variable) -> Entry:
    """PyMC has the constant as the first of the coefficients."""
    rho, sigma, start = rv.owner.inputs[:3]
    if type(start.owner.op).__name__ != "NormalRV":
        raise NoLaw("AR", "its start is not normal")
    init_mu, init_sigma = parameters(start)
    coefficients = rho[..., 1:] if rv.owner.op.constant_term else rho
    entry = {"dist": "ar", "rho": whole(translate, coefficients), "sigma": _number(translate, sigma)}
    if rv.owner.op.constant_term:
        entry["constant"] = whole(translate, rho[..., 0])
    return entry | {"init_mu": _number(translate, init_mu), "init_sigma": _number(translate, init_sigma)}


def _number(translate: Translator, variable: Variable) -> str:
    """A parameter that is one number for the whole series, whatever axes of length 1 were put to it."""
    return each(translate, without_new_axes(variable))
